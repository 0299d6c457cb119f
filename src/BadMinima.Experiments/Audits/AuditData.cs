using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Experiments;

/// <summary>What an audit trains on and measures with.</summary>
/// <param name="Catalog">Whose context trains and evaluates.</param>
/// <param name="Train">The training data.</param>
/// <param name="Test">Data that nothing is trained on.</param>
internal sealed record AuditData(MulticlassClassificationCatalog Catalog, IDataView Train, IDataView Test)
{
    /// <summary>How many rows both parts have; null where it is not known which column holds the examples.</summary>
    public SharedRows? Shared { get; private init; }

    /// <summary>What the parts hold; null where nothing is kept by it.</summary>
    public (string Train, string Test)? Digests { get; private init; }

    /// <exception cref="ArgumentException">The data are not fit; the message says what is.</exception>
    public static AuditData Of(
        MulticlassClassificationCatalog catalog, AuditedRecipe recipe, IDataView train, IDataView test, string? cellsFolder)
    {
        foreach ((IDataView part, string role) in new[] { (train, "training data"), (test, "test data") })
        {
            OptionException.Check(
                part.Schema.GetColumnOrNull(recipe.LabelColumnName)?.Type is KeyDataViewType { RawType: var raw } && raw == typeof(uint),
                nameof(recipe.LabelColumnName),
                recipe.LabelColumnName, $"a column of keys in the {role}, as MapValueToKey makes it");
        }

        OptionException.Check(
            !ReferenceEquals(train, test), nameof(test), "the training data", "data that nothing is trained on");
        AuditData data = new(catalog, train, test);
        if (recipe.FeatureColumnName is not { } features)
        {
            // What is not this library's compares keys by number, not by name.
            (string ofTrain, string ofTest) = (Classes(train), Classes(test));
            OptionException.Check(
                ofTrain == ofTest, nameof(recipe.LabelColumnName), $"{recipe.LabelColumnName}, whose classes are {ofTest} in the test data",
                $"the classes of the training data in their order, {ofTrain}: map both with one MapValueToKey");
            return data;
        }

        (ExampleHashes training, ExampleHashes held) = (ExampleHashes.Of(train, features), ExampleHashes.Of(test, features));
        SharedRows shared = held.SharedWith(training);
        OptionException.Check(
            !shared.IsMost, nameof(test), $"{shared.Shared:N0} of {shared.Rows:N0} rows that are among the training data too",
            "data that nothing is trained on: what a model has seen says nothing about what it has not");
        return data with
        {
            Shared = shared,
            Digests = cellsFolder is null || recipe.Content is null ? null
                : (training.Digest(train, recipe.LabelColumnName), held.Digest(test, recipe.LabelColumnName)),
        };

        string Classes(IDataView part)
        {
            DataViewSchema.Column column = part.Schema[recipe.LabelColumnName];
            return KeyNames.Of(column) is { } names
                ? string.Join(", ", names) : $"{((KeyDataViewType)column.Type).Count} without names";
        }
    }
}

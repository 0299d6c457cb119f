using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Examples.Views;

/// <summary>
/// Labeled feature vectors or sequences in memory, as a data view of two columns: Label, a key with class names, and Features.
/// </summary>
internal static class FeatureRows
{
    public const string LabelColumn = "Label";
    public const string FeaturesColumn = "Features";

    /// <param name="catalog">The catalog.</param>
    /// <param name="rows">A class, from 0, and the values of each example.</param>
    /// <param name="dimensions">Of one example.</param>
    /// <param name="classNames">One name a class.</param>
    public static IDataView Load(
        DataOperationsCatalog catalog, IReadOnlyList<(int Label, float[] Features)> rows, ImmutableArray<int> dimensions,
        IReadOnlyList<string> classNames)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Label)].ColumnType = new KeyDataViewType(typeof(uint), classNames.Count);
        schema[nameof(Row.Label)].AddAnnotation(
            "KeyValues", new VBuffer<ReadOnlyMemory<char>>(classNames.Count, [.. classNames.Select(name => name.AsMemory())]),
            new VectorDataViewType(TextDataViewType.Instance, classNames.Count));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimensions);
        return catalog.LoadFromEnumerable(
            rows.Select(row => new Row { Label = (uint)row.Label, Features = row.Features }).ToArray(), schema);
    }

    // Its properties are the columns' names.
    private sealed class Row
    {
        public uint Label { get; set; }

        public float[] Features { get; set; } = [];
    }
}

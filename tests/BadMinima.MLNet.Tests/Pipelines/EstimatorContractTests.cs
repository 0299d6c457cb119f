using BadMinima.MLNet.Tests.Examples;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Pipelines;

/// <summary>What every estimator owes to ML.NET, checked for each in the same way.</summary>
[TestClass]
public sealed class EstimatorContractTests
{
    private static readonly MLContext Ml = new(seed: 1);

    public static IEnumerable<object[]> Estimators =>
    [
        ["RandomizeLabels", Ml.Transforms.RandomizeLabels("Noisy", "Label", LabelNoise.Permutation(0.5)), "Label", "Noisy"],
        ["ReshapeToImages", Ml.Transforms.ReshapeToImages("Images", "Pixels", new ImageShape(1, 28, 28)), "Pixels", "Images"],
        ["TwoPhase", Tiny.Trainer(Ml), "Label", "Score"],
        ["TwoPhase, image column", Tiny.Trainer(Ml), "Pixels", "PredictedLabel"],
    ];

    [TestMethod]
    [DynamicData(nameof(Estimators))]
    public void The_output_schema_is_the_promised_one(string name, IEstimator<ITransformer> estimator, string input, string output)
    {
        IDataView data = Tiny.Train(Ml);
        using var transformer = Owned.Of(estimator.Fit(data));
        SchemaShape promised = estimator.GetOutputSchema(SchemaShapes.Create(data.Schema));
        Same(promised, SchemaShapes.Create(transformer.Value.GetOutputSchema(data.Schema)), name);
        Same(promised, SchemaShapes.Create(transformer.Value.Transform(data).Schema), name);
        Assert.IsNotNull(transformer.Value.Transform(data).Schema.GetColumnOrNull(output), input);
    }

    [TestMethod]
    [DynamicData(nameof(Estimators))]
    public void A_second_fit_gives_the_same_and_a_saved_one_too(string name, IEstimator<ITransformer> estimator, string input, string output)
    {
        IDataView data = Tiny.Train(Ml);
        using var folder = new TemporaryFolder();
        using var first = Owned.Of(estimator.Fit(data));
        using var second = Owned.Of(estimator.Fit(data));
        Ml.Model.Save(first.Value, data.Schema, folder.File("model.zip"));
        using var loaded = Owned.Of(new MLContext().Model.Load(folder.File("model.zip"), out DataViewSchema schema));
        Assert.AreEqual(data.Schema.Count, schema.Count);
        string[] expected = Values(first.Value.Transform(data), output);
        Assert.IsNotEmpty(expected, $"{name}, {input}");
        CollectionAssert.AreEqual(expected, Values(second.Value.Transform(data), output));
        CollectionAssert.AreEqual(expected, Values(loaded.Value.Transform(data), output));
        Same(SchemaShapes.Create(first.Value.GetOutputSchema(data.Schema)), SchemaShapes.Create(loaded.Value.GetOutputSchema(data.Schema)), name);
    }

    [TestMethod]
    [DynamicData(nameof(Estimators))]
    public void A_missing_or_wrong_column_is_named(string name, IEstimator<ITransformer> estimator, string input, string output)
    {
        IDataView data = Tiny.Train(Ml);
        IDataView without = Ml.Transforms.DropColumns(input).Fit(data).Transform(data);
        IDataView wrong = Text(data, input);
        foreach (IDataView bad in new[] { without, wrong })
        {
            Assert.Contains($"'{input}'", Assert.Throws<ArgumentException>(() => estimator.Fit(bad)).Message, $"{name}, {output}");
            Assert.Contains($"'{input}'", Assert.Throws<ArgumentException>(() => estimator.GetOutputSchema(SchemaShapes.Create(bad.Schema))).Message);
        }
    }

    [TestMethod]
    public void Several_cursors_at_once_give_each_row_its_own_scores_shuffled_or_not()
    {
        IDataView data = Tiny.Train(Ml, 300);
        using TwoPhaseTransformer model = Tiny.Trainer(Ml).Fit(data);
        IDataView scored = model.Transform(data);
        Dictionary<ulong, float[]> expected = ById(scored, null);
        Parallel.For(0, 4, i =>
        {
            foreach ((ulong id, float[] scores) in ById(scored, i % 2 == 0 ? null : new Random(i)))
            {
                for (int c = 0; c < scores.Length; c++)
                {
                    Assert.AreEqual(expected[id][c], scores[c], 1e-5f);
                }
            }
        });

        // Rows that are filtered, skipped and shuffled behind the model keep their scores as well.
        IDataView mixed = Ml.Data.ShuffleRows(Ml.Data.SkipRows(Ml.Data.FilterRowsByKeyColumnFraction(data, "Label", 0, 0.5), 7), seed: 3);
        foreach ((ulong id, float[] scores) in ById(model.Transform(mixed), null))
        {
            Assert.AreEqual(expected[id][0], scores[0], 1e-5f);
        }
    }

    [TestMethod]
    public void A_source_that_changes_between_passes_is_noticed()
    {
        IDataView data = Tiny.Train(Ml, 100);
        using TwoPhaseTransformer model = Tiny.Trainer(Ml).Fit(data);
        Assert.Contains("another order, on a second pass", Assert.ThrowsExactly<InvalidOperationException>(() => ById(model.Transform(new Fickle(data)), null)).Message);
    }

    [TestMethod]
    public void Scores_are_probabilities_with_the_class_names_and_the_predicted_label_is_the_first_largest()
    {
        IDataView data = Tiny.Train(Ml);
        using TwoPhaseTransformer model = Tiny.Trainer(Ml).Fit(data);
        IDataView scored = model.Transform(data);
        VBuffer<ReadOnlyMemory<char>> slots = default;
        scored.Schema["Score"].GetSlotNames(ref slots);
        CollectionAssert.AreEqual(model.ClassNames.ToArray(), slots.DenseValues().Select(s => s.ToString()).ToArray());
        VBuffer<ReadOnlyMemory<char>> keys = default;
        scored.Schema["PredictedLabel"].GetKeyValues(ref keys);
        CollectionAssert.AreEqual(model.ClassNames.ToArray(), keys.DenseValues().Select(s => s.ToString()).ToArray());
        foreach ((float[] scores, uint predicted) in scored.GetColumn<float[]>("Score").Zip(scored.GetColumn<uint>("PredictedLabel")))
        {
            Assert.AreEqual(1f, scores.Sum(), 1e-5f);
            Assert.AreEqual(scores.Max(), scores[predicted - 1]);
        }
    }

    private static Dictionary<ulong, float[]> ById(IDataView view, Random? random)
    {
        Dictionary<ulong, float[]> rows = [];
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Score"], view.Schema["Label"]], random);
        ValueGetter<VBuffer<float>> score = cursor.GetGetter<VBuffer<float>>(view.Schema["Score"]);
        ValueGetter<DataViewRowId> id = cursor.GetIdGetter();
        while (cursor.MoveNext())
        {
            VBuffer<float> scores = default;
            DataViewRowId row = default;
            score(ref scores);
            id(ref row);
            rows.Add(row.Low, [.. scores.DenseValues()]);
        }

        return rows;
    }

    private static string[] Values(IDataView view, string column)
        => view.Schema[column].Type is VectorDataViewType { ItemType: var item } && item == NumberDataViewType.Byte
            ? [.. view.GetColumn<byte[]>(column).Select(v => string.Join(' ', v))]
            : view.Schema[column].Type is VectorDataViewType ? [.. view.GetColumn<float[]>(column).Select(v => string.Join(' ', v))]
            : [.. view.GetColumn<uint>(column).Select(v => v.ToString())];

    /// <summary>The data with a text column in the place of the named one.</summary>
    private static IDataView Text(IDataView data, string column)
    {
        IDataView without = Ml.Transforms.DropColumns(column).Fit(data).Transform(data);
        return Ml.Transforms.CustomMapping<Empty, TextRow>((_, row) => row.Value = "text", null).Append(Ml.Transforms.CopyColumns(column, "Value")).Fit(without).Transform(without);
    }

    private static void Same(SchemaShape expected, SchemaShape actual, string where)
    {
        CollectionAssert.AreEquivalent(expected.Select(c => c.Name).ToArray(), actual.Select(c => c.Name).ToArray(), where);
        foreach (SchemaShape.Column column in expected)
        {
            SchemaShape.Column other = actual.Single(c => c.Name == column.Name);
            Assert.AreEqual((column.Kind, column.ItemType, column.IsKey), (other.Kind, other.ItemType, other.IsKey), $"{where}: {column.Name}");
            Same(column.Annotations, other.Annotations, $"{where}: {column.Name}");
        }
    }

    private sealed class Empty;

    private sealed class TextRow
    {
        public string Value { get; set; } = "";
    }

    /// <summary>A view that gives its rows in another order on each pass.</summary>
    private sealed class Fickle(IDataView view) : IDataView
    {
        private int _passes;

        public bool CanShuffle => false;

        public DataViewSchema Schema => view.Schema;

        public long? GetRowCount() => view.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => view.GetRowCursor(columnsNeeded, new Random(_passes++));

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];
    }

    private sealed record Owned(ITransformer Value) : IDisposable
    {
        public static Owned Of(ITransformer transformer) => new(transformer);

        public void Dispose() => (Value as IDisposable)?.Dispose();
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Labels;

[TestClass]
public sealed class RandomizeLabelsTests
{
    private const int Rows = 1000;
    private const int Classes = 5;
    private readonly MLContext _ml = new(seed: 3);

    [TestMethod]
    public void Exactly_the_fraction_is_randomized_and_the_rest_keeps_its_label()
    {
        RealizedNoise realized = Randomize(LabelNoise.UniformOther(0.237), out uint[] labels).Realized;
        Assert.AreEqual(237, realized.Randomized);
        Assert.AreEqual(237, realized.Changed);
        Assert.AreEqual(237, labels.Where((l, i) => l != TrueKey(i)).Count());
        Assert.AreEqual(0.237, realized.Rate, 1e-12);
    }

    [TestMethod]
    [DataRow(0.0, 0)]
    [DataRow(1.0, Rows)]
    public void The_ends_of_the_fraction_change_nothing_and_everything(double fraction, int changed)
    {
        RandomizeLabelsTransformer transformer = Randomize(LabelNoise.UniformOther(fraction), out uint[] labels);
        Assert.AreEqual(changed, transformer.Realized.Changed);
        Assert.AreEqual(changed, labels.Where((l, i) => l != TrueKey(i)).Count());
    }

    [TestMethod]
    public void Uniform_noise_is_uniform_over_all_classes_and_the_realized_rate_says_how_many_changed()
    {
        RandomizeLabelsTransformer transformer = Randomize(LabelNoise.Uniform(1), out uint[] labels);
        Assert.AreEqual(Rows, transformer.Realized.Randomized);
        Assert.AreEqual(labels.Where((l, i) => l != TrueKey(i)).Count(), transformer.Realized.Changed);

        // 200 expected a class; the 0.1 % point of chi-squared with 4 degrees of freedom is 18.5, and the seed is fixed.
        double chiSquared = labels.GroupBy(l => l).Sum(g => (g.Count() - 200.0) * (g.Count() - 200.0) / 200);
        Assert.IsLessThan(18.5, chiSquared);
        Assert.AreEqual(0.8, transformer.Realized.Rate, 0.05);
    }

    [TestMethod]
    [DataRow(1.0)]
    [DataRow(0.3)]
    public void A_permutation_keeps_every_class_count(double fraction)
    {
        Randomize(LabelNoise.Permutation(fraction), out uint[] labels);
        CollectionAssert.AreEqual(
            Enumerable.Range(0, Rows).Select(TrueKey).Order().ToArray(),
            labels.Order().ToArray());
        Assert.IsGreaterThan((int)(Rows * fraction * 0.5), labels.Where((l, i) => l != TrueKey(i)).Count());
    }

    [TestMethod]
    public void A_matrix_turns_exactly_its_share_of_each_class_into_each_other_one()
    {
        double[,] matrix = new double[Classes, Classes];
        for (int i = 0; i < Classes; i++)
        {
            matrix[i, i] = 0.7;
            matrix[i, (i + 1) % Classes] = 0.255;
            matrix[i, (i + 2) % Classes] = 0.045;
        }

        Randomize(LabelNoise.ClassConditional(matrix), out uint[] labels);
        for (int i = 0; i < Classes; i++)
        {
            int Became(int shift) => labels.Where((l, row) => TrueKey(row) == i + 1 && l == (i + shift) % Classes + 1).Count();
            Assert.AreEqual(140, Became(0));
            Assert.AreEqual(51, Became(1));
            Assert.AreEqual(9, Became(2));
            Assert.AreEqual(0, Became(3));
        }
    }

    [TestMethod]
    public void A_row_has_the_same_noise_on_every_pass_order_and_thread()
    {
        IDataView data = Data();
        IDataView noisy = Estimator(LabelNoise.Uniform(0.5)).Fit(data).Transform(data);
        uint[] first = Read(noisy, null);
        CollectionAssert.AreEqual(first, Read(noisy, null));
        CollectionAssert.AreEqual(first, Read(noisy, new Random(5)), "shuffled, put back into order");
        uint[][] parallel = new uint[8][];
        Parallel.For(0, 8, i => parallel[i] = Read(noisy, i % 2 == 0 ? null : new Random(i)));
        foreach (uint[] pass in parallel)
        {
            CollectionAssert.AreEqual(first, pass);
        }
    }

    [TestMethod]
    public void The_seed_decides()
    {
        IDataView data = Data();
        uint[] Of(int seed) => Read(_ml.Transforms.RandomizeLabels("Noisy", LabelNoise.Uniform(), seed, "Label").Fit(data).Transform(data), null);
        CollectionAssert.AreEqual(Of(1), Of(1));
        CollectionAssert.AreNotEqual(Of(1), Of(2));
    }

    [TestMethod]
    public void In_place_labels_are_random_while_a_chain_is_fitted_and_true_afterwards()
    {
        IDataView data = Data();
        var seen = new List<uint>();
        var chain = _ml.Transforms.RandomizeLabels("Label", LabelNoise.UniformOther(), seed: 1).Append(new Spy(seen));
        ITransformer fitted = chain.Fit(data);
        Assert.IsEmpty(seen.Where((l, i) => l == TrueKey(i)), "while fitting, every label is another one");
        CollectionAssert.AreEqual(
            Enumerable.Range(0, Rows).Select(TrueKey).ToArray(),
            fitted.Transform(data).GetColumn<uint>("Label").ToArray());
    }

    [TestMethod]
    public void Missing_labels_stay_missing_and_are_not_counted()
    {
        IDataView data = _ml.Transforms.Conversion.MapValueToKey("Label", "Name", keyData: _ml.Data.LoadFromEnumerable(new[] { new { Name = "a" }, new { Name = "b" } }))
            .Fit(_ml.Data.LoadFromEnumerable(Names("a", "b", "unknown", "a"))).Transform(_ml.Data.LoadFromEnumerable(Names("a", "b", "unknown", "a")));
        RandomizeLabelsTransformer transformer = _ml.Transforms.RandomizeLabels("Noisy", LabelNoise.UniformOther(), inputColumnName: "Label").Fit(data);
        Assert.AreEqual((3L, 1L), (transformer.Realized.Rows, transformer.Realized.Missing));
        CollectionAssert.AreEqual(new uint[] { 2, 1, 0, 2 }, transformer.Transform(data).GetColumn<uint>("Noisy").ToArray());
    }

    [TestMethod]
    [DataRow(-0.1)]
    [DataRow(1.1)]
    [DataRow(double.NaN)]
    public void A_fraction_outside_0_to_1_is_refused(double fraction)
        => Assert.Contains("allowed is 0 to 1", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => LabelNoise.Uniform(fraction)).Message);

    [TestMethod]
    public void A_matrix_that_is_no_distribution_is_refused_with_its_row()
    {
        Assert.Contains("Row 1", Assert.ThrowsExactly<ArgumentException>(() => LabelNoise.ClassConditional(new double[,] { { 1, 0 }, { 0.5, 0.4 } })).Message);
        Assert.Contains("[0, 0]", Assert.ThrowsExactly<ArgumentException>(() => LabelNoise.ClassConditional(new double[,] { { 1.5, -0.5 }, { 0, 1 } })).Message);
        Assert.Contains("2 x 2", Assert.ThrowsExactly<InvalidOperationException>(() => Randomize(LabelNoise.ClassConditional(new double[,] { { 1 } }), out _)).Message.Replace($"{Classes} x {Classes}", "2 x 2"));
    }

    [TestMethod]
    public void A_label_that_is_no_key_is_refused_with_the_cure()
        => Assert.Contains("MapValueToKey(\"Name\")", Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => _ml.Transforms.RandomizeLabels("Name", LabelNoise.Uniform()).Fit(_ml.Data.LoadFromEnumerable(Names("a", "b")))).Message);

    private static uint TrueKey(int row) => (uint)(row % Classes) + 1;

    private static IEnumerable<NameRow> Names(params string[] names) => names.Select(n => new NameRow { Name = n });

    private IDataView Data() => _ml.Data.LoadImages(new byte[Rows], new ImageShape(1, 1, 1), [.. Enumerable.Range(0, Rows).Select(i => i % Classes)], ["a", "b", "c", "d", "e"]);

    private RandomizeLabelsEstimator Estimator(LabelNoise noise) => _ml.Transforms.RandomizeLabels("Noisy", noise, inputColumnName: "Label");

    private RandomizeLabelsTransformer Randomize(LabelNoise noise, out uint[] labels)
    {
        IDataView data = Data();
        RandomizeLabelsTransformer transformer = Estimator(noise).Fit(data);
        labels = Read(transformer.Transform(data), null);
        return transformer;
    }

    /// <summary>The noisy labels in the order of the row ids.</summary>
    private static uint[] Read(IDataView view, Random? random)
    {
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Noisy"]], random);
        ValueGetter<uint> label = cursor.GetGetter<uint>(view.Schema["Noisy"]);
        ValueGetter<DataViewRowId> id = cursor.GetIdGetter();
        List<(ulong Id, uint Label)> rows = [];
        while (cursor.MoveNext())
        {
            uint value = 0;
            DataViewRowId row = default;
            label(ref value);
            id(ref row);
            rows.Add((row.Low, value));
        }

        return [.. rows.OrderBy(r => r.Id).Select(r => r.Label)];
    }

    private sealed class NameRow
    {
        public string Name { get; set; } = "";
    }

    /// <summary>An estimator that only notes the labels that it is fitted on.</summary>
    private sealed class Spy(List<uint> seen) : IEstimator<ITransformer>
    {
        public ITransformer Fit(IDataView input)
        {
            seen.AddRange(input.GetColumn<uint>("Label"));
            return new TransformerChain<ITransformer>();
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => inputSchema;
    }
}

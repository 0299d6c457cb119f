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
        uint[] Of(int seed) => Read(_ml.Transforms.RandomizeLabels("Noisy", "Label", LabelNoise.Uniform(), seed).Fit(data).Transform(data), null);
        CollectionAssert.AreEqual(Of(1), Of(1));
        CollectionAssert.AreNotEqual(Of(1), Of(2));
    }

    [TestMethod]
    public void In_place_is_refused_with_the_two_lines_to_write()
    {
        string message = Assert.ThrowsExactly<ArgumentException>(() => _ml.Transforms.RandomizeLabels("Label", "Label", LabelNoise.Uniform())).Message;
        Assert.Contains("mlContext.Transforms.RandomizeLabels(\"NoisyLabel\", \"Label\", noise, seed)", message);
        Assert.Contains("labelColumnName: \"NoisyLabel\"", message);
        Assert.Contains("mlContext.Data.RandomizeLabels(trainingData, \"Label\", noise, seed)", message);
    }

    [TestMethod]
    public void The_labels_of_one_data_set_are_replaced_at_once_as_the_estimator_would_write_them()
    {
        IDataView data = Data();
        IDataView noisy = _ml.Data.RandomizeLabels(data, "Label", LabelNoise.UniformOther(0.3), seed: 1);
        uint[] expected = [.. _ml.Transforms.RandomizeLabels("Noisy", "Label", LabelNoise.UniformOther(0.3), seed: 1).Fit(data).Transform(data).GetColumn<uint>("Noisy")];
        CollectionAssert.AreEqual(expected, noisy.GetColumn<uint>("Label").ToArray());
        Assert.AreEqual(300, expected.Where((l, i) => l != TrueKey(i)).Count());
        Assert.AreEqual(Enumerable.Range(0, Rows).Select(i => (long)TrueKey(i)).Sum(), data.GetColumn<uint>("Label").Sum(l => l), "the data stay as they are");
        VBuffer<ReadOnlyMemory<char>> names = default;
        noisy.Schema["Label"].GetKeyValues(ref names);
        Assert.AreEqual("a b c d e", string.Join(' ', names.DenseValues()));
    }

    [TestMethod]
    public void Data_without_the_label_pass_unchanged_so_that_a_chain_scores_them()
    {
        RandomizeLabelsTransformer transformer = Estimator(LabelNoise.Uniform(0.5)).Fit(Data());
        IDataView unlabeled = _ml.Transforms.DropColumns("Label").Fit(Data()).Transform(Data());
        Assert.AreSame(unlabeled, transformer.Transform(unlabeled));
    }

    [TestMethod]
    public void Data_that_number_the_classes_otherwise_have_the_noise_of_the_same_classes()
    {
        // Every a becomes b, every other class stays.
        double[,] matrix = new double[Classes, Classes];
        for (int i = 0; i < Classes; i++)
        {
            matrix[i, i == 0 ? 1 : i] = 1;
        }

        RandomizeLabelsTransformer transformer = Estimator(LabelNoise.ClassConditional(matrix)).Fit(Data());
        string[] reversed = ["e", "d", "c", "b", "a"];
        IDataView other = _ml.Data.LoadFromPixels(new byte[5], new ImageShape(1, 1, 1), [0, 1, 2, 3, 4], reversed);
        string Named(ITransformer noise)
        {
            IDataView noisy = noise.Transform(other);
            VBuffer<ReadOnlyMemory<char>> values = default;
            noisy.Schema["Noisy"].GetKeyValues(ref values);
            ReadOnlyMemory<char>[] names = [.. values.DenseValues()];
            return string.Join(' ', noisy.GetColumn<uint>("Noisy").Select(k => names[k - 1]));
        }

        Assert.AreEqual("e d c b b", Named(transformer));
        using var folder = new Examples.TemporaryFolder();
        _ml.Model.Save(transformer, Data().Schema, folder.File("noise.zip"));
        Assert.AreEqual("e d c b b", Named(_ml.Model.Load(folder.File("noise.zip"), out _)));
        IDataView unknown = _ml.Data.LoadFromPixels(new byte[5], new ImageShape(1, 1, 1), [0, 1, 2, 3, 4], ["a", "b", "c", "d", "x"]);
        Assert.Contains("'x'", Assert.ThrowsExactly<ArgumentException>(() => transformer.Transform(unknown)).Message);
    }

    [TestMethod]
    public void Data_of_fewer_classes_have_the_classes_of_the_fit()
    {
        RandomizeLabelsTransformer transformer = Estimator(LabelNoise.UniformOther()).Fit(Data());
        foreach (string[] names in new[] { new[] { "a", "b" }, ["c"] })
        {
            IDataView noisy = transformer.Transform(_ml.Data.LoadFromPixels(new byte[20], new ImageShape(1, 1, 1), [.. Enumerable.Range(0, 20).Select(i => i % names.Length)], names));
            VBuffer<ReadOnlyMemory<char>> values = default;
            noisy.Schema["Noisy"].GetKeyValues(ref values);
            Assert.AreEqual("a b c d e", string.Join(' ', values.DenseValues()));
            string[] all = ["a", "b", "c", "d", "e"];
            Assert.AreEqual(0, noisy.GetColumn<uint>("Label").Zip(noisy.GetColumn<uint>("Noisy")).Count(l => l.Second == 0 || names[l.First - 1] == all[l.Second - 1]), "every label is another one");
        }
    }

    [TestMethod]
    public void A_row_has_one_noisy_label_in_all_folds_if_the_noise_comes_before_them_and_else_may_have_several()
    {
        // 300 rows of one seed, as the folds of CrossValidate divide them.
        IDataView data = _ml.Data.TakeRows(Data(), 300);
        IDataView noisy = Estimator(LabelNoise.Uniform(0.5)).Fit(data).Transform(data);
        Assert.AreEqual(0, Contradictions(fold => fold.TrainSet, noisy));
        Assert.IsGreaterThan(0, Contradictions(fold => Estimator(LabelNoise.Uniform(0.5)).Fit(fold.TrainSet).Transform(fold.TrainSet), data), "as the documentation says");
    }

    /// <summary>Rows that have more than one noisy label in the training parts of three folds.</summary>
    private int Contradictions(Func<DataOperationsCatalog.TrainTestData, IDataView> train, IDataView data)
    {
        Dictionary<ulong, HashSet<uint>> labels = [];
        foreach (DataOperationsCatalog.TrainTestData fold in _ml.Data.CrossValidationSplit(data, 3))
        {
            foreach ((ulong id, uint label) in Labels(train(fold), "Noisy"))
            {
                labels.TryAdd(id, []);
                labels[id].Add(label);
            }
        }

        return labels.Values.Count(l => l.Count > 1);
    }

    [TestMethod]
    public void Missing_labels_stay_missing_and_are_not_counted()
    {
        IDataView data = _ml.Transforms.Conversion.MapValueToKey("Label", "Name", keyData: _ml.Data.LoadFromEnumerable(new[] { new { Name = "a" }, new { Name = "b" } }))
            .Fit(_ml.Data.LoadFromEnumerable(Names("a", "b", "unknown", "a"))).Transform(_ml.Data.LoadFromEnumerable(Names("a", "b", "unknown", "a")));
        RandomizeLabelsTransformer transformer = _ml.Transforms.RandomizeLabels("Noisy", "Label", LabelNoise.UniformOther()).Fit(data);
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
            () => _ml.Transforms.RandomizeLabels("Noisy", "Name", LabelNoise.Uniform()).Fit(_ml.Data.LoadFromEnumerable(Names("a", "b")))).Message);

    private static uint TrueKey(int row) => (uint)(row % Classes) + 1;

    private static IEnumerable<NameRow> Names(params string[] names) => names.Select(n => new NameRow { Name = n });

    private IDataView Data() => _ml.Data.LoadFromPixels(new byte[Rows], new ImageShape(1, 1, 1), [.. Enumerable.Range(0, Rows).Select(i => i % Classes)], ["a", "b", "c", "d", "e"]);

    private RandomizeLabelsEstimator Estimator(LabelNoise noise) => _ml.Transforms.RandomizeLabels("Noisy", "Label", noise);

    private RandomizeLabelsTransformer Randomize(LabelNoise noise, out uint[] labels)
    {
        IDataView data = Data();
        RandomizeLabelsTransformer transformer = Estimator(noise).Fit(data);
        labels = Read(transformer.Transform(data), null);
        return transformer;
    }

    /// <summary>The noisy labels in the order of the row ids.</summary>
    private static uint[] Read(IDataView view, Random? random) => [.. Labels(view, "Noisy", random).OrderBy(r => r.Id).Select(r => r.Label)];

    private static List<(ulong Id, uint Label)> Labels(IDataView view, string column, Random? random = null)
    {
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema[column]], random);
        ValueGetter<uint> label = cursor.GetGetter<uint>(view.Schema[column]);
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

        return rows;
    }

    private sealed class NameRow
    {
        public string Name { get; set; } = "";
    }
}

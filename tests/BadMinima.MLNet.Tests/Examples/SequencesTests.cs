using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Examples;

[TestClass]
public sealed class SequencesTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Arrays_become_a_key_with_names_and_a_vector_of_steps_and_features()
    {
        IDataView view = _ml.Data.LoadSequences([new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }, new float[,] { { 7, 8 }, { 9, 10 }, { 11, 12 } }], [1, 0], ["a", "b"]);
        Assert.IsTrue(view.Schema["Features"].Type is VectorDataViewType { Dimensions: [3, 2] } type && type.ItemType == NumberDataViewType.Single);
        CollectionAssert.AreEqual(new uint[] { 2, 1 }, view.GetColumn<uint>("Label").ToArray());
        CollectionAssert.AreEqual(new[] { "a", "b" }, ImageRow.ClassNames(view));
        CollectionAssert.AreEqual(new float[] { 1, 2, 3, 4, 5, 6 }, view.GetColumn<float[]>("Features").First());
    }

    [TestMethod]
    public void Odd_arrays_are_refused_with_what_to_do()
    {
        float[,] three = new float[3, 2], two = new float[2, 2];
        string message = Fails<ArgumentException>(() => _ml.Data.LoadSequences([three, two], [0, 0], ["a"]));
        Assert.Contains("sequences[1] has 2 steps of 2 features, sequences[0] has 3 of 2", message);
        Assert.Contains("cut the longer ones, or fill the shorter ones with zeros at their beginning", message);
        Assert.Contains("sequences[1] has 3 steps of 1 features, sequences[0] has 3 of 2. All steps must have the same features.",
            Fails<ArgumentException>(() => _ml.Data.LoadSequences([three, new float[3, 1]], [0, 0], ["a"])));
        Assert.Contains("2 sequences and 1 labels", Fails<ArgumentException>(() => _ml.Data.LoadSequences([three, three], [0], ["a"])));
        Assert.Contains("0 sequences", Fails<ArgumentException>(() => _ml.Data.LoadSequences([], [], ["a"])));
        Assert.Contains("labels[0] is 2; classNames has 2 names", Fails<ArgumentOutOfRangeException>(() => _ml.Data.LoadSequences([three], [2], ["a", "b"])));
        Assert.Contains("sequences[0] has 0 steps", Fails<ArgumentException>(() => _ml.Data.LoadSequences([new float[0, 2]], [0], ["a"])));
        three[1, 1] = float.NaN;
        Assert.Contains("NaN at step 1, feature 1", Fails<ArgumentException>(() => _ml.Data.LoadSequences([three], [0], ["a"])));
        Fails<ArgumentNullException>(() => _ml.Data.LoadSequences([null!], [0], ["a"]));
    }

    [TestMethod]
    [DataRow(",")]
    [DataRow(".")]
    public void A_line_of_a_file_is_a_class_and_its_values_whatever_the_machines_decimal_sign(string sign)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        using var folder = new TemporaryFolder();
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = new() { NumberDecimalSeparator = sign } };

            // Windows's line ends, a blank line, an exponent, spaces around a value.
            File.WriteAllText(folder.File("a.tsv"), "up\t1.5\t2\r\ndown\t-3e-1\t 4 \r\n\r\nup\t5\t6\r\n");
            IDataView view = _ml.Data.LoadSequences(folder.File("a.tsv"));
            Assert.IsTrue(view.Schema["Features"].Type is VectorDataViewType { Dimensions: [2, 1] });
            CollectionAssert.AreEqual(new uint[] { 2, 1, 2 }, view.GetColumn<uint>("Label").ToArray());
            CollectionAssert.AreEqual(new[] { "down", "up" }, ImageRow.ClassNames(view));
            CollectionAssert.AreEqual(new[] { 1.5f, 2, -0.3f, 4, 5, 6 }, view.GetColumn<float[]>("Features").SelectMany(f => f).ToArray());

            File.WriteAllText(folder.File("b.csv"), "class,x1,y1,x2,y2\n1,1,2,3,4\n");
            IDataView pairs = _ml.Data.LoadSequences(folder.File("b.csv"), features: 2, separatorChar: ',', hasHeader: true);
            Assert.IsTrue(pairs.Schema["Features"].Type is VectorDataViewType { Dimensions: [2, 2] });
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [TestMethod]
    [DataRow("a\t1\t2\nb\t1\n", "line 2: 1 values, but line 1 has 2. All sequences must have the same length: cut")]
    [DataRow("a\t1\t2\nb\t1\tNaN\n", "line 2: 'NaN' in field 3; allowed is a finite number with a decimal point. Missing values at the end may stand for a shorter sequence")]
    [DataRow("a\t1\t2\nb\t1\t\n", "line 2: '' in field 3")]
    [DataRow("a,1,2\n", "line 1: 1 field(s) at '\t'; a line has the class's name and then the values. Is it another separator?")]
    [DataRow("a\t1,5\n", "line 1: '1,5' in field 2; allowed is a finite number with a decimal point")]
    [DataRow("", "no sequence in it")]
    [DataRow("\t1\t2\n", "line 1: 3 field(s)")]
    public void A_damaged_file_is_refused_with_its_line(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a.tsv"), text);
        string message = Fails<InvalidDataException>(() => _ml.Data.LoadSequences(folder.File("a.tsv")));
        Assert.Contains("a.tsv", message);
        Assert.Contains(expected, message);
    }

    [TestMethod]
    public void Wrong_arguments_of_a_file_are_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a.tsv"), "a\t1\t2\t3\n");
        Assert.Contains("3 values, which is no multiple of the 2 features", Fails<InvalidDataException>(() => _ml.Data.LoadSequences(folder.File("a.tsv"), features: 2)));
        Assert.Contains("Option features is 0", Fails<ArgumentOutOfRangeException>(() => _ml.Data.LoadSequences(folder.File("a.tsv"), features: 0)));
        Assert.Contains("Option separatorChar is '.'", Fails<ArgumentOutOfRangeException>(() => _ml.Data.LoadSequences(folder.File("a.tsv"), separatorChar: '.')));
        Assert.Contains("no such file", Fails<FileNotFoundException>(() => _ml.Data.LoadSequences(folder.File("b.tsv"))));
    }

    [TestMethod]
    public void A_concept_looks_as_far_back_as_asked_and_no_further()
    {
        // A linear model sees which step tells the classes apart.
        IDataView train = _ml.Data.LoadConceptSequences(count: 2000, steps: 4, features: 3, classes: 2, lookBack: 1);
        IDataView test = _ml.Data.LoadConceptSequences(Split.Test, count: 1000, steps: 4, features: 3, classes: 2, lookBack: 1);
        double[] accuracy = [.. Enumerable.Range(0, 4).Select(step =>
        {
            ITransformer model = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(Step(train, step));
            return _ml.MulticlassClassification.Evaluate(model.Transform(Step(test, step))).MicroAccuracy;
        })];
        Assert.IsGreaterThan(0.85, accuracy[2]);
        foreach (int other in (int[])[0, 1, 3])
        {
            Assert.AreEqual(0.5, accuracy[other], 0.08);
        }

        IDataView Step(IDataView data, int step)
        {
            var schema = SchemaDefinition.Create(typeof(OneStep));
            schema["Label"].ColumnType = new KeyDataViewType(typeof(uint), 2);
            return _ml.Data.LoadFromEnumerable(
                data.GetColumn<uint>("Label").Zip(data.GetColumn<float[]>("Features"), (label, x) => new OneStep { Label = label - 1, Features = x[(3 * step)..(3 * step + 3)] }).ToArray(), schema);
        }
    }

    [TestMethod]
    public void Concepts_are_functions_of_the_seed_inputs_are_unit_vectors_and_more_are_the_same_and_more()
    {
        float[][] some = Features(_ml.Data.LoadConceptSequences(count: 50)), more = Features(_ml.Data.LoadConceptSequences(count: 80));
        CollectionAssert.AreEqual(some.SelectMany(x => x).ToArray(), more.Take(50).SelectMany(x => x).ToArray());
        Assert.HasCount(256, some[0]);
        Assert.AreEqual(1, some[7][..16].Sum(v => v * v), 1e-5);
        Assert.IsFalse(some[0].SequenceEqual(Features(_ml.Data.LoadConceptSequences(count: 1, seed: 2))[0]));
        Assert.IsFalse(some[0].SequenceEqual(Features(_ml.Data.LoadConceptSequences(Split.Test, count: 1))[0]));
        uint[] labels = [.. _ml.Data.LoadConceptSequences(count: 4000, steps: 3).GetColumn<uint>("Label")];
        foreach (uint label in (uint[])[1, 2, 3, 4])
        {
            // The concept's own vectors are not quite even.
            Assert.AreEqual(0.25, labels.Count(l => l == label) / 4000.0, 0.06);
        }
    }

    [TestMethod]
    public void A_concept_longer_than_its_sequence_is_refused()
    {
        Assert.Contains("Option lookBack is 16; allowed is 1 to 15: a concept looks at inputs before the last one",
            Fails<ArgumentOutOfRangeException>(() => _ml.Data.LoadConceptSequences(steps: 16, lookBack: 16)));
        Assert.Contains("Option steps is 1", Fails<ArgumentOutOfRangeException>(() => _ml.Data.LoadConceptSequences(steps: 1)));
        Assert.Contains("Option features is 1", Fails<ArgumentOutOfRangeException>(() => _ml.Data.LoadConceptSequences(features: 1)));
        Assert.Contains("Option classes is 1", Fails<ArgumentOutOfRangeException>(() => _ml.Data.LoadConceptSequences(classes: 1)));
        Assert.Contains("Option count is 0", Fails<ArgumentOutOfRangeException>(() => _ml.Data.LoadConceptSequences(count: 0)));
        Assert.Contains("Option count is 20000000; allowed is at most 8,388,607 for sequences of 16 steps of 16 features.", Fails<ArgumentOutOfRangeException>(() => _ml.Data.LoadConceptSequences(count: 20_000_000)));
        Assert.Contains("Option terms is 0", Fails<ArgumentOutOfRangeException>(() => _ml.Data.LoadConceptSequences(terms: 0)));
    }

    private static float[][] Features(IDataView view) => [.. view.GetColumn<float[]>("Features")];

    private static string Fails<TException>(Action action) where TException : Exception => Assert.Throws<TException>(action).Message;

    private sealed class OneStep
    {
        public uint Label { get; set; }

        [VectorType(3)]
        public float[] Features { get; set; } = [];
    }
}

using BadMinima.MLNet.Tests.Examples;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Training;

/// <summary>Classes of two data sets, or of a model and data, are matched by name. Numbers are each set's own.</summary>
[TestClass]
public sealed class ClassMatchingTests
{
    private static readonly TwoPhaseTrainer.Options Options = Tiny.Options with
    {
        Architecture = "mlp-100-100",
        RandomLabels = null,
        Training = Recipe.Vanilla with { Epochs = 30, BatchSize = 4, LearningRate = 0.1 },
    };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void A_validation_set_with_the_names_in_another_order_is_measured_rightly()
    {
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Options).Fit(Pictures("cat", "dog"), Pictures("dog", "cat"));
        EpochMetrics last = model.History.Phases[^1].Epochs[^1];
        Assert.AreEqual((1.0, 1.0), (last.TrainingAccuracy, last.TestAccuracy));
    }

    [TestMethod]
    public void Data_that_number_the_classes_otherwise_are_evaluated_rightly_and_it_is_said()
    {
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Options).Fit(Pictures("cat", "dog"));
        using var folder = new TemporaryFolder();
        _ml.Model.Save(model, Pictures("cat", "dog").Schema, folder.File("model.zip"));
        List<string> warnings = [];
        _ml.Log += (_, e) => warnings.Add(e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning ? e.RawMessage : "");
        foreach (ITransformer any in new[] { model, _ml.Model.Load(folder.File("model.zip"), out _), _ml.Transforms.CopyColumns("Copy", "Label").Append(new Fitted(model)).Fit(Pictures("cat", "dog")) })
        {
            warnings.Clear();
            IDataView scored = any.Transform(Pictures("dog", "cat"));
            Assert.IsNotEmpty(warnings.Where(w => w.Contains("Column 'Label' numbers the classes otherwise than the model (dog, cat; the model: cat, dog)")));
            Assert.AreEqual(1.0, _ml.MulticlassClassification.Evaluate(scored).MicroAccuracy);
            Assert.AreEqual(0.0, _ml.MulticlassClassification.Evaluate(any.Transform(Pictures("dog", "cat", swapped: true))).MicroAccuracy);
            VBuffer<ReadOnlyMemory<char>> names = default;
            scored.Schema["Label"].GetKeyValues(ref names);
            CollectionAssert.AreEqual(new[] { "cat", "dog" }, names.DenseValues().Select(n => n.ToString()).ToArray());
            CollectionAssert.AreEqual(any.Transform(Pictures("cat", "dog")).GetColumn<uint>("Label").ToArray(), scored.GetColumn<uint>("Label").ToArray());
        }
    }

    [TestMethod]
    public void Labels_that_the_model_does_not_know_count_as_wrong_and_a_lone_class_as_itself()
    {
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Options).Fit(Pictures("cat", "dog"));
        MulticlassClassificationMetrics Evaluate(string[] names, params int[] labels)
            => _ml.MulticlassClassification.Evaluate(model.Transform(_ml.Data.LoadFromPixels([.. labels.SelectMany(l => Picture(names[l] == "dog"))], new ImageShape(1, 4, 4), labels, names)));
        Assert.AreEqual(0.5, Evaluate(["bird", "dog"], 0, 1, 0, 1).MicroAccuracy);
        Assert.AreEqual(1.0, Evaluate(["dog", "cat", "bird"], 0, 1, 0, 1).MicroAccuracy);

        // Keys of one class are what a test part of one class has.
        Assert.AreEqual(1.0, Evaluate(["dog"], 0, 0).MicroAccuracy);
    }

    [TestMethod]
    public void Trained_on_noisy_labels_a_model_is_evaluated_rightly_on_the_true_ones_whatever_else_they_name()
    {
        var chain = _ml.Transforms.RandomizeLabels("NoisyLabel", "Label", LabelNoise.Uniform(0)).Append(Tiny.Trainer(_ml, Options with { LabelColumnName = "NoisyLabel" }));
        using var model = chain.Fit(Pictures("cat", "dog"));
        foreach (string[] names in new[] { new[] { "cat", "dog" }, ["dog", "cat"], ["dog", "cat", "bird"], ["bird", "dog", "cat"] })
        {
            IDataView data = _ml.Data.LoadFromPixels([.. Picture(false), .. Picture(true)], new ImageShape(1, 4, 4), [Array.IndexOf(names, "cat"), Array.IndexOf(names, "dog")], names);
            Assert.AreEqual(1.0, _ml.MulticlassClassification.Evaluate(model.LastTransformer.Transform(data)).MicroAccuracy, string.Join(' ', names));
        }
    }

    [TestMethod]
    public void Classes_that_have_nothing_in_common_are_all_wrong_and_where_one_side_has_no_names_that_is_said()
    {
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Options).Fit(Pictures("cat", "dog"));
        List<string> warnings = [];
        _ml.Log += (_, e) => warnings.Add(e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning ? e.RawMessage : "");
        Assert.AreEqual(0.0, _ml.MulticlassClassification.Evaluate(model.Transform(Pictures("bird", "fish"))).MicroAccuracy);
        Assert.IsNotEmpty(warnings.Where(w => w.Contains("(bird, fish; the model: cat, dog)")));
        warnings.Clear();
        _ = model.Transform(Nameless());
        Assert.IsNotEmpty(warnings.Where(w => w.Contains("Label column 'Label' only numbers its classes and the model names them: they cannot be matched")));
    }

    [TestMethod]
    public void Two_classes_of_one_name_are_refused()
    {
        IDataView twice = _ml.Data.LoadFromPixels([.. Picture(false), .. Picture(true), .. Picture(true)], new ImageShape(1, 4, 4), [0, 1, 2], ["caf\u00e9", "cafe\u0301", "x"]);
        Assert.Contains("Two classes of the training data are called 'caf", Assert.ThrowsExactly<ArgumentException>(() => Tiny.Trainer(_ml, Options).Fit(twice)).Message);
        Assert.Contains("Two classes of the data are called 'caf", Assert.ThrowsExactly<ArgumentException>(() => _ml.Data.RandomizeLabels(twice, "Label", LabelNoise.UniformOther())).Message);
    }

    [TestMethod]
    public void Names_are_compared_in_one_unicode_form()
    {
        string composed = "caf\u00e9", decomposed = "cafe\u0301";
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Options).Fit(Pictures("bar", composed), Pictures(decomposed, "bar"));
        Assert.AreEqual(1.0, model.History.Phases[^1].Epochs[^1].TestAccuracy);
        Assert.AreEqual(1.0, _ml.MulticlassClassification.Evaluate(model.Transform(Pictures(decomposed, "bar"))).MicroAccuracy);
    }

    [TestMethod]
    public void A_class_that_the_training_data_lack_is_refused_by_name()
    {
        string message = Assert.ThrowsExactly<ArgumentException>(() => Tiny.Trainer(_ml, Options).Fit(Pictures("cat", "dog"), Pictures("cat", "bird"))).Message;
        Assert.Contains("The validation data name the class 'bird' in label column 'Label', not among the classes of the training data: cat, dog.", message);
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Options with { Training = Options.Training! with { Epochs = 1 } }).Fit(Pictures("cat", "dog"));
        message = Assert.ThrowsExactly<ArgumentException>(() => Tiny.Trainer(_ml, Options).Fit(Pictures("cat", "bird"), null, model)).Message;
        Assert.Contains("The training data name the class 'bird' in label column 'Label', not among the classes of the model to start from: cat, dog.", message);
    }

    [TestMethod]
    public void Classes_with_names_and_classes_without_cannot_be_matched()
    {
        string message = Assert.ThrowsExactly<ArgumentException>(() => Tiny.Trainer(_ml, Options).Fit(Pictures("cat", "dog"), Nameless())).Message;
        Assert.Contains("The classes of the validation data are only numbered in label column 'Label', those of the training data are named cat, dog", message);
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Options).Fit(Nameless(), Nameless());
        Assert.AreEqual(1.0, model.History.Phases[^1].Epochs[^1].TestAccuracy);
    }

    [TestMethod]
    public void A_model_that_goes_on_keeps_its_classes_whatever_the_order_of_the_data()
    {
        using TwoPhaseTransformer start = Tiny.Trainer(_ml, Options).Fit(Pictures("cat", "dog"));
        TwoPhaseTrainer.Options more = Options with { Training = Options.Training! with { Epochs = 2 } };
        using TwoPhaseTransformer same = Tiny.Trainer(_ml, more).Fit(Pictures("cat", "dog"), Pictures("cat", "dog"), start);
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, more).Fit(Pictures("dog", "cat"), Pictures("dog", "cat"), start);
        CollectionAssert.AreEqual(start.ClassNames, model.ClassNames);
        CollectionAssert.AreEqual(Tiny.Weights(same), Tiny.Weights(model), "the same pictures with the same names are the same training");
        Assert.AreEqual(1.0, model.History.Phases[^1].Epochs[0].TestAccuracy);
        Assert.AreEqual(1.0, _ml.MulticlassClassification.Evaluate(model.Transform(Pictures("dog", "cat"))).MicroAccuracy);

        // Data of some of its classes are enough.
        using TwoPhaseTransformer fewer = Tiny.Trainer(_ml, more).Fit(Pictures("dog", "dog2").Renamed(_ml, "dog", "cat"), null, start);
        CollectionAssert.AreEqual(start.ClassNames, fewer.ClassNames);
    }

    [TestMethod]
    public void An_interrupted_run_goes_on_whatever_the_order_of_the_classes_and_not_with_other_names()
    {
        using var folder = new TemporaryFolder();
        TwoPhaseTransformer Run(IDataView data, int cancelAfter, bool resume)
        {
            using var cancellation = new CancellationTokenSource();
            TwoPhaseTrainer trainer = Tiny.Trainer(_ml, Options with
            {
                Training = Options.Training! with { Epochs = 5 },
                Checkpoints = resume || cancelAfter == 2 ? new(folder.FullPath) : null,
                CancellationToken = cancellation.Token,
                MetricsCallback = e =>
                {
                    if (e.Epoch == cancelAfter)
                    {
                        cancellation.Cancel();
                    }
                },
            });
            return resume ? trainer.Resume(data) : trainer.Fit(data);
        }

        using TwoPhaseTransformer whole = Run(Pictures("cat", "dog"), 0, resume: false);
        Run(Pictures("cat", "dog"), 2, resume: false).Dispose();
        Assert.Contains("TrainingData.ClassNames: [\"cat\",\"dog\"] in the checkpoint, [\"cat\",\"wolf\"] now",
            Assert.ThrowsExactly<ArgumentException>(() => Run(Pictures("cat", "wolf"), 0, resume: true)).Message);
        Assert.Contains("TrainingData.Content",
            Assert.ThrowsExactly<ArgumentException>(() => Run(Pictures("dog", "cat", swapped: true), 0, resume: true)).Message);
        using TwoPhaseTransformer resumed = Run(Pictures("dog", "cat"), 0, resume: true);
        CollectionAssert.AreEqual(whole.ClassNames, resumed.ClassNames);
        CollectionAssert.AreEqual(Tiny.Weights(whole), Tiny.Weights(resumed));
    }

    /// <summary>
    /// A dark picture of the name that comes first in the alphabet, a bright one of the other, and so on, numbered in the order that the
    /// names are given in.
    /// </summary>
    private IDataView Pictures(string first, string second, bool swapped = false)
    {
        string[] names = [first, second];
        int bright = string.CompareOrdinal(first, second) > 0 ? 0 : 1;
        bool[] rows = [.. Enumerable.Range(0, 24).Select(i => i % 2 == 1)];
        return _ml.Data.LoadFromPixels([.. rows.SelectMany(Picture)], new ImageShape(1, 4, 4), [.. rows.Select(b => b != swapped ? bright : 1 - bright)], names);
    }

    private static IEnumerable<byte> Picture(bool bright) => Enumerable.Range(0, 16).Select(p => (byte)((bright ? 200 : 20) + p));

    private IDataView Nameless()
    {
        var definition = SchemaDefinition.Create(typeof(Row));
        definition["Label"].ColumnType = new KeyDataViewType(typeof(uint), 2);
        definition["Pixels"].ColumnType = new VectorDataViewType(NumberDataViewType.Byte, 1, 4, 4);
        return _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 24).Select(i => new Row { Label = (uint)(i % 2), Pixels = [.. Picture(i % 2 == 1)] }), definition);
    }

    private sealed class Row
    {
        public uint Label { get; set; }

        public byte[] Pixels { get; set; } = [];
    }

    /// <summary>A model as an estimator, to be a link of a chain.</summary>
    private sealed class Fitted(TwoPhaseTransformer model) : IEstimator<ITransformer>
    {
        public ITransformer Fit(IDataView input) => model;

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => inputSchema;
    }
}

file static class Views
{
    /// <summary>The rows of a view that has its classes under other names.</summary>
    public static IDataView Renamed(this IDataView view, MLContext ml, params string[] names)
        => ml.Data.LoadFromPixels([.. view.GetColumn<byte[]>("Pixels").SelectMany(p => p)], new ImageShape(1, 4, 4), [.. view.GetColumn<uint>("Label").Select(k => (int)k - 1)], names);
}

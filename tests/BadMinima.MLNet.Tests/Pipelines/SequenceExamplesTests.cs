using BadMinima.MLNet.Tests.Examples;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Pipelines;

/// <summary>Sequences, with a network of the test's own that takes them.</summary>
[TestClass]
public sealed class SequenceExamplesTests
{
    private const string Network = "recurrent-of-a-test";
    private const int Steps = 6;
    private readonly MLContext _ml = new(seed: 1);

    private static TwoPhaseTrainer.Options Options { get; } = Tiny.Options with
    {
        Architecture = Network,
        FeatureColumnName = "Features",
        RandomLabels = null,
        Training = Recipe.Vanilla with { Epochs = 60, BatchSize = 10, LearningRate = 0.2 },
        Threads = 1,
    };

    [ClassInitialize]
    public static void Register(TestContext _)
        => Architectures.Register(new() { Name = Network, Takes = InputKinds.Sequences, Create = (shape, classes) => new Recurrent(shape, classes) });

    [TestMethod]
    public void A_recurrent_network_learns_an_order_that_no_sum_over_the_steps_shows_and_its_model_is_saved_and_loaded()
    {
        // Class 1 where the second feature rises; its mean says nothing.
        IDataView data = Rows(60, 2);
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Options).Fit(data);
        Assert.AreEqual(InputShape.Sequence(Steps, 2), model.InputShape);
        Assert.IsGreaterThan(0.95, model.History.Phases[^1].Epochs[^1].TrainingAccuracy!.Value);
        float[] scores = Scores(model, data);

        using var folder = new TemporaryFolder();
        _ml.Model.Save(model, data.Schema, folder.File("model.zip"));
        using TwoPhaseTransformer loaded = _ml.Model.LoadTwoPhase(folder.File("model.zip"), out _);
        Assert.AreEqual(model.InputShape, loaded.InputShape);
        CollectionAssert.AreEqual(scores, Scores(loaded, data));
        using TwoPhaseTransformer further = Tiny.Trainer(_ml, Options with { Training = Options.Training! with { Epochs = 1 } }).Fit(data, null, loaded);
        Assert.HasCount(2, further.History.Phases);
    }

    [TestMethod]
    public void Random_labels_are_fitted_on_replicas_of_sequences_with_zeroed_features()
    {
        TwoPhaseTrainer.Options options = Options with { RandomLabels = new() { Epochs = 2, Replicas = 3, ZeroOutRatio = 0.5, StopAtAccuracy = null }, Training = null };
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, options).Fit(Rows(20, 2));
        Assert.AreEqual(60, model.History.Phases.Single().Examples);
    }

    [TestMethod]
    public void Each_feature_is_normalized_over_rows_and_steps()
    {
        IDataView data = Rows(40, 2);
        using ResidentImages set = ResidentImages.Read(
            data, ClassLabels.Own(data.Schema["Label"]), PixelColumn.Find(data.Schema, "Features", InputKinds.Sequences), CPU, "training data", out _);
        CollectionAssert.AreEqual(new long[] { 40, Steps, 2 }, set.Pixels.shape);
        Normalization normalization = MeasuredNormalization.Of(set);
        float[][] rows = [.. data.GetColumn<float[]>("Features")];
        for (int feature = 0; feature < 2; feature++)
        {
            double[] values = [.. rows.SelectMany(r => r.Where((_, i) => i % 2 == feature)).Select(v => (double)v)];
            double mean = values.Average();
            Assert.AreEqual(mean, normalization.Mean[feature], 1e-9);
            Assert.AreEqual(Math.Sqrt(values.Average(v => (v - mean) * (v - mean))), normalization.Deviation[feature], 1e-9);
        }

        using var scope = NewDisposeScope();
        using var classifier = new ImageClassifier(Architectures.Create(Architectures.Get(Network), set.Shape, 2, 1), Architectures.Get(Network), set.Shape, 2, normalization, CPU);
        Tensor normalized = classifier.Normalize(set.Pixels).view(-1, 2);
        Assert.IsLessThan(1e-4f, normalized.mean([0]).abs().max().item<float>());
        Assert.IsLessThan(1e-4f, (normalized.square().mean([0]) - 1).abs().max().item<float>());
    }

    [TestMethod]
    public void What_a_network_does_not_take_is_refused_before_training()
    {
        // Sequences, where the network takes none.
        IDataView sequences = Rows(10, 3);
        string message = Fails<ArgumentOutOfRangeException>(sequences, Options with { Architecture = "mlp" });
        Assert.Contains("Column 'Features' of the training data is of type Vector<Single, 6, 3>", message);
        Assert.Contains("for sequences of 6 steps of 3 features, take a network for sequences, such as \"elman\"", message);

        // Vectors and images, where it takes sequences alone.
        Assert.Contains("is of type Vector<Single, 2>; the network takes Sequences: Vector<Single, n> is a vector of n features",
            Fails<ArgumentOutOfRangeException>(_ml.Data.LoadGaussianPoints(), Options));
        Assert.Contains($"'{Network}' takes Sequences; given are images of 1x28x28",
            Fails<ArgumentException>(Tiny.Train(_ml), Options with { FeatureColumnName = "Pixels" }));
        Assert.Contains($"'{Network}' takes Sequences; given are feature vectors of 3. If it does, set Architecture.Takes",
            Assert.ThrowsExactly<ArgumentException>(() => Architectures.Get(Network).CountParameters(InputShape.Vector(3), 2)).Message);

        Assert.Contains("allowed is none for sequences: crop, flip and cutout are for images",
            Fails<ArgumentOutOfRangeException>(sequences, Options with { Training = Recipe.Vanilla with { Augmentation = Augmentation.CropAndFlip } }));
        Assert.Contains("one finite number a channel (3)", Fails<ArgumentOutOfRangeException>(sequences, Options with { Normalization = Normalization.Identity(2) }));

        // A model of sequences of another length.
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Options with { Training = Recipe.Vanilla with { Epochs = 1 } }).Fit(Rows(10, 2));
        Assert.Contains("has sequences of 6 steps of 3 features, but the model was trained on sequences of 6 steps of 2 features",
            Assert.Throws<ArgumentException>(() => model.Transform(sequences)).Message);
    }

    [TestMethod]
    public void The_operations_of_each_step_are_counted()
        => Assert.AreEqual(2 * (Steps * (8 * 8 + 8 * 2) + 8 * 2), Architectures.Get(Network).CountFlops(InputShape.Sequence(Steps, 2), 2));

    private string Fails<TException>(IDataView data, TwoPhaseTrainer.Options options) where TException : Exception
        => Assert.Throws<TException>(() => Tiny.Trainer(_ml, options).Fit(data)).Message;

    private static float[] Scores(TwoPhaseTransformer model, IDataView data) => [.. model.Transform(data).GetColumn<float[]>("Score").SelectMany(s => s)];

    /// <summary>Rows of two classes in turn; the last feature's order tells them apart.</summary>
    private IDataView Rows(int rows, int features)
    {
        var definition = SchemaDefinition.Create(typeof(Row));
        definition["Label"].ColumnType = new KeyDataViewType(typeof(uint), 2);
        definition["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Steps, features);
        var random = new Random(1);
        return _ml.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(row => new Row
        {
            Label = (uint)(row % 2),
            Features = [.. from step in Enumerable.Range(0, Steps)
                           from feature in Enumerable.Range(0, features)
                           select feature < features - 1 ? 100 + random.NextSingle() : row % 2 == 0 ? step : (float)(Steps - 1 - step)],
        }).ToArray(), definition);
    }

    /// <summary>An Elman network: h = tanh(U h + W x), and one linear layer on the last h.</summary>
    private sealed class Recurrent : nn.Module<Tensor, Tensor>
    {
        private readonly int _steps;
        private readonly nn.Module<Tensor, Tensor> _input;
        private readonly nn.Module<Tensor, Tensor> _hidden;
        private readonly nn.Module<Tensor, Tensor> _output;

        public Recurrent(InputShape shape, int classes) : base(nameof(Recurrent))
        {
            (_steps, _input, _hidden, _output) = (shape.Steps, nn.Linear(shape.Channels, 8), nn.Linear(8, 8), nn.Linear(8, classes));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            Tensor state = zeros([input.shape[0], 8], device: input.device);
            for (int step = 0; step < _steps; step++)
            {
                state = (_hidden.call(state) + _input.call(input.select(1, step))).tanh();
            }

            return _output.call(state).MoveToOuterDisposeScope();
        }
    }

    private sealed class Row
    {
        public uint Label { get; set; }

        public float[] Features { get; set; } = [];
    }
}

using BadMinima.MLNet.Tests.Examples;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Pipelines;

/// <summary>Feature vectors instead of images: the paper's 2-D case, and vectors of any range.</summary>
[TestClass]
public sealed class FeatureVectorTests
{
    private const string Network = "mlp-of-a-2-d-test";
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>The paper's 2-D training from a random start, at most as long as the paper's.</summary>
    private static TwoPhaseTrainer.Options Options { get; } = Tiny.Options with
    {
        Architecture = Network,
        FeatureColumnName = "Features",
        Normalization = Protocol.Paper2D.Normalization,
        RandomLabels = null,
        Training = Protocol.Paper2D.RandomStart! with { Epochs = 300 },
        Threads = 1,
    };

    [ClassInitialize]
    public static void Register(TestContext _) => Architectures.Register(new()
    {
        Name = Network,
        Description = "2-100-100-1 with ReLU, logits 0 and z",
        Takes = InputKinds.Images | InputKinds.Vectors,
        Create = (shape, _) => nn.Sequential(
            nn.Flatten(), nn.Linear(shape.Volume, 100), nn.ReLU(), nn.Linear(100, 100), nn.ReLU(), nn.Linear(100, 1), nn.ConstantPad1d((1, 0), 0)),
    });

    [TestMethod]
    public void From_a_random_start_the_2D_case_is_separated_by_a_nearly_straight_line()
    {
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Options).Fit(_ml.Data.LoadGaussianPoints(), _ml.Data.LoadGaussianPoints(Split.Test));
        EpochMetrics last = model.History.Phases.Single().Epochs[^1];
        Assert.AreEqual((1.0, 1.0), (last.TrainingAccuracy, last.TestAccuracy));
        Assert.AreEqual(1.0, _ml.MulticlassClassification.Evaluate(model.Transform(_ml.Data.LoadGaussianPoints())).MicroAccuracy);

        // Along each row of the figure the class changes once, between the clouds.
        foreach (float y in new[] { -0.75f, 0.2f, 1.25f })
        {
            uint[] row = [.. Predict(model, Enumerable.Range(0, 62).Select(i => new[] { -1.25f + 0.05f * i, y }))];
            Assert.AreEqual(1, row.Zip(row.Skip(1)).Count(p => p.First != p.Second), $"at y = {y}");
            Assert.AreEqual((1u, 2u), (row[0], row[^1]));
        }
    }

    [TestMethod]
    public void Random_labels_of_points_are_drawn_per_point_and_learned()
    {
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Options with { RandomLabels = Protocol.Paper2D.RandomLabels with { Epochs = 300, Replicas = 2, LearningRate = 0.1 }, Training = null }).Fit(_ml.Data.LoadGaussianPoints(pointsPerClass: 5));
        PhaseHistory phase = model.History.Phases.Single();
        Assert.AreEqual(20, phase.Examples);
        Assert.IsGreaterThan(0.6, phase.Epochs[^1].TrainingAccuracy!.Value);
    }

    [TestMethod]
    public void A_share_of_each_replicas_features_is_zeroed()
    {
        IDataView view = Vectors(6, 10, i => -1000.5f + 37 * i);
        using ResidentImages set = Read(view);
        Assert.AreEqual((ScalarType.Float32, "feature vectors of 10"), (set.Pixels.dtype, set.Shape.ToString()));
        using var scope = NewDisposeScope();
        CollectionAssert.AreEqual(view.GetColumn<float[]>("Features").SelectMany(f => f).ToArray(), set.Pixels.data<float>().ToArray());
        Tensor replicas = new CorruptedReplicas(set, 2, 0.35, CounterRandom.Create(1)).Gather([.. Enumerable.Range(0, 12)]).Pixels.flatten(1);
        Assert.IsTrue(replicas.eq(0).sum(1).eq(3).all().item<bool>());
        Assert.IsTrue(replicas.eq(0).logical_or(replicas.eq(set.Pixels.flatten(1).repeat(2, 1))).all().item<bool>());
    }

    [TestMethod]
    public void Features_of_any_range_are_normalized_one_by_one_unless_the_user_does_it()
    {
        // A mean far above the deviation, one that never varies, and one around 0.
        IDataView view = Rows([.. Enumerable.Range(0, 40).Select(i => new[] { 1e6f + i % 2, 5, (i % 4 - 1.5f) * 1e-6f })]);
        using ResidentImages set = Read(view);
        var normalization = MeasuredNormalization.Of(set);
        Assert.AreEqual(1e6 + 0.5, normalization.Mean[0], 1e-6);
        Assert.AreEqual(0.5, normalization.Deviation[0], 1e-6);
        Assert.AreEqual((5.0, 1.0), (normalization.Mean[1], normalization.Deviation[1]));
        Assert.AreEqual(0, normalization.Mean[2], 1e-9);
        Assert.AreEqual(Math.Sqrt(1.25) * 1e-6, normalization.Deviation[2], 1e-9);

        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Options with { Training = Recipe.Vanilla with { Epochs = 1 } }).Fit(_ml.Data.LoadGaussianPoints());
        using Tensor point = tensor(new[] { 0.3f, -7 }).view(1, 2);
        using Tensor normalized = model.Classifier.Normalize(point);
        Assert.IsTrue(Tiny.Same(point, normalized), "the 2-D protocol takes the points as they are");
        Assert.AreNotSame(point, normalized);
    }

    [TestMethod]
    public void A_model_of_vectors_is_saved_loaded_and_asked_point_by_point()
    {
        using var folder = new TemporaryFolder();
        IDataView train = _ml.Data.LoadGaussianPoints();
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Options with { Training = Options.Training! with { Epochs = 20 } }).Fit(train);
        _ml.Model.Save(model, train.Schema, folder.File("model.zip"));
        TwoPhaseTransformer loaded = _ml.Model.LoadTwoPhase(folder.File("model.zip"), out _);
        float[][] expected = [.. model.Transform(train).GetColumn<float[]>("Score")];
        CollectionAssert.AreEqual(expected.SelectMany(s => s).ToArray(), loaded.Transform(train).GetColumn<float[]>("Score").SelectMany(s => s).ToArray());
        Assert.AreEqual(InputShape.Vector(2), loaded.InputShape);
        using var engine = _ml.Model.CreatePredictionEngine<Point, Prediction>(loaded);
        foreach ((float[] point, float[] scores) in train.GetColumn<float[]>("Features").Zip(expected).Take(10))
        {
            Prediction prediction = engine.Predict(new Point { Features = point });
            Assert.AreEqual(scores[1], prediction.Score[1], 1e-6f);
        }
    }

    [TestMethod]
    public void A_model_goes_on_with_other_points()
    {
        using TwoPhaseTransformer start = Tiny.Trainer(_ml, Options with { Training = Options.Training! with { Epochs = 2 } }).Fit(_ml.Data.LoadGaussianPoints());
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Options with { Training = Protocol.Paper2D.Regularized with { Epochs = 2 } }).Fit(_ml.Data.LoadGaussianPoints(jitteredCopies: 2), null, start);
        Assert.AreEqual(300, model.History.Phases[^1].Examples);
        Assert.HasCount(2, model.History.Phases);
    }

    [TestMethod]
    public void What_does_not_go_with_vectors_is_refused_before_training()
    {
        IDataView points = _ml.Data.LoadGaussianPoints();
        foreach (Augmentation augmentation in new Augmentation[] { new() { CropPadding = 1 }, new() { HorizontalFlip = true }, new() { Cutout = 1 } })
        {
            Fails<OptionException>("allowed is none for feature vectors: crop, flip and cutout are for images", points, Options with { Training = Recipe.Vanilla with { Augmentation = augmentation } });
        }

        Fails<OptionException>("RandomLabels.ZeroOutOf is Pixels; allowed is Values for feature vectors of 2: they have no pixels", points, Options with { RandomLabels = new() { ZeroOutOf = ZeroOut.Pixels } });

        // A convolutional network needs the dimensions of an image.
        Fails<ArgumentOutOfRangeException>("Column 'Features' of the training data is of type Vector<Single, 2>: a vector without the three dimensions channels, height, width", points, Options with { Architecture = "cnn", Normalization = null });
        Fails<ArgumentOutOfRangeException>("without the three dimensions", Rows<byte>([[1, 2], [3, 4]]), Options);
        Fails<OptionException>("Normalization.Mean is 0.4914, 0.4822, 0.4465; allowed is one finite number a channel (2)", points, Options with { Normalization = Normalization.Cifar10 });
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity })
        {
            Fails<InvalidDataException>($"Column 'Features', row 1 of the training data: feature 1 is {bad}; allowed is a finite number", Rows([[0f, 1], [0, bad]]), Options);
        }

        Fails<ArgumentException>("validation data have feature vectors of 3, but the training data feature vectors of 2", points, Options with { ValidationSet = Rows([[0f, 1, 2], [3, 4, 5]]) });
        Assert.Contains("without the three dimensions", Assert.Throws<ArgumentException>(() => Tiny.Trainer(_ml, Options with { RandomLabels = new() }).PreviewReplicas(points, 1)).Message);
    }

    [TestMethod]
    public void A_model_of_vectors_takes_no_images_and_one_of_images_no_vectors()
    {
        // The same numbers, once as features and once as an image of 2x1x1.
        IDataView points = _ml.Data.LoadGaussianPoints();
        IDataView images = _ml.Data.LoadFromPixels([1, 2, 30, 40], new ImageShape(2, 1, 1), [0, 1], ["0", "1"]);
        using TwoPhaseTransformer ofPoints = Tiny.Trainer(_ml, Options with { Training = Recipe.Vanilla with { Epochs = 1 } }).Fit(points);
        using TwoPhaseTransformer ofImages = Tiny.Trainer(_ml, Options with { FeatureColumnName = "Pixels", Training = Recipe.Vanilla with { Epochs = 1 } }).Fit(images);
        Assert.Contains("is a mlp-of-a-2-d-test for images of 2x1x1; asked for is a mlp-of-a-2-d-test for feature vectors of 2",
            Assert.ThrowsExactly<ArgumentException>(() => Tiny.Trainer(_ml, Options).Fit(points, null, ofImages)).Message);
        IDataView renamed = _ml.Transforms.CopyColumns("Features", "Pixels").Fit(images).Transform(images);
        Assert.Contains("Column 'Features' has images of 2x1x1, but the model was trained on feature vectors of 2", Assert.Throws<ArgumentException>(() => ofPoints.Transform(renamed)).Message);
        IDataView asPixels = _ml.Transforms.CopyColumns("Pixels", "Features").Fit(points).Transform(points);
        Assert.Contains("without the three dimensions", Assert.Throws<ArgumentException>(() => ofImages.Transform(asPixels)).Message);
    }

    private void Fails<TException>(string message, IDataView data, TwoPhaseTrainer.Options options) where TException : Exception
        => Assert.Contains(message, Assert.Throws<TException>(() => Tiny.Trainer(_ml, options).Fit(data)).Message);

    private IEnumerable<uint> Predict(TwoPhaseTransformer model, IEnumerable<float[]> points)
        => model.Transform(_ml.Data.LoadFromEnumerable(points.Select(p => new Point { Features = p }).ToArray())).GetColumn<uint>("PredictedLabel");

    private static ResidentImages Read(IDataView view)
        => ResidentImages.Read(view, ClassLabels.Own(view.Schema["Label"]), PixelColumn.Find(view.Schema, "Features", InputKinds.Vectors), CPU, "training data", out _);

    private IDataView Vectors(int rows, int features, Func<int, float> value)
        => Rows([.. Enumerable.Range(0, rows).Select(r => Enumerable.Range(0, features).Select(f => value(r * features + f)).ToArray())]);

    /// <summary>Labeled rows of two classes in turn.</summary>
    private IDataView Rows<T>(T[][] rows)
    {
        var definition = SchemaDefinition.Create(typeof(Row<T>));
        definition["Label"].ColumnType = new KeyDataViewType(typeof(uint), 2);
        definition["Features"].ColumnType = new VectorDataViewType(typeof(T) == typeof(float) ? NumberDataViewType.Single : NumberDataViewType.Byte, rows[0].Length);
        return _ml.Data.LoadFromEnumerable(rows.Select((r, i) => new Row<T> { Label = (uint)(i % 2), Features = r }).ToArray(), definition);
    }

    private sealed class Row<T>
    {
        public uint Label { get; set; }

        public T[] Features { get; set; } = [];
    }

    private sealed class Point
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];
    }
}

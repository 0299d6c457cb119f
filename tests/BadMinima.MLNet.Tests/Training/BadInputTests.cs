using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Training;

[TestClass]
public sealed class BadInputTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Options_out_of_range_are_refused_when_the_trainer_is_made()
    {
        Refused("RandomLabels.Replicas is 0; allowed is at least 1", Tiny.Options with { RandomLabels = new() { Replicas = 0 } });
        Refused("RandomLabels.ZeroOutRatio is 1.5; allowed is 0 to 1", Tiny.Options with { RandomLabels = new() { ZeroOutRatio = 1.5 } });
        Refused("RandomLabels.ZeroOutOf is 5; allowed is Values or Pixels", Tiny.Options with { RandomLabels = new() { ZeroOutOf = (ZeroOut)5 } });
        Refused("RandomLabels.Labeling is -1; allowed is Uniform or Permutation", Tiny.Options with { RandomLabels = new() { Labeling = (RandomLabeling)(-1) } });
        Refused("Training.Epochs is 0", Tiny.Options with { Training = Recipe.Vanilla with { Epochs = 0 } });
        Refused("Training.BatchSize is -1", Tiny.Options with { Training = Recipe.Vanilla with { BatchSize = -1 } });
        Refused("Training.LearningRate is NaN", Tiny.Options with { Training = Recipe.Vanilla with { LearningRate = double.NaN } });
        Refused("Training.Momentum is 1;", Tiny.Options with { Training = Recipe.Vanilla with { Momentum = 1 } });
        Refused("Training.WeightDecay is -1;", Tiny.Options with { Training = Recipe.Vanilla with { WeightDecay = -1 } });
        Refused("Training.Nesterov is true while Momentum is 0; allowed is true with a Momentum of more than 0", Tiny.Options with { Training = Recipe.Vanilla with { Nesterov = true } });
        Refused("Training.WeightDecay is 11; allowed is less than 1 / LearningRate (10)", Tiny.Options with { Training = Recipe.Vanilla with { LearningRate = 0.1, WeightDecay = 11, DecoupledWeightDecay = true } });
        foreach (double bad in new[] { -0.1, double.NaN, double.PositiveInfinity })
        {
            Refused($"Training.GradientClipping is {bad}; allowed is more than 0", Tiny.Options with { Training = Recipe.Vanilla with { GradientClipping = bad } });
            Refused($"Training.Mixup is {bad}; allowed is 0 or more", Tiny.Options with { Training = Recipe.Vanilla with { Mixup = bad } });
            Refused($"Training.LabelSmoothing is {bad}; allowed is 0 to 1", Tiny.Options with { Training = Recipe.Vanilla with { LabelSmoothing = bad } });
            Refused($"RandomLabels.Dropout is {bad}; allowed is at least 0 and less than 1", Tiny.Options with { RandomLabels = new() { Dropout = bad } });
            Refused($"Training.Momentum is {bad};", Tiny.Options with { Training = Recipe.Vanilla with { Momentum = bad } });
        }

        Refused("Training.GradientClipping is 0; allowed is more than 0", Tiny.Options with { Training = Recipe.Vanilla with { GradientClipping = 0 } });
        Refused("Training.LabelSmoothing is 1.01", Tiny.Options with { Training = Recipe.Vanilla with { LabelSmoothing = 1.01 } });
        Refused("Training.Dropout is 1; allowed", Tiny.Options with { Training = Recipe.Vanilla with { Dropout = 1 } });
        Refused("Training.Augmentation.Cutout is -1; allowed is 0 or more", Tiny.Options with { Training = Recipe.Vanilla with { Augmentation = new() { Cutout = -1 } } });
        Refused("RandomLabels.Augmentation.CropPadding is -1; allowed is 0 or more", Tiny.Options with { RandomLabels = new() { Augmentation = new() { CropPadding = -1 } } });
        Refused("Training.StopAtAccuracy is 1.1", Tiny.Options with { Training = Recipe.Vanilla with { StopAtAccuracy = 1.1 } });
        Refused("Training.MeasureEvery is 0", Tiny.Options with { Training = Recipe.Vanilla with { MeasureEvery = 0 } });
        Refused("at least one phase", Tiny.Options with { RandomLabels = null, Training = null });
        Refused("There is no architecture 'resnet19'. Known are: airbench94, all-cnn-c, cnn, cnn-wide", Tiny.Options with { Architecture = "resnet19" });
        Refused("Device is gpu; allowed is cpu, cuda, cuda:N", Tiny.Options with { Device = "gpu" });
        Refused("Threads is 0", Tiny.Options with { Threads = 0 });
    }

    [TestMethod]
    public void Data_that_do_not_fit_are_refused_before_training()
    {
        IDataView good = Tiny.Train(_ml);
        Fails<ArgumentOutOfRangeException>("no label column 'Class'", good, Tiny.Options with { LabelColumnName = "Class" });
        Fails<ArgumentOutOfRangeException>("no image column 'Image'", good, Tiny.Options with { FeatureColumnName = "Image" });
        Fails<ArgumentOutOfRangeException>("must be a key", Vectors(1, classes: 0), Tiny.Options);
        Fails<ArgumentOutOfRangeException>("without the three dimensions", Vectors(1, dimensions: [192]), Tiny.Options);
        Fails<InvalidDataException>("pixel 5 is NaN; allowed is 0 to 255", Vectors(float.NaN), Tiny.Options);
        Fails<InvalidDataException>("pixel 5 is 256; allowed is 0 to 255", Vectors(256), Tiny.Options);
        Fails<InvalidDataException>("all pixels lie in 0..1", Vectors(1), Tiny.Options);
        Fails<InvalidDataException>("all pixels lie in 0..1", Vectors(0.25f), Tiny.Options);
        Fails<OptionException>("Training.EarlyStopping.Metric is TestAccuracy; allowed is Loss or TrainingAccuracy without validation data; give them to Fit(trainData, validationData)",
            good, Tiny.Options with { Training = Recipe.Vanilla with { EarlyStopping = new() { Metric = EarlyStoppingMetric.TestAccuracy } } });
        Fails<InvalidDataException>("are of one class (key 3)", _ml.Data.FilterRowsByKeyColumnFraction(good, "Label", 0.21, 0.29), Tiny.Options);
        Fails<ArgumentException>("too small for 'cnn': the least is 8x8", _ml.Data.LoadFromPixels(new byte[18], new ImageShape(1, 3, 3), [0, 1], ["a", "b"]), Tiny.Options);
        Fails<OptionException>("CropPadding is 20; allowed is 0 to 14", good, Tiny.Options with { Training = Recipe.Vanilla with { Augmentation = new() { CropPadding = 20 } } });
        Fails<OptionException>("Training.Augmentation.Cutout is 29; allowed is 0 to 28 for images of 1x28x28", good, Tiny.Options with { Training = Recipe.Vanilla with { Augmentation = new() { Cutout = 29 } } });
        Fails<InvalidDataException>("no row with a label", _ml.Data.SkipRows(good, 1000), Tiny.Options);
        Fails<ArgumentException>("validation data have images of 3x32x32", good, Tiny.Options with { ValidationSet = _ml.Data.LoadSyntheticImages(Split.Test, 10, SyntheticStyle.Color32) });
    }

    [TestMethod]
    public void Cuda_where_there_is_none_is_refused_with_the_cure()
    {
        TorchRuntime.EnsureLoaded();
        if (TorchSharp.torch.cuda.is_available())
        {
            Assert.Inconclusive("This machine has CUDA.");
        }

        Fails<InvalidOperationException>("Use device cpu or auto", Tiny.Train(_ml), Tiny.Options with { Device = "cuda" });
        Fails<InvalidOperationException>("Use device cpu or auto", Tiny.Train(_ml), Tiny.Options with { Device = "cuda:3" });
        var demanding = new MLContext { GpuDeviceId = 0, FallbackToCpu = false };
        Assert.Contains("Use device cpu", Assert.ThrowsExactly<InvalidOperationException>(() => Tiny.Trainer(demanding, Tiny.Options with { Device = null }).Fit(Tiny.Train(demanding))).Message);
        var content = new MLContext { GpuDeviceId = 0, FallbackToCpu = true };
        using TwoPhaseTransformer model = Tiny.Trainer(content, Tiny.Options with { Device = null }).Fit(Tiny.Train(content));
        Assert.AreEqual("cpu", model.History.Device);
    }

    [TestMethod]
    public void A_training_that_diverges_says_so()
        => Fails<DivergedException>("diverged. Lower the learning rate", Tiny.Train(_ml), Tiny.Options with { Architecture = "mlp", RandomLabels = null, Training = Recipe.Vanilla with { Epochs = 20, LearningRate = 1e20 } });

    [TestMethod]
    public void A_model_that_does_not_fit_cannot_be_the_start()
    {
        using TwoPhaseTransformer model = Tiny.Trainer(_ml).Fit(Tiny.Train(_ml));
        Assert.Contains("is a cnn for images of 1x28x28; asked for is a mlp",
            Assert.ThrowsExactly<ArgumentException>(() => Tiny.Trainer(_ml, Tiny.Options with { Architecture = "mlp" }).Fit(Tiny.Train(_ml), null, model)).Message);
    }

    private void Refused(string message, TwoPhaseTrainer.Options options)
        => Assert.Contains(message, Assert.Throws<ArgumentException>(() => Tiny.Trainer(_ml, options)).Message);

    private void Fails<TException>(string message, IDataView data, TwoPhaseTrainer.Options options) where TException : Exception
        => Assert.Contains(message, Assert.Throws<TException>(() => Tiny.Trainer(_ml, options).Fit(data)).Message);

    /// <summary>Ten rows of 3x8x8 Single images whose sixth pixel is the given one; the others are 1.</summary>
    private IDataView Vectors(float pixel, int classes = 2, int[]? dimensions = null)
    {
        var definition = SchemaDefinition.Create(typeof(VectorRow));
        definition["Pixels"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimensions ?? [3, 8, 8]);
        if (classes > 0)
        {
            definition["Label"].ColumnType = new KeyDataViewType(typeof(uint), classes);
        }

        return _ml.Data.LoadFromEnumerable(
            Enumerable.Range(0, 10).Select(i => new VectorRow { Label = (uint)(i % 2), Pixels = [.. Enumerable.Range(0, 192).Select(p => p == 5 ? pixel : 1)] }), definition);
    }

    private sealed class VectorRow
    {
        public uint Label { get; set; }

        public float[] Pixels { get; set; } = [];
    }
}

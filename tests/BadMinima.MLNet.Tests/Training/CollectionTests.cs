using Microsoft.ML;

namespace BadMinima.MLNet.Tests.Training;

[TestClass]
public sealed class CollectionTests
{
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>
    /// TorchSharp keeps no hold of a number's native copy while torch reads it (see HeldScalar): here the collector is after each of them.
    /// </summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Training_under_constant_collection_gives_the_same_weights(bool images)
    {
        IDataView data = images ? Tiny.Train(_ml) : _ml.Data.LoadGaussianPoints(Split.Train);
        TwoPhaseTrainer.Options options = Tiny.Options with
        {
            Architecture = images ? "cnn" : "mlp-100-100",
            FeatureColumnName = images ? "Pixels" : "Features",
            RandomLabels = new() { Epochs = images ? 5 : 50, BatchSize = 5, MeasureEvery = 25 },
            Training = Recipe.Vanilla with
            {
                Epochs = images ? 15 : 150,
                BatchSize = 5,
                LearningRate = 0.01,
                Momentum = 0.9,
                Nesterov = true,
                WeightDecay = 1e-3,
                GradientClipping = 1,
                Mixup = 0.3,
                MeasureEvery = 5,
                Escapes = Escape.Parse(images ? "heavy-tails:noise=independent,largeBatch=9+label-noise+swa:startEpoch=2" : "special-neurons+ema+gradient-noise"),
                Augmentation = images ? Augmentation.CropAndFlip with { Cutout = 6 } : Augmentation.None,
            },
            Threads = 1,
        };
        byte[] Train()
        {
            using TwoPhaseTransformer model = Tiny.Trainer(_ml, options).Fit(data);
            return Tiny.Weights(model);
        }

        byte[] expected = Train();
        using var done = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            CollectionAssert.AreEqual(expected, Train());
        }
        finally
        {
            done.Cancel();
            collector.Join();
        }
    }
}

using Microsoft.ML;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

[TestClass]
public sealed class PrecisionTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Mixed_precision_learns_as_well_and_gives_a_model_in_32_bits()
    {
        IDataView train = _ml.Data.LoadSyntheticImages(Split.Train, 500), test = _ml.Data.LoadSyntheticImages(Split.Test, 1000);
        double Accuracy(Precision precision)
        {
            using TwoPhaseTransformer model = Tiny.Trainer(_ml, Tiny.Options with
            {
                RandomLabels = null,
                Training = Recipe.Regularized with { Epochs = 10, BatchSize = 64, LearningRate = 0.05, Augmentation = Augmentation.None },
                Precision = precision,
            }).Fit(train);
            Assert.AreEqual(precision, model.History.Precision);
            Assert.IsTrue(model.Network.parameters().All(p => p.dtype == ScalarType.Float32));

            // What was measured in training, in its own precision, is close to what the model scores.
            double scored = _ml.MulticlassClassification.Evaluate(model.Transform(train)).MicroAccuracy;
            Assert.AreEqual(scored, model.History.Phases[0].Epochs[^1].TrainingAccuracy!.Value, 0.01);
            return _ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy;
        }

        double full = Accuracy(Precision.F32);
        Assert.IsGreaterThan(0.5, full);

        // Three standard errors of a difference of two shares of 1,000.
        Assert.AreEqual(full, Accuracy(Precision.BF16), 0.065);
    }

    [TestMethod]
    public void TF32_is_refused_where_there_is_none()
    {
        string message = Assert.ThrowsExactly<OptionException>(() => Tiny.Trainer(_ml, Tiny.Options with { Precision = Precision.TF32 }).Fit(Tiny.Train(_ml))).Message;
        Assert.Contains("Option Precision is TF32; allowed is F32 or BF16 on cpu", message);
    }

    [TestMethod]
    public void Training_and_scoring_leave_no_tensor_behind()
    {
        void Once(Precision precision)
        {
            using TwoPhaseTransformer model = Tiny.Trainer(_ml, Tiny.Options with { ValidationSet = Tiny.Test(_ml), Precision = precision }).Fit(Tiny.Train(_ml));
            _ml.MulticlassClassification.Evaluate(model.Transform(Tiny.Test(_ml)));
        }

        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Once(Precision.F32);
        Once(Precision.BF16);
        Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}

using Microsoft.ML;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

[TestClass]
public sealed class LossSurfaceTests
{
    [TestMethod]
    [DataRow("lenet")]
    [DataRow("resnet18")]
    [DataRow("resnet18-gn")]
    public void At_the_models_weights_it_is_ML_NETs_log_loss_and_its_slope_is_the_gradient(string architecture)
    {
        var ml = new MLContext(seed: 1);
        using TwoPhaseTransformer model = Tiny.Trainer(ml, Tiny.Options with { Architecture = architecture }).Fit(Tiny.Train(ml));
        byte[] before = Tiny.Weights(model);
        var expected = ml.MulticlassClassification.Evaluate(model.Transform(Tiny.Test(ml)));
        using var scope = NewDisposeScope();
        using LossSurface surface = ml.Model.LossSurface(model, Tiny.Test(ml), batchSize: 16);
        (double loss, double accuracy) = surface.LossAndAccuracy();
        Assert.AreEqual(expected.LogLoss, loss, 1e-4);
        Assert.AreEqual(expected.MicroAccuracy, accuracy, 1e-9);

        (double again, Tensor gradient) = surface.LossAndGradient();
        Assert.AreEqual(loss, again, 1e-5);
        double norm = gradient.norm().item<float>();
        Tensor step = gradient * (1e-3 / norm);
        double Shifted(Tensor offset)
        {
            using IDisposable shifted = surface.Weights.Shift(offset);
            return surface.Loss();
        }

        Assert.AreEqual(norm, (Shifted(step) - Shifted(-step)) / 2e-3, 0.02 * norm);
        Assert.AreEqual(loss, surface.Loss(), "the weights came back");
        CollectionAssert.AreEqual(before, Tiny.Weights(model), "the model stays as it is");
    }

    [TestMethod]
    public void Of_a_disposed_model_or_of_data_without_rows_it_is_refused_and_nothing_stays_in_memory()
    {
        var ml = new MLContext(seed: 1);
        TwoPhaseTransformer model = Tiny.Trainer(ml).Fit(Tiny.Train(ml));
        void Refuses<T>(IDataView data, string message)
            where T : Exception
        {
            long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            StringAssert.Contains(Assert.ThrowsExactly<T>(() => ml.Model.LossSurface(model, data)).Message, message);
            Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        Refuses<InvalidDataException>(ml.Data.SkipRows(Tiny.Test(ml), 1_000), "no row with a label");
        model.Dispose();
        Refuses<ObjectDisposedException>(Tiny.Test(ml), "This model was disposed.");
    }
}

using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Escapes;

/// <summary>The plain mean of weights, and the statistics that go with it.</summary>
[TestClass]
public sealed class SwaTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void The_mean_of_the_last_epochs_weights_is_kept_with_statistics_of_its_own()
    {
        List<Dictionary<string, float[]>> epochs = [];
        for (int epochCount = 1; epochCount <= 4; epochCount++)
        {
            using TwoPhaseTransformer plain = Fit(Recipe.Vanilla with { Epochs = epochCount });
            epochs.Add(State(plain));
        }

        using TwoPhaseTransformer averaged = Fit(Recipe.Vanilla with { Epochs = 4, Escapes = [new Swa(StartEpoch: 2)] });
        Dictionary<string, float[]> state = State(averaged);
        foreach ((string name, float[] values) in state.Where(s => !s.Key.Contains("running", StringComparison.Ordinal)))
        {
            if (!name.Contains("num_batches", StringComparison.Ordinal))
            {
                for (int i = 0; i < values.Length; i++)
                {
                    Assert.AreEqual(epochs[1..].Average(e => e[name][i]), values[i], 1e-5, name);
                }
            }
        }

        // The first norm's mean is that of the first convolution over all examples, since every batch is weighted by its size.
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using LossSurface surface = _ml.Model.LossSurface(averaged, Tiny.Train(_ml));
        using ResidentImages images = ResidentImages.Read(Tiny.Train(_ml), ClassLabels.Own(Tiny.Train(_ml).Schema["Label"]), PixelColumn.Find(Tiny.Train(_ml).Schema, "Pixels", InputKinds.Images, "data"), CPU, "data", out _);
        Tensor input = surface.Weights.Normalize(images.Pixels);
        Tensor output = nn.functional.conv2d(input, tensor(state["conv16.weight"]).view(16, 1, 3, 3), padding: [1, 1]);
        float[] mean = output.mean([0, 2, 3]).data<float>().ToArray();
        for (int c = 0; c < 16; c++)
        {
            Assert.AreEqual(mean[c], state["norm16.running_mean"][c], 1e-4);
        }

        double measured = _ml.MulticlassClassification.Evaluate(averaged.Transform(Tiny.Train(_ml))).MicroAccuracy;
        Assert.AreEqual(measured, averaged.History.Phases[0].Epochs[^1].TrainingAccuracy, "what is measured is what is kept");
    }

    [TestMethod]
    public void Before_the_first_averaged_epoch_the_weights_themselves_are_measured()
    {
        using TwoPhaseTransformer plain = Fit(Recipe.Vanilla with { Epochs = 3 });
        using TwoPhaseTransformer averaged = Fit(Recipe.Vanilla with { Epochs = 3, Escapes = [new Swa(StartEpoch: 3)] });
        CollectionAssert.AreEqual(
            plain.History.Phases[0].Epochs[..2].Select(e => e.TrainingAccuracy).ToArray(),
            averaged.History.Phases[0].Epochs[..2].Select(e => e.TrainingAccuracy).ToArray());
        Assert.Contains(
            "Option Training.Escapes[0].StartEpoch is 4; allowed is 1 to 3",
            Assert.ThrowsExactly<OptionException>(() => Fit(Recipe.Vanilla with { Epochs = 3, Escapes = [new Swa(StartEpoch: 4)] })).Message);
    }

    [TestMethod]
    public void Statistics_are_those_of_the_batches_weighted_by_their_sizes_for_torchs_own_norm_too()
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        using var theirs = nn.BatchNorm1d(1, momentum: 0.3);
        double[][] batches = [[1, 2, 6], [4, 0]];
        RunningStatistics.Recompute(theirs, batches.Select(b => tensor([.. b.Select(v => (float)v)]).view(-1, 1)), theirs.call);
        double[] means = [3, 2];
        double[] variances = [7, 8];
        Assert.AreEqual(means[0] * 0.6 + means[1] * 0.4, theirs.running_mean!.item<float>(), 1e-6);
        Assert.AreEqual(variances[0] * 0.6 + variances[1] * 0.4, theirs.running_var!.item<float>(), 1e-6);
        Assert.AreEqual(0.3, theirs.momentum);
        Assert.IsTrue(theirs.training);
    }

    private TwoPhaseTransformer Fit(Recipe recipe)
        => Tiny.Trainer(_ml, Tiny.Options with { RandomLabels = null, Training = recipe with { BatchSize = 32, LearningRate = 0.05 } }).Fit(Tiny.Train(_ml));

    private static Dictionary<string, float[]> State(TwoPhaseTransformer model)
        => model.Network.state_dict().ToDictionary(s => s.Key, s => s.Value.to(ScalarType.Float32).data<float>().ToArray());
}

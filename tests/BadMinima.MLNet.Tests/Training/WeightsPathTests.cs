using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

[TestClass]
public sealed class WeightsPathTests
{
    [TestMethod]
    public void A_path_has_each_epoch_of_both_phases_and_ends_at_the_model()
    {
        var ml = new MLContext(seed: 1);
        using var folder = new Examples.TemporaryFolder();
        string place = folder.File("path");
        using TwoPhaseTransformer model = Tiny.Trainer(ml, Options(place)).Fit(Tiny.Train(ml));
        WeightsPath path = WeightsPath.Open(place);
        CollectionAssert.AreEqual(
            new[] { (PhaseKind.RandomLabels, 0), (PhaseKind.RandomLabels, 1), (PhaseKind.Training, 0), (PhaseKind.Training, 1), (PhaseKind.Training, 2) },
            path.Points.Select(p => (p.Phase, p.Epoch)).ToArray());
        using LossSurface surface = ml.Model.LossSurface(model, Tiny.Train(ml));
        using var scope = NewDisposeScope();
        Tensor end = surface.Weights.Values.clone();
        double loss = surface.Loss();
        using WeightsCopy last = path.Read(path.Points[^1]), before = path.Read(path.Points[^2]);
        Assert.IsTrue(Tiny.Same(end, last.Values));
        Assert.IsFalse(Tiny.Same(end, before.Values));
        surface.Weights.Load(before);
        Assert.AreNotEqual(loss, surface.Loss());
        surface.Weights.Load(last);
        Assert.AreEqual(loss, surface.Loss(), "BatchNorm's statistics are in it");

        // The second phase begins where the first ended.
        using WeightsCopy first = path.Read(path.Points[1]), second = path.Read(path.Points[2]);
        Assert.IsTrue(Tiny.Same(first.Values, second.Values));
    }

    [TestMethod]
    public void A_resumed_run_has_the_path_of_an_undisturbed_one()
    {
        var ml = new MLContext(seed: 1);
        using var folder = new Examples.TemporaryFolder();
        using TwoPhaseTransformer whole = Tiny.Trainer(ml, Options(folder.File("whole"))).Fit(Tiny.Train(ml));
        int epochs = 0;
        using var source = new CancellationTokenSource();
        TwoPhaseTrainer.Options options = Options(folder.File("resumed")) with { Checkpoints = new(folder.File("checkpoints")) };
        using TwoPhaseTransformer part = Tiny.Trainer(ml, options with
        {
            CancellationToken = source.Token,
            MetricsCallback = _ =>
            {
                if (++epochs == 2)
                {
                    source.Cancel();
                }
            },
        }).Fit(Tiny.Train(ml));
        Assert.HasCount(4, WeightsPath.Open(folder.File("resumed")).Points);
        using TwoPhaseTransformer resumed = Tiny.Trainer(ml, options).Resume(Tiny.Train(ml));
        WeightsPath expected = WeightsPath.Open(folder.File("whole")), actual = WeightsPath.Open(folder.File("resumed"));
        CollectionAssert.AreEqual(expected.Points.ToArray(), actual.Points.ToArray());
        foreach (WeightsPathPoint point in expected.Points)
        {
            using WeightsCopy one = expected.Read(point), other = actual.Read(point);
            Assert.IsTrue(Tiny.Same(one.Values, other.Values), $"{point}");
        }
    }

    [TestMethod]
    public void A_folder_with_another_path_or_without_any_and_a_damaged_file_are_refused()
    {
        var ml = new MLContext(seed: 1);
        using var folder = new Examples.TemporaryFolder();
        string place = folder.File("path");
        using (Tiny.Trainer(ml, Options(place)).Fit(Tiny.Train(ml)))
        {
        }

        StringAssert.Contains(
            Assert.ThrowsExactly<IOException>(() => Tiny.Trainer(ml, Options(place)).Fit(Tiny.Train(ml))).Message, "holds the path of an earlier run");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => WeightsPath.Open(folder.FullPath)).Message, "has no path of weights");
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => WeightsPath.Open(folder.File("nowhere")));
        Assert.ThrowsExactly<OptionException>(() => Tiny.Trainer(ml, Options(" ")));
        string file = Path.Combine(place, "Training-000002.weights");
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^100] ^= 1;
        File.WriteAllBytes(file, bytes);
        WeightsPath path = WeightsPath.Open(place);
        Assert.ThrowsExactly<InvalidDataException>(() => path.Read(path.Points[^1]));
    }

    private static TwoPhaseTrainer.Options Options(string path)
        => Tiny.Options with { Training = Tiny.Options.Training! with { Epochs = 2 }, PathFolder = path, Seed = 3 };
}

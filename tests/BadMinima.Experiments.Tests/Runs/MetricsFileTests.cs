using BadMinima.MLNet;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class MetricsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FilePath => _folder.File("metrics.csv");

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void An_epoch_that_is_trained_once_more_is_there_once()
    {
        Add(Epoch(PhaseKind.RandomLabels, 1), Epoch(PhaseKind.RandomLabels, 2), Epoch(PhaseKind.Training, 1), Epoch(PhaseKind.Training, 2));
        Add(Epoch(PhaseKind.Training, 1), Epoch(PhaseKind.Training, 2), Epoch(PhaseKind.Training, 3));
        CollectionAssert.AreEqual(new[] { "randomLabels,1", "randomLabels,2", "training,1", "training,2", "training,3" }, ShortRun.Epochs(_folder));

        // Back to the first phase: what follows it is void.
        Add(Epoch(PhaseKind.RandomLabels, 2));
        CollectionAssert.AreEqual(new[] { "randomLabels,1", "randomLabels,2" }, ShortRun.Epochs(_folder));
    }

    [TestMethod]
    public void A_row_that_was_half_written_is_dropped()
    {
        Add(Epoch(PhaseKind.Training, 1), Epoch(PhaseKind.Training, 2));
        string whole = File.ReadAllText(FilePath);
        foreach (int cut in new[] { 1, 10, 20 })
        {
            File.WriteAllText(FilePath, whole[..^cut]);
            using var metrics = new MetricsFile(FilePath);
            Assert.AreEqual(1, metrics.Count);
            metrics.Add(Epoch(PhaseKind.Training, 2));
            Assert.AreEqual(2, metrics.Count);
        }

        Assert.AreEqual(whole, File.ReadAllText(FilePath));
    }

    [TestMethod]
    public void Every_row_has_as_many_values_as_the_head_has_names()
    {
        Add(Epoch(PhaseKind.RandomLabels, 1), Epoch(PhaseKind.Training, 1) with { TrainingAccuracy = 0.5, TestAccuracy = 0.25 });
        string[][] rows = [.. File.ReadAllLines(FilePath).Select(row => row.Split(','))];
        Assert.IsTrue(rows.All(row => row.Length == rows[0].Length));
        Assert.AreEqual("0.25", rows[2][Array.IndexOf(rows[0], "testAccuracy")]);
    }

    [TestMethod]
    public void What_escapes_say_of_themselves_is_a_last_column_where_there_is_any()
    {
        EpochMetrics plain = Epoch(PhaseKind.RandomLabels, 1);
        EpochMetrics measured = Epoch(PhaseKind.Training, 1) with { Measures = [new("special-neurons/a", 0.125), new("special-neurons/b", 1e-7)] };
        Add(plain);
        string before = File.ReadAllText(FilePath);
        Assert.DoesNotContain("measures", before);
        Add(plain, measured, Epoch(PhaseKind.Training, 2));
        string[] lines = File.ReadAllLines(FilePath);
        Assert.IsTrue(lines.All(l => l.Split(',').Length == lines[0].Split(',').Length));
        Assert.EndsWith(",measures", lines[0]);
        Assert.EndsWith(",special-neurons/a=0.125;special-neurons/b=1E-07", lines[2]);
        using var metrics = new MetricsFile(FilePath);
        Assert.AreEqual(measured.Measures, metrics.Read()[1].Measures);
        Assert.AreEqual(0, metrics.Read()[0].Measures.Count + metrics.Read()[2].Measures.Count);
    }

    private void Add(params EpochMetrics[] epochs)
    {
        using var metrics = new MetricsFile(FilePath);
        foreach (EpochMetrics epoch in epochs)
        {
            metrics.Add(epoch);
        }
    }

    private static EpochMetrics Epoch(PhaseKind phase, int epoch) => new()
    {
        Phase = phase,
        Epoch = epoch,
        Epochs = 9,
        LearningRate = 0.1,
        Loss = 1.5,
        RunningAccuracy = 0.3,
        ImagesPerSecond = 1000,
        Elapsed = TimeSpan.FromSeconds(epoch),
    };
}

using System.Globalization;
using BadMinima.MLNet;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class EventFileTests : IDisposable
{
    private static readonly string[] Columns = ["loss", "runningAccuracy", "trainAccuracy", "testAccuracy", "learningRate", "imagesPerSecond"];

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _warnings = [];

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void The_reader_of_these_tests_knows_the_checksum_of_the_literature()
        => Assert.AreEqual(0xE3069283u, TensorBoardFile.Crc32C("123456789"u8));

    [TestMethod]
    public void A_run_leaves_the_numbers_of_its_metrics()
    {
        Result run = Command.Run(ShortRun.Arguments(_folder.FullPath));
        Assert.AreEqual(0, run.Code, run.All);
        AssertMetrics();
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(ShortRun.EpochsOfPhase + 3)]
    public async Task A_run_that_was_killed_and_goes_on_has_each_epoch_once_in_one_file(int epochs)
    {
        // Two sittings that end within the phase, and the last one.
        for (int sitting = 0; sitting < 2; sitting++)
        {
            using Command run = Command.Start(arguments: ShortRun.Arguments(_folder.FullPath, "--checkpoint-every", "0.00001"));
            await Waiting.Until(() => run.HasExited || ShortRun.Epochs(_folder).Length >= epochs + sitting);
            run.Kill();
            Assert.AreNotEqual(0, run.Wait().Code);
        }

        Assert.AreEqual(0, Command.Run(ShortRun.Arguments(_folder.FullPath)).Code);
        ShortRun.AssertSame(_folder);
        AssertMetrics();
    }

    [TestMethod]
    public void While_the_run_goes_each_epoch_is_there_at_once_and_an_older_sitting_is_forgotten()
    {
        using var metrics = new MetricsFile(_folder.File("metrics.csv"));
        Sitting(metrics, Epoch(PhaseKind.RandomLabels, 1), Epoch(PhaseKind.RandomLabels, 2), Epoch(PhaseKind.Training, 1), Epoch(PhaseKind.Training, 2));
        string first = Directory.GetFiles(_folder.FullPath, "*tfevents*").Single();
        Sitting(metrics, Epoch(PhaseKind.Training, 2), Epoch(PhaseKind.Training, 3));
        string second = Directory.GetFiles(_folder.FullPath, "*tfevents*").Single();
        Assert.IsLessThan(0, string.CompareOrdinal(first, second), "TensorBoard goes on to the next file by name");
        Assert.IsEmpty(_warnings);
    }

    [TestMethod]
    public void The_events_stand_at_the_time_of_training_without_gaps()
    {
        using var metrics = new MetricsFile(_folder.File("metrics.csv"));
        DateTime before = DateTime.UtcNow;
        Sitting(metrics, Epoch(PhaseKind.RandomLabels, 1), Epoch(PhaseKind.RandomLabels, 2), Epoch(PhaseKind.Training, 1));
        Sitting(metrics, Epoch(PhaseKind.Training, 2));
        double[] times = [.. TensorBoardFile.OnlyOneIn(_folder.FullPath).Scalars.Where(s => s.Tag.EndsWith("/loss", StringComparison.Ordinal)).Select(s => s.WallTime)];

        // An epoch takes a second and a quarter; the last one ended when it was added.
        CollectionAssert.AreEqual(new[] { 1.25, 1.25, 1.25 }, times.Skip(1).Zip(times, (a, b) => Math.Round(a - b, 3)).ToArray());
        Assert.IsInRange(before.AddMilliseconds(-1), DateTime.UtcNow.AddMilliseconds(1), DateTime.UnixEpoch.AddSeconds(times[^1]));
    }

    [TestMethod]
    public void What_cannot_be_written_is_said_once_does_not_stop_the_run_and_is_made_up_for_at_the_end()
    {
        string folder = _folder.File("later");
        using var metrics = new MetricsFile(_folder.File("metrics.csv"));
        using var events = new EventFile(folder, _warnings.Add);
        foreach (int epoch in new[] { 1, 2, 3 })
        {
            metrics.Add(Epoch(PhaseKind.Training, epoch));
            events.Add(Epoch(PhaseKind.Training, epoch), metrics);
        }

        Assert.HasCount(1, _warnings);
        Assert.StartsWith("The file for TensorBoard could not be written: ", _warnings[0]);
        events.Complete(metrics);
        Assert.HasCount(1, _warnings);
        Directory.CreateDirectory(folder);
        events.Complete(metrics);
        AssertMetrics(folder);
    }

    private void Sitting(MetricsFile metrics, params EpochMetrics[] epochs)
    {
        metrics.Dispose();
        using var events = new EventFile(_folder.FullPath, _warnings.Add);
        foreach (EpochMetrics epoch in epochs)
        {
            metrics.Add(epoch);
            events.Add(epoch, metrics);
            AssertMetrics();
        }

        events.Complete(metrics);
        AssertMetrics();
    }

    /// <summary>Asserts that there is one event file, with what metrics.csv has, in its order, and nothing else.</summary>
    private void AssertMetrics(string? folder = null)
    {
        var file = TensorBoardFile.OnlyOneIn(folder ?? _folder.FullPath);
        Assert.AreEqual("brain.Event:2", file.Version);
        Assert.AreEqual(1, file.Restarts);
        string[][] rows = [.. File.ReadLines(_folder.File("metrics.csv")).Select(row => row.Split(','))];
        string[] expected =
        [
            .. from row in rows.Skip(1) from column in Columns let value = row[Array.IndexOf(rows[0], column)] where value.Length > 0
               select Line($"{row[0]}/{column}", row[1], (float)double.Parse(value, CultureInfo.InvariantCulture)),
        ];
        CollectionAssert.AreEqual(expected, file.Scalars.Select(s => Line(s.Tag, $"{s.Step}", s.Value)).ToArray());
    }

    private static string Line(string tag, string step, float value) => string.Create(CultureInfo.InvariantCulture, $"{tag} {step} {value:R}");

    private static EpochMetrics Epoch(PhaseKind phase, int epoch) => new()
    {
        Phase = phase,
        Epoch = epoch,
        Epochs = 9,
        LearningRate = 0.1,
        Loss = 1.5 / epoch,
        RunningAccuracy = 0.3,
        TrainingAccuracy = epoch % 2 == 0 ? 0.5 : null,
        ImagesPerSecond = 1000.0625,
        Elapsed = TimeSpan.FromSeconds(1.25 * epoch),
    };
}

using System.Text.Json;

namespace BadMinima.Experiments.Tests;

/// <summary>Sweeps that were interrupted in one way or another, and the same command once more.</summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class InterruptedSweepTests : IDisposable
{
    private const int Kills = 50;

    // Sixteen cells and four starts of a second or so each.
    private const string Twenty = """
        { "name": "tiny", "data": { "train": 200, "test": 40 }, "architectures": "mlp-100-100", "recipes": ["none", "all"], "seeds": 4,
          "training": { "epochs": 60, "batchSize": 20, "stopAt": "off" }, "randomLabels": { "epochs": 40, "replicas": 1, "batchSize": 20, "stopAt": "off" } }
        """;

    // Longer ones, so that fifty kills come before the end.
    private static readonly string Longer = Twenty.Replace("60,", "90,", StringComparison.Ordinal).Replace("40, \"rep", "70, \"rep", StringComparison.Ordinal);

    private readonly TinySweep _sweep = new(Twenty);

    public void Dispose() => _sweep.Dispose();

    [TestMethod]
    public async Task Killed_fifty_times_at_random_moments_no_cell_is_lost_and_none_is_trained_twice()
    {
        _sweep.Text = Longer;
        var random = new Random(1);
        Dictionary<string, DateTime> finished = [];
        Command? sweep = null;
        for (int kill = 0; kill < Kills; kill++)
        {
            sweep ??= _sweep.Start(more: "--retry-failed");

            // Some while processes start, the others while something is trained.
            int rows = Rows(), more = random.Next(1, 8), delay = random.Next(1200), number = kill;
            DateTime begun = DateTime.UtcNow;
            await Waiting.Until(() => sweep.HasExited || (number % 4 == 0 ? (DateTime.UtcNow - begun).TotalMilliseconds >= delay : Rows() >= rows + more));
            await Task.Delay(delay % 10);
            if (sweep.HasExited)
            {
                // The third kill of one cell's worker within a call is that cell's failure, and the last missing one's the call's end.
                Result over = sweep.Wait();
                Assert.AreEqual(1, over.Code, $"over before kill {kill}: {over.All}");
                sweep.Dispose();
                sweep = null;
                kill--;
                continue;
            }

            int[] workers = LinuxProcesses.ChildrenOf(sweep.Id);
            int victim = workers.Length > 0 && random.Next(5) < 2 ? workers[random.Next(workers.Length)] : sweep.Id;
            LinuxProcesses.Signal("KILL", victim);
            if (victim == sweep.Id)
            {
                Assert.AreEqual(137, sweep.Wait().Code);
                sweep.Dispose();
                sweep = null;
            }

            foreach ((string file, DateTime time) in finished)
            {
                Assert.AreEqual(time, File.GetLastWriteTimeUtc(file), $"{file} was written again");
            }

            finished = _sweep.Times();
        }

        Assert.IsGreaterThan(0, finished.Count, "some were to be finished in between");
        sweep?.Kill();
        sweep?.Dispose();
        _sweep.Finish("--retry-failed");
        foreach (string file in Directory.GetFiles(_sweep.FullPath, "*.json", SearchOption.AllDirectories))
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            Assert.AreNotEqual("error.json", Path.GetFileName(file));
        }

        using TinySweep undisturbed = new(Longer);
        undisturbed.Finish();
        CollectionAssert.AreEquivalent(undisturbed.Outcomes(), _sweep.Outcomes());
        foreach (string job in _sweep.Jobs)
        {
            string[] log = File.ReadAllLines(_sweep.InFolder(job, "log.txt"));
            Assert.IsLessThanOrEqualTo(1, _sweep.FinishesOf(job), job);
            Assert.IsFalse(log.SkipWhile(line => !line.Contains("Finished.", StringComparison.Ordinal)).Skip(1).Any(), $"{job} went on after it was finished");
            int epochs = job.StartsWith("starts", StringComparison.Ordinal) ? 70 : 90;
            CollectionAssert.AreEqual(Enumerable.Range(1, epochs).Select(e => $"{e}").ToArray(), File.ReadLines(_sweep.InFolder(job, "metrics.csv")).Skip(1).Select(row => row.Split(',')[1]).ToArray(), job);
            Assert.IsEmpty(Directory.GetFiles(_sweep.InFolder(job), "*.tmp"), job);
        }
    }

    [TestMethod]
    public async Task Ctrl_C_ends_everything_and_the_same_command_continues()
    {
        foreach (bool group in new[] { false, true })
        {
            int rows = Rows();
            using Command sweep = Command.StartGroup(_sweep.Arguments());
            await Waiting.Until(() => Rows() > rows + 10);
            LinuxProcesses.Signal("INT", group ? -sweep.Id : sweep.Id);
            Result result = sweep.Wait();
            Assert.AreEqual((130, "Interrupted; continue with the same command.\n"), (result.Code, result.Error), result.All);
            Assert.IsEmpty(_sweep.Processes);
        }

        _sweep.Finish();
        Assert.HasCount(20, _sweep.Results);
    }

    [TestMethod]
    public async Task Workers_end_with_their_parent_and_the_next_call_takes_over_from_those_that_still_do()
    {
        using Command sweep = _sweep.Start();
        await Waiting.Until(() => Rows() > 10);
        Assert.HasCount(3, _sweep.Processes);
        sweep.Kill();
        using Command next = _sweep.Start();
        Result result = next.Wait();
        Assert.AreEqual(0, result.Code, result.All);
        await Waiting.Until(() => _sweep.Processes.Length == 0);
        Assert.HasCount(20, _sweep.Results);
    }

    [TestMethod]
    public async Task A_sweep_file_that_changes_meanwhile_changes_nothing_for_workers_that_are_started_again()
    {
        using Command sweep = _sweep.Start();
        await Waiting.Until(() => Rows() > 10);
        _sweep.Text = "{ no sweep";
        foreach (int worker in LinuxProcesses.ChildrenOf(sweep.Id))
        {
            LinuxProcesses.Signal("KILL", worker);
        }

        Result result = sweep.Wait();
        Assert.AreEqual(0, result.Code, result.All);
        Assert.Contains("its process ended with code 137. It is continued.", result.Output);
        Assert.HasCount(20, _sweep.Results);
    }

    [TestMethod]
    public void A_disk_that_fills_up_ends_it_with_one_message_and_it_can_be_continued()
    {
        using TemporaryFolder disk = new();
        Result result = SmallDisk.Run(disk, "3m", $"\"$@\"; echo first $?; mount -o remount,size=60m {disk.FullPath}; \"$@\"; echo second $?; find out -name result.json | wc -l",
            "sweep", _sweep.FilePath, "--out", Path.Combine(disk.FullPath, "out"), "--parallel", "2", "--threads", "1");
        Assert.Contains("first 2\n", result.Output, result.All);
        string[] errors = result.Error.Trim().Split('\n');
        Assert.HasCount(1, errors, result.Error);
        Assert.Contains("the disk is full", errors[0]);
        Assert.EndsWith("second 0\n20\n", result.Output);
    }

    /// <summary>Epochs that were trained so far.</summary>
    private int Rows() => Directory.Exists(_sweep.FullPath) ? Directory.GetFiles(_sweep.FullPath, "metrics.csv", SearchOption.AllDirectories).Sum(RowsOf) : 0;

    private static int RowsOf(string file)
    {
        try
        {
            return File.ReadAllText(file).Count(c => c == '\n');
        }
        catch (IOException)
        {
            return 0;
        }
    }
}

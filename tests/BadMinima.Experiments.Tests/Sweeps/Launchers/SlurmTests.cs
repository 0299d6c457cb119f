using System.Text.Json.Nodes;

namespace BadMinima.Experiments.Tests;

/// <summary>Sweeps on a real Slurm, of four nodes on this machine; skipped where it is missing.</summary>
[TestClass]
[DoNotParallelize]
[OSCondition(OperatingSystems.Linux)]
public sealed class SlurmTests : IDisposable
{
    private const string Single = """
        { "name": "tiny", "data": { "train": 400, "test": 40 }, "architectures": "mlp-1x512", "starts": "random", "recipes": "none", "seeds": 1,
          "training": { "epochs": 2, "batchSize": 20, "stopAt": "off" } }
        """;

    // For as long as it is to last, whatever machine it is.
    private static string Lasting(string minutes)
        => Single.Replace("\"epochs\": 2,", $"\"epochs\": 1000000, \"timeLimit\": {minutes},", StringComparison.Ordinal);

    private static SlurmCluster? s_cluster;
    private static string s_why = "";

    private readonly TinySweep _sweep = new();

    private static SlurmCluster Cluster
    {
        get
        {
            if (s_cluster is null)
            {
                Assert.Inconclusive(s_why);
            }

            return s_cluster;
        }
    }

    [ClassInitialize]
    public static void Initialize(TestContext _) => s_cluster = SlurmCluster.TryStart(out s_why);

    [ClassCleanup]
    public static void CleanUp() => s_cluster?.Dispose();

    public void Dispose()
    {
        s_cluster?.EndAll();
        _sweep.Dispose();
    }

    [TestMethod]
    public async Task Four_nodes_do_every_job_once_and_clean_leaves_the_results()
    {
        Schedule("DOWN");
        string submitted = Do("--tasks", "4");
        Assert.Contains("15 jobs, 0 of them done before. Slurm's job ", submitted);
        Assert.Contains(" has 4 tasks.", submitted);

        // While tasks are there nothing is submitted and nothing is removed.
        Assert.Contains("at this sweep; nothing was submitted.", Do("--tasks", "4"));
        Assert.HasCount(4, Cluster.All);
        Assert.Contains("nothing was removed. Wait for its end, or --cancel it first.", Refused("--clean"));
        string status = Do("--status");
        Assert.Contains(": 15 jobs: 0 finished, 0 failed, 0 running, 0 interrupted, 15 waiting\n", status);
        Assert.Contains("has 0 tasks running and 4 queued (PartitionDown) at it.", status);
        JsonNode described = JsonNode.Parse(Do("--status", "--json"))!;
        Assert.AreEqual((15, 15, 0), ((int)described["jobs"]!, (int)described["states"]!["waiting"]!, (int)described["states"]!["finished"]!));
        Assert.HasCount(4, described["tasks"]!.AsArray());
        Assert.IsTrue(described["tasks"]!.AsArray().All(task => !(bool)task!["isRunning"]! && (string)task["where"]! == "PartitionDown"));
        Schedule("UP");
        await End();
        foreach (string job in _sweep.Jobs)
        {
            Assert.AreEqual((1, 1), (_sweep.BeginningsOf(job), _sweep.FinishesOf(job)), job);
        }

        Assert.Contains("15 jobs: 15 finished, 0 failed, 0 running, 0 interrupted, 0 waiting", Do("--status"));
        Assert.Contains("Nothing is left to do, and nothing was submitted. Next: badminima report", Do());
        Assert.IsEmpty(Cluster.All);

        Dictionary<string, DateTime> times = _sweep.Times();
        string leftover = _sweep.InFolder(_sweep.Jobs[0], "checkpoints", "old");
        Directory.CreateDirectory(Path.GetDirectoryName(leftover)!);
        File.WriteAllText(leftover, "left by a process that was killed");
        Assert.HasCount(4, Directory.GetFiles(_sweep.InFolder("slurm", "logs")));
        Assert.Contains("Removed 4 logs, 2 files of the launcher, and 1 files that served to continue jobs which are finished", Do("--clean"));
        Assert.IsFalse(Directory.Exists(_sweep.InFolder("slurm")) || File.Exists(leftover));
        CollectionAssert.AreEquivalent(times, _sweep.Times());
    }

    [TestMethod]
    public async Task Tasks_that_are_killed_or_queued_again_at_random_lose_nothing_and_do_nothing_twice()
    {
        _sweep.Text = TinySweep.Twelve.Replace("\"epochs\": 4,", "\"epochs\": 60,", StringComparison.Ordinal)
            .Replace("\"epochs\": 3,", "\"epochs\": 40,", StringComparison.Ordinal);
        Do("--tasks", "10", "--array-limit", "4");
        var random = new Random(1);
        for (int kill = 0; kill < 6; kill++)
        {
            int rows = Rows(), more = random.Next(1, 30);
            await Cluster.Until(() => Rows() > rows + more || Cluster.All.Length == 0, "progress");
            if (Cluster.Running is { Length: > 0 } running)
            {
                string victim = running[random.Next(running.Length)];
                Cluster.Run(kill % 2 == 0 ? "scancel" : "scontrol", kill % 2 == 0 ? ["--signal=KILL", "--full", victim] : ["requeue", victim]);
            }
        }

        // A report can be made of what is there, at any time.
        Result report = Command.Run("report", _sweep.FullPath);
        Assert.AreEqual(0, report.Code, report.All);
        Assert.IsTrue(File.Exists(_sweep.InFolder("report.html")));
        await End();
        if (_sweep.Results.Length < 15)
        {
            // The last tasks were among the killed.
            Assert.Contains("The same command without --status submits what is left.", Do("--status"));
            Do("--tasks", "4");
            await End();
        }

        Assert.Contains("15 jobs: 15 finished, 0 failed, 0 running, 0 interrupted, 0 waiting", Do("--status"));
        foreach (string job in _sweep.Jobs)
        {
            int epochs = job.StartsWith("starts", StringComparison.Ordinal) ? 40 : 60;
            Assert.AreEqual(1, _sweep.FinishesOf(job), job);
            CollectionAssert.AreEqual(Enumerable.Range(1, epochs).Select(e => $"{e}").ToArray(), File.ReadLines(_sweep.InFolder(job, "metrics.csv")).Skip(1).Select(row => row.Split(',')[1]).ToArray(), job);
        }
    }

    [TestMethod]
    public async Task A_task_whose_time_is_over_is_queued_again_and_continues_what_it_was_at()
    {
        _sweep.Text = Lasting("1");
        string job = _sweep.Jobs.Single();
        Do("--tasks", "1", "--time", "1", "--signal", "USR1@24");
        await Cluster.Until(() => Logs().Contains("restarts: 1", StringComparison.Ordinal), "a task to be queued again");
        Assert.AreEqual(0, _sweep.FinishesOf(job));
        Assert.Contains("asks to be queued again", Logs());

        // Not by its minutes this time, but by the signal, which Slurm sends before the limit.
        int rows = Rows();
        await Cluster.Until(() => Rows() > rows, "the task to go on");
        Cluster.Run("scancel", "--signal=USR1", "--batch", Cluster.Running.Single());
        await End();
        Assert.AreEqual(1, _sweep.FinishesOf(job));
        Assert.IsGreaterThan(2, _sweep.BeginningsOf(job));
        Assert.Contains("restarts: 2", Logs());
        string[] epochs = [.. File.ReadLines(_sweep.InFolder(job, "metrics.csv")).Skip(1).Select(row => row.Split(',')[1])];
        Assert.IsNotEmpty(epochs);
        CollectionAssert.AreEqual(Enumerable.Range(1, epochs.Length).Select(e => $"{e}").ToArray(), epochs);
    }

    [TestMethod]
    public async Task What_is_cancelled_stays_so_until_the_same_command_continues_it()
    {
        _sweep.Text = Lasting("0.5");
        string job = _sweep.Jobs.Single(), status;
        Do("--tasks", "1");
        await Cluster.Until(() => Rows() > 20, "progress");
        status = Do("--status");
        Assert.Contains("1 jobs: 0 finished, 0 failed, 1 running, 0 interrupted, 0 waiting\n", status);
        Assert.Contains("has 1 task running (node", status);
        Assert.Contains("Cancelled: Slurm's job ", Do("--cancel"));
        await End();
        string[] before = [.. File.ReadLines(_sweep.InFolder(job, "metrics.csv")).Take(20)];
        Assert.IsEmpty(_sweep.Results);
        Assert.DoesNotContain("asks to be queued again", Logs());
        status = Do("--status");
        Assert.Contains("1 jobs: 0 finished, 0 failed, 0 running, 1 interrupted, 0 waiting", status);
        Assert.Contains("No task of Slurm's is queued or running. Left: 1. The same command", status);
        Assert.Contains("nothing was cancelled", Do("--cancel"));
        Do("--tasks", "1");
        await End();
        Assert.AreEqual((2, 1), (_sweep.BeginningsOf(job), _sweep.FinishesOf(job)));
        CollectionAssert.AreEqual(
            before, File.ReadLines(_sweep.InFolder(job, "metrics.csv")).Take(20).ToArray(), "epochs with their seconds: they were not made again");
    }

    [TestMethod]
    public async Task A_task_has_the_variables_and_the_shell_that_it_needs_and_its_log_is_named_where_it_ends_with_work_left()
    {
        _sweep.Text = Single;
        Do("--tasks", "1", "--sbatch", "--export=NONE", "--shell", "echo \"error: no module in $HOME\"", "--shell", "exit 3");
        await End();
        string status = Do("--status");
        Assert.Contains("Left: 1. The same command without --status submits what is left. The newest log is ", status);
        Assert.Contains(", which says: error: no module in ", status);
        Do("--tasks", "1", "--sbatch", "--export=NONE", "--shell", "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        await End();
        Assert.HasCount(1, _sweep.Results);
    }

    [TestMethod]
    public async Task What_fails_is_shown_as_failed_and_submitted_again_when_asked_for()
    {
        _sweep.Text = Single.Replace("\"mlp-1x512\"", $"[\"{Program.Fatal}\", \"mlp-100-100\"]", StringComparison.Ordinal);
        Do("--tasks", "1");
        await End();
        string status = Do("--status");
        Assert.Contains("2 jobs: 1 finished, 1 failed, 0 running, 0 interrupted, 0 waiting", status);
        Assert.MatchesRegex($"failed: .* {Program.Fatal} .*3 times its process ended with code", status);
        JsonNode failure = JsonNode.Parse(Do("--status", "--json"))!["failed"]!.AsArray().Single()!;
        Assert.Contains(Program.Fatal, (string)failure["title"]!);
        Assert.Contains("3 times its process ended with code", (string)failure["error"]!);
        Assert.Contains("ends with code 1", Logs());
        Assert.Contains("nothing was submitted. 1 failed (--retry-failed submits them again).", Do());
        Assert.Contains("2 jobs, 1 of them done before.", Do("--retry-failed"));
        Assert.HasCount(1, Cluster.All);
    }

    [TestMethod]
    public void What_Slurm_refuses_is_told_in_its_words()
    {
        string refused = Refused("--partition", "none-such");
        Assert.Contains("error: Slurm refused the job: sbatch ended with code 1: ", refused);
        Assert.Contains("invalid partition specified: none-such", refused);

        // What had failed stays told.
        string job = _sweep.InFolder(_sweep.Jobs[0]);
        Directory.CreateDirectory(job);
        JobFolder.Fail(job, "of old");
        Refused("--retry-failed", "--partition", "none-such");
        Assert.AreEqual("of old", JobFolder.FailureOf(job)?.Error);
    }

    private string Do(params string[] more)
    {
        Result result = Call(more);
        Assert.AreEqual(0, result.Code, result.All);
        return result.Output;
    }

    private string Refused(params string[] more)
    {
        Result result = Call(more);
        Assert.AreEqual(2, result.Code, result.All);
        return result.Error;
    }

    private Result Call(string[] more)
    {
        using Command command = Command.Start(environment: Cluster.Environment, arguments: ["sweep", _sweep.FilePath, "--out", _sweep.FullPath, "--slurm", "--parallel", "1", "--threads", "1", .. more]);
        return command.Wait();
    }

    private static void Schedule(string state) => Assert.AreEqual(0, Cluster.Run("scontrol", "update", "PartitionName=main", $"State={state}").Code);

    private static Task End() => Cluster.Until(() => Cluster.All.Length == 0, "the end of all tasks");

    private string Logs() => string.Concat(Directory.GetFiles(_sweep.InFolder("slurm", "logs")).Select(File.ReadAllText));

    /// <summary>Epochs that were trained so far.</summary>
    private int Rows() => Directory.Exists(_sweep.FullPath) ? Directory.GetFiles(_sweep.FullPath, "metrics.csv", SearchOption.AllDirectories).Sum(file => File.ReadLines(file).Count()) : 0;
}

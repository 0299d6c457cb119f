namespace BadMinima.Experiments.Tests;

/// <summary>Several calls on one folder, also as on a shared file system that carries no locks.</summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class SharedFolderTests : IDisposable
{
    // Long enough to see what happens to it, and one that others wait for.
    private const string Long = """
        { "name": "tiny", "data": { "train": 400, "test": 40 }, "architectures": "mlp-1x512", "starts": "random", "recipes": "none", "seeds": 1,
          "training": { "epochs": 600, "batchSize": 20, "stopAt": "off" } }
        """;

    private readonly TinySweep _sweep = new();

    public void Dispose() => _sweep.Dispose();

    [TestMethod]
    [DataRow(2, true, true)]
    [DataRow(3, true, true)]
    [DataRow(3, false, true)]
    [DataRow(2, false, false)]
    public void Of_several_calls_at_once_each_cell_is_done_by_one(int calls, bool locks, bool oneMachine)
    {
        Command[] commands = [.. Enumerable.Range(0, calls).Select(i => _sweep.Start(Environment(locks, oneMachine ? "one" : $"machine{i}")))];
        foreach (Command command in commands)
        {
            Result result = command.Wait();
            Assert.AreEqual(0, result.Code, result.All);
            Assert.Contains("15 of 15 jobs are finished.", result.Output);
            command.Dispose();
        }

        foreach (string job in _sweep.Jobs)
        {
            Assert.AreEqual((1, 1), (_sweep.BeginningsOf(job), _sweep.FinishesOf(job)), job);
        }
    }

    /// <summary>
    /// Host names and numbers of processes as of three machines, one of them called as another is, and clocks an hour apart, by which they
    /// also see when files were written.
    /// </summary>
    [TestMethod]
    public void Machines_whose_clocks_differ_by_hours_do_each_cell_once()
    {
        const string Apart = "unshare --uts --pid --fork --mount-proc";
        string? clock = Directory.Exists("/usr/lib") ? Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).FirstOrDefault() : null;
        if (clock is null || Command.RunThrough(["env"], $"{Apart} true").Code != 0)
        {
            Assert.Inconclusive("This takes libfaketime (Debian: apt-get install libfaketime) and the right to make namespaces.");
        }

        Result result = Command.RunThrough(
            ["env", "DOTNET_SYSTEM_IO_DISABLEFILELOCKING=1", $"{Program.Expiry}=60", "DONT_FAKE_MONOTONIC=1"],
            $$"""
            processes=
            for machine in "node1 +0" "node2 +1h" "node1 -1h"; do
              {{Apart}} sh -c 'hostname "$1"; shift; exec "$@"' sh "${machine% *}" env LD_PRELOAD={{clock}} FAKETIME="${machine#* }" "$@" &
              processes="$processes $!"
            done
            code=0
            for process in $processes; do wait "$process" || code=1; done
            exit $code
            """,
            _sweep.Arguments());
        Assert.AreEqual(0, result.Code, result.All);
        foreach (string job in _sweep.Jobs)
        {
            Assert.AreEqual((1, 1), (_sweep.BeginningsOf(job), _sweep.FinishesOf(job)), job);
        }
    }

    [TestMethod]
    public async Task What_a_dead_machine_had_is_taken_over_after_a_while_and_what_a_living_one_has_is_not()
    {
        _sweep.Text = Long;
        string job = _sweep.Jobs.Single();
        using (Command dead = _sweep.Start(Environment(locks: false, "dead", expiry: 3)))
        {
            await Waiting.Until(() => LinuxProcesses.ChildrenOf(dead.Id).Length > 0 && HasEpochs(job));
            int[] workers = LinuxProcesses.ChildrenOf(dead.Id);
            dead.Kill();
            foreach (int worker in workers)
            {
                LinuxProcesses.Signal("KILL", worker);
            }
        }

        Assert.IsTrue(File.Exists(_sweep.InFolder(job, ".owner.1")));
        using Command living = _sweep.Start(Environment(locks: false, "living", expiry: 3));
        await Waiting.Until(() => File.Exists(_sweep.InFolder(job, ".owner.2")));
        using Command other = _sweep.Start(Environment(locks: false, "other", expiry: 3));
        Assert.AreEqual((0, 0), (living.Wait().Code, other.Wait().Code));
        Assert.AreEqual((2, 1), (_sweep.BeginningsOf(job), _sweep.FinishesOf(job)));
        Assert.AreEqual("free", File.ReadAllText(_sweep.InFolder(job, ".owner.2")));
    }

    [TestMethod]
    public async Task A_process_that_was_silent_for_too_long_leaves_the_result_of_the_one_that_took_over_as_it_is()
    {
        _sweep.Text = Long;
        string job = _sweep.Jobs.Single();
        using Command silent = _sweep.Start(Environment(locks: false, "silent", expiry: 2));
        await Waiting.Until(() => HasEpochs(job));
        int worker = LinuxProcesses.ChildrenOf(silent.Id).Single(id => id > 0);
        LinuxProcesses.Signal("STOP", worker);
        using (Command other = _sweep.Start(Environment(locks: false, "other", expiry: 2)))
        {
            Assert.AreEqual(0, other.Wait().Code);
        }

        string[] before = State(job);
        LinuxProcesses.Signal("CONT", worker);
        Result result = silent.Wait();
        Assert.AreEqual(0, result.Code, result.All);
        Assert.Contains("1 of 1 jobs are finished.", result.Output);
        CollectionAssert.AreEqual(before, State(job));
        Assert.AreEqual((2, 1), (_sweep.BeginningsOf(job), _sweep.FinishesOf(job)));
        using TinySweep undisturbed = new(Long);
        undisturbed.Finish();
        Assert.AreEqual(undisturbed.OutcomeOf(job), _sweep.OutcomeOf(job));
    }

    private bool HasEpochs(string job) => File.Exists(_sweep.InFolder(job, "metrics.csv")) && File.ReadLines(_sweep.InFolder(job, "metrics.csv")).Skip(3).Any();

    private string[] State(string job) => [.. new[] { "result.json", "model.zip", "metrics.csv", "config.json" }.Select(f => $"{f} {File.GetLastWriteTimeUtc(_sweep.InFolder(job, f)):O}")];

    private static Dictionary<string, string> Environment(bool locks, string machine, int expiry = 60) => new()
    {
        ["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = locks ? "0" : "1",
        [Program.Machine] = machine,
        [Program.Expiry] = $"{expiry}",
    };
}

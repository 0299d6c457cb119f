namespace BadMinima.Experiments.Tests;

/// <summary>What a launcher makes of its options, and what it says where there is no scheduler.</summary>
[TestClass]
public sealed class LauncherTests : IDisposable
{
    private static readonly LaunchPlan Plan = new(
        "badminima-tiny", "/shared/it's 100%/slurm/job.sh", "/shared/it's 100%/slurm/logs", "/shared/it's 100%", "/home/me", ["dotnet", "/opt/badminima.dll"],
        ["work", "/shared/it's 100%"], 20, [("BADMINIMA_DATA", "/shared/my data")]);

    private readonly TinySweep _sweep = new();

    public void Dispose() => _sweep.Dispose();

    [TestMethod]
    public void The_job_script_says_what_was_asked_for()
    {
        string script = new Slurm().Script(Plan, new()
        {
            ArrayLimit = 4,
            Partition = "gpu",
            Account = "physics",
            Time = "2:00:00",
            Gpus = "a100:1",
            Cpus = 8,
            Memory = "16G",
            Signal = "SIGUSR2@90",
            Lines = ["--constraint=fast", "--qos=low"],
            Shell = ["module load cuda/13", "source ~/setup.sh"],
        });
        string[] head = [.. script.Split('\n').Where(line => line.StartsWith("#SBATCH ", StringComparison.Ordinal)).Select(line => line[8..])];
        CollectionAssert.AreEqual(
            new[]
            {
                "--job-name=badminima-tiny", "--array=0-19%4", "--nodes=1", "--ntasks=1", "--cpus-per-task=8", "--gpus=a100:1", "--mem=16G",
                "--partition=gpu", "--account=physics", "--time=2:00:00", "--signal=B:USR2@90", "--requeue", "--chdir=\"/home/me\"",
                "--output=\"/shared/it's 100%%/slurm/logs/%A_%a.txt\"", "--open-mode=append", "--constraint=fast", "--qos=low",
            },
            head);
        Assert.Contains("program=(dotnet /opt/badminima.dll)\n", script);
        Assert.Contains("\"${program[@]}\" work '/shared/it'\\''s 100%' --index \"$SLURM_ARRAY_TASK_ID\" --of 20 --minutes 117 &\n", script);
        Assert.Contains("trap end USR2 TERM\n", script);
        Assert.Contains("\nexport BADMINIMA_DATA='/shared/my data'\nmodule load cuda/13\nsource ~/setup.sh\n\nprogram=(", script);
    }

    [TestMethod]
    public void What_was_not_asked_for_is_left_to_the_cluster()
    {
        string script = new Slurm().Script(Plan, new());
        foreach (string option in new[] { "--cpus-per-task", "--gpus", "--mem", "--partition", "--account", "--time", "--minutes" })
        {
            Assert.DoesNotContain(option, script);
        }

        Assert.Contains("--array=0-19\n", script);
        Assert.Contains("--signal=B:USR1@60\n", script);
        Assert.Contains("--cpus-per-task=6\n", new Slurm().Script(Plan, new() { Workers = new() { Workers = 3, Threads = 2 } }));
    }

    [TestMethod]
    [DataRow("90", 90)]
    [DataRow("30:00", 30)]
    [DataRow("29:01", 30)]
    [DataRow("12:30:00", 750)]
    [DataRow("2-12", 3600)]
    [DataRow("1-0:30", 1470)]
    [DataRow("1-00:00:01", 1441)]
    public void Times_are_read_as_Slurm_reads_them(string time, int minutes) => Assert.AreEqual(minutes, Slurm.LimitOf(time).TotalMinutes);

    [TestMethod]
    [DataRow("", null, "--time is ; allowed are Slurm's forms, such as 90 (minutes)")]
    [DataRow("1h", null, "--time is 1h; allowed")]
    [DataRow("0", null, "--time is 0; allowed")]
    [DataRow("1:2:3:4", null, "--time is 1:2:3:4; allowed")]
    [DataRow("60", "KILL@60", "--signal is KILL@60; allowed are USR1, USR2, TERM, INT, HUP, QUIT")]
    [DataRow("60", "USR1@soon", "--signal is USR1@soon; allowed")]
    [DataRow("60", "USR1@60@60", "--signal is USR1@60@60; allowed")]
    [DataRow("2", "USR1@60", "--signal is USR1@60 with a time limit of 2 minutes: a task works until twice these seconds before its limit.")]
    public void A_wrong_time_or_signal_is_refused(string time, string? signal, string message)
        => Assert.StartsWith(message, Assert.ThrowsExactly<SettingException>(() => new Slurm().Script(Plan, new() { Time = time, Signal = signal })).Message);

    [TestMethod]
    public void Other_wrong_options_are_refused()
    {
        Assert.StartsWith("--gpus is 2; allowed are 1, and a kind and 1", Assert.ThrowsExactly<SettingException>(() => new Slurm().Script(Plan, new() { Gpus = "2" })).Message);
        Assert.StartsWith("--sbatch is qos=low; allowed is", Assert.ThrowsExactly<SettingException>(() => new Slurm().Script(Plan, new() { Lines = ["qos=low"] })).Message);
        Assert.StartsWith("--shell is ''; allowed is a line of shell", Assert.ThrowsExactly<SettingException>(() => new Slurm().Script(Plan, new() { Shell = [""] })).Message);
        foreach ((string[] options, string message) in new (string[], string)[]
        {
            (["--partition", "gpu"], "error: --partition is for a cluster: it goes with --slurm alone."),
            (["--status"], "error: --status is for a cluster: it goes with --slurm alone."),
            (["--slurm", "--status", "--cancel"], "error: --status and --cancel do not go together: one at a time."),
            (["--slurm", "--tasks", "0"], "error: --tasks is 0; allowed is a whole number from 1 on."),
            (["--slurm", "--prepare"], "error: --prepare does not go with --slurm, which prepares the folder itself."),
            (["--slurm", "--json"], "error: --json goes with --slurm where --status is given too."),
            (["--json"], "error: --json goes with --dry-run, and on a cluster with --status; "),
            (["--prepare", "--dry-run"], "error: --prepare and --dry-run do not go together: "),
        })
        {
            Result refused = _sweep.Run(options);
            Assert.AreEqual((2, ""), (refused.Code, refused.Output), refused.All);
            Assert.StartsWith(message, refused.Error);
        }
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void A_dry_run_prints_the_script_makes_nothing_and_needs_no_Slurm()
    {
        using Command command = Command.Start(environment: WithoutSlurm(), arguments: [.. _sweep.Arguments(), "--slurm", "--dry-run", "--lanes", "4", "--gpus", "1"]);
        Result printed = command.Wait();
        Assert.AreEqual((0, ""), (printed.Code, printed.Error), printed.All);
        Assert.StartsWith("#!/bin/bash\n", printed.Output);
        Assert.Contains("#SBATCH --array=0-14\n", printed.Output);
        Assert.Contains("#SBATCH --cpus-per-task=2\n", printed.Output);
        Assert.Contains("--parallel 2 --threads 1 --lanes 4 --gpu --index", printed.Output);
        Assert.IsFalse(Directory.Exists(_sweep.FullPath));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Where_Slurm_is_missing_that_is_told_with_what_to_do()
    {
        using Command command = Command.Start(environment: WithoutSlurm(), arguments: [.. _sweep.Arguments(), "--slurm"]);
        Result told = command.Wait();
        Assert.AreEqual(2, told.Code, told.All);
        Assert.StartsWith("error: squeue cannot be started here", told.Error);
        Assert.Contains("Slurm is not on this machine, or its module is not loaded. Call it on a login node of the cluster", told.Error);
        Assert.IsEmpty(_sweep.Results);
    }

    /// <summary>A path on which there is dotnet and no more.</summary>
    private Dictionary<string, string> WithoutSlurm()
    {
        string programs = _sweep.Folder.File("programs");
        Directory.CreateDirectory(programs);
        string dotnet = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, "dotnet")).First(File.Exists);
        File.CreateSymbolicLink(Path.Combine(programs, "dotnet"), dotnet);
        return new() { ["PATH"] = programs };
    }
}

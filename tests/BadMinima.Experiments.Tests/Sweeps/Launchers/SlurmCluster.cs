using System.Diagnostics;

namespace BadMinima.Experiments.Tests;

/// <summary>A Slurm of four nodes on this machine, by tests/Slurm/cluster.sh, for as long as a class of tests.</summary>
internal sealed class SlurmCluster : IDisposable
{
    private const int NoSlurm = 77;

    private readonly TemporaryFolder _folder = new();

    private SlurmCluster()
    {
    }

    /// <summary>What the scheduler's programs need to find it.</summary>
    public Dictionary<string, string> Environment => new() { ["SLURM_CONF"] = _folder.File("slurm.conf") };

    /// <summary>The ids of the tasks that run.</summary>
    public string[] Running => Tasks("--states=RUNNING");

    /// <summary>The ids of all tasks that are queued, running or about to end.</summary>
    public string[] All => Tasks();

    /// <summary>Starts one.</summary>
    /// <param name="why">Why there is none.</param>
    /// <returns>Null where Slurm is missing.</returns>
    public static SlurmCluster? TryStart(out string why)
    {
        why = "Slurm runs on Linux.";
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        SlurmCluster cluster = new();
        Result started = Start("bash", [Script, "start", cluster._folder.FullPath, "4", "1"]);
        if (started.Code == 0)
        {
            return cluster;
        }

        why = $"There is no Slurm here: {started.Error}";
        cluster.Dispose();
        Assert.AreEqual(NoSlurm, started.Code, started.All);
        return null;
    }

    /// <summary>Runs one of Slurm's programs.</summary>
    public Result Run(string program, params string[] arguments) => Start(program, arguments, Environment);

    /// <summary>Waits until something is so, for as long as tasks of a slow machine take.</summary>
    public async Task Until(Func<bool> condition, string what)
    {
        var time = Stopwatch.StartNew();
        while (!condition())
        {
            if (time.Elapsed > TimeSpan.FromMinutes(3))
            {
                Assert.Fail($"waited too long for {what}; {Run("squeue").All}");
            }

            await Task.Delay(200);
        }
    }

    /// <summary>Kills every task.</summary>
    public void EndAll()
    {
        Run("scancel", "--signal=KILL", "--full", "--user=root");
        Run("scancel", "--user=root");
        SpinWait.SpinUntil(() => All.Length == 0, TimeSpan.FromSeconds(20));
    }

    public void Dispose()
    {
        Start("bash", [Script, "stop", _folder.FullPath]);
        Directory.CreateDirectory(_folder.FullPath);
        _folder.Dispose();
    }

    private static string Script => Path.Combine(Repository.Root, "tests", "Slurm", "cluster.sh");

    private string[] Tasks(params string[] filter)
    {
        Result listed = Run("squeue", ["--noheader", "--array", "--format=%i", .. filter]);
        Assert.AreEqual(0, listed.Code, listed.All);
        return listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static Result Start(string program, string[] arguments, Dictionary<string, string>? environment = null)
    {
        // Not by pipes: the daemons would keep them open.
        using TemporaryFolder said = new();
        ProcessStartInfo start = new("bash", ["-c", "exec \"$@\" >\"$OUT/output\" 2>\"$OUT/error\" </dev/null", "bash", program, .. arguments]);
        start.Environment["OUT"] = said.FullPath;
        foreach ((string name, string value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return new(process.ExitCode, File.ReadAllText(said.File("output")), File.ReadAllText(said.File("error")));
    }
}

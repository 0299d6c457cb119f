using System.Collections.Immutable;
using BadMinima.MLNet;
using Spectre.Console;

namespace BadMinima.Experiments;

/// <summary>A sweep in its folder, with how it is to be run.</summary>
internal sealed class SweepSession
{
    private const int ShownFailures = 10;

    // What a worker takes at most with the networks of the registry but the largest: ResNet18 trains within 1.4 GB.
    private const long MemoryOfWorker = 2L << 30;

    private readonly SweepPlan _plan;
    private readonly string _text;
    private readonly SweepOptions _options;
    private readonly IReadOnlyList<string> _program;
    private readonly int _workers;
    private readonly int _threads;
    private readonly int _lanes;

    private SweepSession(SweepPlan plan, SweepFolder folder, string text, IReadOnlyList<string> program, SweepOptions options)
    {
        (_plan, Folder, _text, _program, _options) = (plan, folder, text, program, options);
        Jobs = plan.Jobs(folder);
        int? threads = options.Threads is int asked ? Positive("threads", asked) : null;
        _workers = options.Workers is int given ? Positive("parallel", given) : DefaultWorkers(plan, threads ?? 1);
        if (options.Share is { } share && (share.Of < 1 || share.Index < 0 || share.Index >= share.Of))
        {
            throw new SettingException(
                "index", $"is {share.Index} of {share.Of}; allowed are whole numbers from 0 on below the number of all calls.");
        }

        _lanes = options.Lanes is int lanes ? Positive("lanes", lanes) : 1;
        _threads = threads ?? Math.Max(1, Environment.ProcessorCount / _workers);
    }

    public SweepFolder Folder { get; }

    public ImmutableArray<SweepJob> Jobs { get; }

    /// <summary>The jobs that have failed.</summary>
    public IEnumerable<(SweepJob Job, Failure Failure)> Failed
        => Jobs.Where(j => !j.IsFinished && j.Failure is not null).Select(j => (j, j.Failure!));

    private TextWriter Output => _options.Output ?? Console.Out;

    /// <param name="path">The sweep file's name, for messages; empty for a sweep that a program describes.</param>
    /// <param name="text">The sweep file's text.</param>
    /// <param name="folder">The sweep's folder; null for sweeps/ and its name.</param>
    /// <param name="sets">The catalogue.</param>
    /// <param name="program">How this program is started: its workers are the same program.</param>
    /// <param name="options">How it is run.</param>
    /// <exception cref="InvalidDataException">It is no sweep; the message has a line for each thing that is wrong.</exception>
    public static SweepSession Open(
        string path, string text, string? folder, IReadOnlyList<DataSet> sets, IReadOnlyList<string> program, SweepOptions options)
    {
        SweepPlan described = SweepFile.Read(path, text, sets);
        SweepFolder place = new(folder ?? Path.Combine("sweeps", SweepFolder.NameOf(described.Name)));
        return new(FormerCells.Take(described, place), place, text, program, options);
    }

    /// <summary>Prints an estimate of the time, and trains nothing.</summary>
    public void Estimate(bool json, CancellationToken cancellation)
        => new SweepEstimate(_plan, Jobs, _workers, _threads, SweepWorker.Command(_program, Folder, _threads, measure: true), _text)
            .Write(json, cancellation);

    /// <summary>Makes the folder, and trains nothing.</summary>
    public void Prepare() => Prepare(keeps: true);

    /// <param name="keeps">Whether the folder's sweep is this one from now on.</param>
    private void Prepare(bool keeps)
    {
        foreach (string note in DataComparison.Compare(Jobs, Folder))
        {
            Output.WriteLine($"note: {Folder.Name}: {note}");
        }

        Directory.CreateDirectory(Folder.Name);
        if (FileSystemCheck.Require(Folder.Name) is { } clocks)
        {
            Output.WriteLine($"note: {clocks}");
        }

        if (keeps && Leaving() is { Length: > 0 } leaving)
        {
            Output.WriteLine($"note: {Folder.Name}: {leaving.Length} of its cells are not in this sweep file ({leaving[0].Title}"
                + $"{(leaving.Length > 1 ? ", ..." : "")}). They stay in their folders, and the report is without them; if that is not "
                + "meant, give the former file, or another folder with --out.");
        }

        if (keeps)
        {
            Folder.Keep(_text, _plan);
        }
    }

    /// <summary>The cells that belonged to the sweep, and do no more.</summary>
    private ManifestCell[] Leaving()
    {
        try
        {
            return Folder.Exists ? [.. SweepManifest.Read(Folder.Manifest).Cells.ExceptBy(_plan.Cells.Select(c => c.Id), c => c.Id)] : [];
        }
        catch (InvalidDataException)
        {
            // It is written again.
            return [];
        }
    }

    /// <summary>Trains what is not settled, and says what has failed.</summary>
    public void Run(CancellationToken cancellation)
    {
        // A task works on the sweep that is there, which may have been extended since this one read it.
        Prepare(keeps: _options.Share is null || !Folder.Exists);
        (HashSet<int> finished, HashSet<int> failed) = Settled();
        Output.WriteLine($"{Folder.Name}: {JobsInWords(Jobs.Length, finished.Count, failed.Count)}");
        int needed = Math.Min(_workers, Jobs.Length - finished.Count - failed.Count);
        if (needed > 0)
        {
            RequireData(Jobs.Where((_, i) => !finished.Contains(i) && !failed.Contains(i)));
            SweepProgress progress = new(Jobs, finished, failed, ConsoleOf(_options.Output));
            bool sharesPasses = _lanes > 1 && IsOnGpu(_plan);
            if (_lanes > 1 && !sharesPasses)
            {
                Output.WriteLine($"note: --lanes {_lanes}: on a CPU lanes are slower than cells one by one; these run one by one.");
            }

            SweepRunner runner = new(
                Jobs, lanes => SweepWorker.Command(_program, Folder, _threads, lanes, _options.Share), sharesPasses ? _lanes : 1, _text,
                needed, _threads, progress);
            progress.While(() => runner.Run(cancellation));
        }

        foreach ((SweepJob job, Failure failure) in Failed.Take(ShownFailures))
        {
            (_options.Output ?? Console.Error).WriteLine($"failed: {job.Title} ({job.Folder}): {failure.Error}");
        }
    }

    /// <summary>Makes sure that the data of jobs are there: better known now than after hours of training on others.</summary>
    /// <param name="jobs">The jobs that are to be done.</param>
    public static void RequireData(IEnumerable<SweepJob> jobs)
    {
        foreach (RunData data in jobs.Select(j => j.Data).OfType<RunData>().DistinctBy(d => d.Folder))
        {
            data.RequireThere();
        }
    }

    /// <summary>"12 jobs, 3 of them done before, 1 failed."</summary>
    /// <param name="jobs">How many there are.</param>
    /// <param name="finished">How many have a result.</param>
    /// <param name="failed">How many have failed and are not tried again.</param>
    public static string JobsInWords(int jobs, int finished, int failed)
        => $"{jobs} jobs, {finished} of them done before{(failed > 0 ? $", {failed} failed (--retry-failed tries them again)" : "")}.";

    /// <summary>The jobs that are not to be done, by their places.</summary>
    private (HashSet<int> Finished, HashSet<int> Failed) Settled()
    {
        HashSet<int> finished = [], failed = [];
        for (int i = 0; i < Jobs.Length; i++)
        {
            if (Jobs[i].IsFinished)
            {
                finished.Add(i);
            }
            else if (_options.RetryFailed)
            {
                JobFolder.Forgive(Jobs[i].Folder);
            }
            else if (Jobs[i].Failure is not null)
            {
                failed.Add(i);
            }
        }

        return (finished, failed);
    }

    private static IAnsiConsole ConsoleOf(TextWriter? output)
        => output is null ? AnsiConsole.Console : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });

    /// <summary>
    /// One process per core, or as many as have so many threads on the cores. On 2 cores of an AMD EPYC, batches of 128, images per second
    /// of two processes of one thread together against one of two threads: cnn 12,500 against 8,500, lenet 28,000 against 26,700,
    /// mlp-1x512 97,800 against 65,700; and where another program takes a part of a core, threads that spin and wait for each other are
    /// several times slower, separate processes are not.
    /// </summary>
    private static int DefaultWorkers(SweepPlan sweep, int threads) => IsOnGpu(sweep)
        ? 1
        : (int)Math.Clamp(
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / MemoryOfWorker, 1, Math.Max(1, Environment.ProcessorCount / threads));

    private static bool IsOnGpu(SweepPlan sweep) => sweep.Cells.Any(c => IsOnGpu(c.Plan.Request.Device));

    private static bool IsOnGpu(string? device)
    {
        if (device is null or "auto")
        {
            // Loading torch takes a second; without a driver there is no need to ask it.
            bool driver = OperatingSystem.IsWindows()
                ? File.Exists(Path.Combine(Environment.SystemDirectory, "nvcuda.dll"))
                : File.Exists("/dev/nvidiactl");
            if (driver)
            {
                TorchRuntime.EnsureLoaded();
            }

            return driver && TorchSharp.torch.cuda.is_available();
        }

        return device.StartsWith("cuda", StringComparison.Ordinal);
    }

    private static int Positive(string option, int value)
        => value >= 1 ? value : throw new SettingException(option, $"is {value}; allowed is a whole number from 1 on.");
}

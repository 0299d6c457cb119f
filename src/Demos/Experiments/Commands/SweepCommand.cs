using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Spectre.Console;

namespace BadMinima.Experiments;

/// <summary><c>badminima sweep</c></summary>
internal static class SweepCommand
{
    private const int SomeFailed = 1;
    private const int ShownFailures = 10;

    // Less than the program itself is given after Ctrl-C.
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(15);

    // What a worker takes at most with the networks of the registry but the largest: ResNet18 trains within 1.4 GB.
    private const long MemoryOfWorker = 2L << 30;

    public static Command Create(IReadOnlyList<DataSet> sets, IReadOnlyList<string> program)
    {
        Argument<string> file = new("FILE") { Description = "The sweep file: JSON of docs/sweep.schema.json" };
        Option<string?> output = new("--out") { Description = "The sweep's folder; it is made. Default: sweeps/ and the sweep's name", HelpName = "FOLDER" };
        Option<int?> parallel = new("--parallel") { Description = "Cells at a time, each in a process of its own. Default: one a core, as far as 2 GB of memory are there for each; 1 on a GPU", HelpName = "N" };
        Option<int?> threads = new("--threads") { Description = "Torch's threads of each. Default: the cores, divided", HelpName = "N" };
        Option<bool> retry = new("--retry-failed") { Description = "Run again what failed in an earlier call" };
        Option<bool> dryRun = new("--dry-run") { Description = "List the cells with an estimate of the time, and train nothing" };
        Option<bool> json = new("--json") { Description = "With --dry-run: every cell, as JSON" };
        Option<bool> schema = new("--schema") { Description = "Print the JSON schema of sweep files" };
        Option<int?> worker = new("--worker") { Hidden = true };
        Option<bool> measure = new("--measure") { Hidden = true };
        file.Arity = ArgumentArity.ZeroOrOne;
        Command command = new("sweep",
            "A grid of runs: every combination of data, networks, starts, recipes and seeds that a sweep file names.\n"
            + "Cells run side by side, each in a folder of its own named after its settings; an adversarial start is trained once and shared by all recipes that begin there. What is finished is never run again: the same command continues an interrupted\n"
            + "sweep, and an extended sweep file adds to it. Several calls may work on one folder, also from several machines.\n"
            + "Exit codes: 0 done, 1 done but some cells failed, 2 wrong input or a failure (a message says what), 130 interrupted: the same command continues.")
        {
            file, output, parallel, threads, retry, dryRun, json, schema, worker, measure,
        };
        command.SetBody(
            (parsed, cancellation) =>
            {
                if (parsed.GetValue(schema))
                {
                    Console.Write(SweepSchema.Text);
                    return Task.FromResult(ConsoleProgram.Done);
                }

                string path = parsed.GetValue(file) ?? throw new ArgumentException("FILE is missing: the sweep file.");
                int? ownThreads = parsed.GetValue(worker);
                string text = ownThreads is null ? File.ReadAllText(path) : WorkerProcess.ReadSweep(Console.In);
                Sweep described = SweepFile.Read(path, text, sets);
                SweepFolder folder = new(parsed.GetValue(output) ?? Path.Combine("sweeps", SweepFolder.NameOf(described.Name)));
                Sweep sweep = FormerCells.Take(described, folder);
                ImmutableArray<SweepJob> jobs = SweepJob.Of(sweep, folder);
                if (ownThreads is int torchThreads)
                {
                    Work(jobs, torchThreads, parsed.GetValue(measure), cancellation);
                    return Task.FromResult(ConsoleProgram.Done);
                }

                int workers = parsed.GetValue(parallel) is int given ? Positive("--parallel", given) : DefaultParallel(sweep);
                int each = parsed.GetValue(threads) is int number ? Positive("--threads", number) : Math.Max(1, Environment.ProcessorCount / workers);
                string[] own = [.. program, "sweep", path, "--out", folder.Name, "--worker", $"{each}"];
                if (parsed.GetValue(dryRun))
                {
                    new SweepEstimate(sweep, jobs, workers, each, [.. own, "--measure"], text).Write(parsed.GetValue(json), cancellation);
                    return Task.FromResult(ConsoleProgram.Done);
                }

                foreach (string note in SweepData.Compare(jobs, folder))
                {
                    Console.WriteLine($"note: {folder.Name}: {note}");
                }

                folder.Keep(text, sweep);
                return Task.FromResult(Run(jobs, folder, (needed, progress) => new SweepRunner(jobs, own, text, needed, each, progress), workers, parsed.GetValue(retry), cancellation));
            },
            interrupted: "Interrupted; continue with the same command.",
            alsoExpected: e => e is TorchLoadException);
        return command;
    }

    private static int Run(
        ImmutableArray<SweepJob> jobs, SweepFolder folder, Func<int, SweepProgress, SweepRunner> runnerOf, int workers, bool retry, CancellationToken cancellation)
    {
        HashSet<int> settled = [];
        for (int i = 0; i < jobs.Length; i++)
        {
            bool finished = jobs[i].IsFinished;
            if (!finished && retry)
            {
                SweepFolder.Forgive(jobs[i].Folder);
            }

            if (finished || jobs[i].Failure is not null)
            {
                settled.Add(i);
            }
        }

        Console.WriteLine($"{folder.Name}: {jobs.Length} jobs, {settled.Count} of them done before.");
        int needed = Math.Min(workers, jobs.Length - settled.Count);
        if (needed > 0)
        {
            // Better known now than after hours of training on the others.
            foreach (RunData data in jobs.Where((_, i) => !settled.Contains(i)).OfType<RunJob>().Select(j => j.Plan.Data).DistinctBy(d => d.Folder))
            {
                data.RequireThere();
            }

            SweepProgress progress = new(jobs, settled, AnsiConsole.Console);
            SweepRunner runner = runnerOf(needed, progress);
            progress.While(() => runner.Run(cancellation));
        }

        return Conclude(jobs, folder);
    }

    private static int Conclude(ImmutableArray<SweepJob> jobs, SweepFolder folder)
    {
        (SweepJob Job, Failure Failure)[] failed = [.. jobs.Where(j => !j.IsFinished && j.Failure is not null).Select(j => (j, j.Failure!))];
        foreach ((SweepJob job, Failure failure) in failed.Take(ShownFailures))
        {
            Console.Error.WriteLine($"failed: {job.Title} ({job.Folder}): {failure.Error}");
        }

        Console.WriteLine($"{jobs.Length - failed.Length} of {jobs.Length} jobs are finished{(failed.Length > 0 ? $", {failed.Length} failed (--retry-failed runs them again)" : "")}. Next: badminima report {folder.Name}");
        return failed.Length > 0 ? SomeFailed : ConsoleProgram.Done;
    }

    /// <summary>The body of a worker process: see <see cref="WorkerProcess"/>.</summary>
    private static void Work(ImmutableArray<SweepJob> jobs, int threads, bool measure, CancellationToken cancellation)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _ = Task.Run(
            () =>
            {
                while (Console.In.Read() >= 0)
                {
                }

                ending.Cancel();

                // A batch of a large network, an evaluation, a file system that is away: what is in the folder serves to continue from.
                Thread.Sleep(TimeToEnd);
                Process.GetCurrentProcess().Kill();
            },
            CancellationToken.None);
        TextWriter output = Console.Out;
        try
        {
            if (measure)
            {
                SweepEstimate.Measure(jobs, threads, Tell, ending.Token);
            }
            else
            {
                new SweepWorker(jobs, threads, Tell).Run(ending.Token);
            }
        }
        catch (IOException e)
        {
            Tell(new(WorkerEventKind.Stop, 0) { Text = e.Message });
        }

        void Tell(WorkerEvent e)
        {
            lock (output)
            {
                output.WriteLine(e.ToLine());
                output.Flush();
            }
        }
    }

    /// <summary>
    /// One process a core. On 2 cores of an AMD EPYC, batches of 128, images a second of two processes of one thread together against one of two threads:
    /// cnn 12,500 against 8,500, lenet 28,000 against 26,700, mlp-1x512 97,800 against 65,700; and where another program takes a part of a core, threads that spin and wait for each
    /// other are several times slower, separate processes are not.
    /// </summary>
    private static int DefaultParallel(Sweep sweep)
    {
        return sweep.Cells.Any(c => IsOnGpu(c.Plan.Request.Device)) ? 1 : (int)Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / MemoryOfWorker, 1, Environment.ProcessorCount);
    }

    private static bool IsOnGpu(string? device)
    {
        if (device is null or "auto")
        {
            // Loading torch takes a second; without a driver there is no need to ask it.
            bool driver = OperatingSystem.IsWindows() ? File.Exists(Path.Combine(Environment.SystemDirectory, "nvcuda.dll")) : File.Exists("/dev/nvidiactl");
            if (driver)
            {
                TorchRuntime.EnsureLoaded();
            }

            return driver && TorchSharp.torch.cuda.is_available();
        }

        return device.StartsWith("cuda", StringComparison.Ordinal);
    }

    private static int Positive(string option, int value) => value >= 1 ? value : throw new ArgumentException($"{option} is {value}; allowed is a whole number from 1 on.");
}

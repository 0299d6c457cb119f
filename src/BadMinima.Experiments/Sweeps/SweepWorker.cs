using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Reflection;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// The other end of a sweep: a process that trains its cells. A sweep starts its own program once more for each worker, so that the
/// networks that the program registers are there, and a worker knows by its arguments that it is one.
/// </summary>
public static class SweepWorker
{
    /// <summary>The first argument of a worker.</summary>
    internal const string Argument = "--badminima-sweep-worker";

    /// <summary>The environment variable that every worker has.</summary>
    internal const string Mark = "BADMINIMA_SWEEP_WORKER";

    // Less than the program itself is given after Ctrl-C.
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(15);

    /// <summary>How this program is started: started as `dotnet program.dll`, the process is dotnet.</summary>
    internal static IReadOnlyList<string> Program => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
        ? [Environment.ProcessPath!, Assembly.GetEntryAssembly()!.Location]
        : [Environment.ProcessPath!];

    /// <summary>
    /// Trains as a worker, if this process was started as one. A program that runs sweeps calls it once its networks are registered and
    /// before anything else: <c>if (SweepWorker.TryRun(args) is { } exit) return exit;</c>
    /// </summary>
    /// <param name="args">The program's arguments.</param>
    /// <returns>The process's exit code; null for a process that is no worker, which goes on.</returns>
    public static int? TryRun(string[] args) => TryRun(args, Catalogue.All);

    internal static int? TryRun(IReadOnlyList<string> args, IReadOnlyList<DataSet> sets)
    {
        if (args is not [Argument, ..])
        {
            return null;
        }

        Argument<string> folder = new("FOLDER");
        Argument<int> threads = new("THREADS");
        Option<bool> measure = new("--measure");
        Option<int> lanes = new("--lanes") { DefaultValueFactory = _ => 1 };
        Option<int> index = new("--index");
        Option<int> of = new("--of") { DefaultValueFactory = _ => 1 };
        RootCommand worker = new("A worker of a sweep.") { folder, threads, measure, lanes, index, of };
        worker.SetBody(
            (parsed, cancellation) =>
            {
                string text = WorkerProcess.ReadSweep(Console.In);
                SweepFolder place = new(parsed.GetValue(folder)!);
                ImmutableArray<SweepJob> jobs = FormerCells.Take(SweepFile.Read(place.SweepFile, text, sets), place).Jobs(place);
                WorkerLoop Loop(Action<WorkerEvent> tell) => new(
                    jobs, parsed.GetValue(threads), parsed.GetValue(lanes), tell, (parsed.GetValue(index), parsed.GetValue(of)));
                Work(
                    parsed.GetValue(measure) ? (tell, ending) => SweepEstimate.Measure(jobs, parsed.GetValue(threads), tell, ending)
                        : (tell, ending) => Loop(tell).Run(ending),
                    cancellation);
                return Task.FromResult(ConsoleProgram.Done);
            },
            interrupted: "Interrupted.",
            alsoExpected: e => e is TorchLoadException);
        return ConsoleProgram.Run(worker, [.. args.Skip(1)]);
    }

    /// <summary>The command of a worker.</summary>
    internal static IReadOnlyList<string> Command(
        IReadOnlyList<string> program, SweepFolder folder, int threads, int lanes = 1, (int Index, int Of)? share = null,
        bool measure = false) =>
    [
        .. program, Argument, folder.Name, $"{threads}", "--lanes", $"{lanes}", .. measure ? ["--measure"] : Array.Empty<string>(),
        .. share is { } own ? ["--index", $"{own.Index}", "--of", $"{own.Of}"] : Array.Empty<string>(),
    ];

    /// <summary>A worker whose program does not know of workers would begin the sweep, and its workers again.</summary>
    internal static void RefuseToBegin()
    {
        if (Environment.GetEnvironmentVariable(Mark) is not null)
        {
            throw new InvalidOperationException(
                "This process was started as a worker of a sweep, and its program has begun the sweep again. "
                + "Let the program call SweepWorker.TryRun(args) early in Main, and end with the code that it returns.");
        }
    }

    private static void Work(Action<Action<WorkerEvent>, CancellationToken> work, CancellationToken cancellation)
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
            work(Tell, ending.Token);
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
}

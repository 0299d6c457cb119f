using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Spectre.Console;

namespace BadMinima.Experiments;

/// <summary>What a sweep will take: speeds are measured, here and now, in as many processes at once as will train.</summary>
/// <param name="sweep">The sweep.</param>
/// <param name="jobs">Its jobs.</param>
/// <param name="workers">How many processes will train.</param>
/// <param name="threads">Torch's threads of each.</param>
/// <param name="worker">The command of a process that measures.</param>
/// <param name="text">The sweep file's text.</param>
internal sealed class SweepEstimate(
    SweepPlan sweep, ImmutableArray<SweepJob> jobs, int workers, int threads, IReadOnlyList<string> worker, string text)
{
    private const int ColumnsOfFile = 200;

    /// <summary>Measures, and prints a table with a row for each data x network x start x recipe, or JSON with every job.</summary>
    /// <exception cref="IOException">A measuring process ended early.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public void Write(bool json, CancellationToken cancellation)
    {
        ImmutableDictionary<Workload, Speed> speeds = Measure(cancellation);
        (SweepJob Job, JobCost Cost)[] costs = [.. jobs.Select(job => (job, job.Cost(speeds)))];
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(costs.Select(c => new
            {
                id = Path.GetFileName(c.Job.Folder),
                kind = c.Job.Kind,
                title = c.Job.Title,
                recipe = c.Job.RecipeName,
                finished = c.Job.IsFinished,
                failed = !c.Job.IsFinished && c.Job.Failure is not null,
                images = c.Cost.Images,
                seconds = Math.Round(c.Cost.Seconds, 2),
                settings = c.Job.Settings,
            }), JsonOutput.Options));
            return;
        }

        IGrouping<string, (SweepJob Job, JobCost Cost)>[] rows = [.. costs.GroupBy(c => c.Job.Group)];
        ConsoleTable.Write(new($"{sweep.Name}: {sweep.Cells.Length:N0} cells, {sweep.Starts.Length:N0} adversarial starts"
            + string.Concat(sweep.Asked
                .Select(a => (a.Kind.Plural, Count: jobs.Count(j => j.Kind == a.Kind.Property)))
                .Where(a => a.Count > 0)
                .Select(a => $", {a.Count:N0} {a.Plural}")),
            [Column.Text("Data"), Column.Text("Network"), Column.Text("Start"), Column.Text("Recipe"), Column.Number("Seeds"),
                Column.Number("Done"), Column.Number("Missing"), Column.Number("Images"), Column.Number("Time")],
            [.. rows.Select(row => Row(row.First().Job, [.. row]))]), Wide());
        (SweepJob, JobCost)[] missing = [.. costs.Where(c => !c.Job.IsFinished)];
        Console.WriteLine(
            $"{missing.Length:N0} of {jobs.Length:N0} are missing: {missing.Sum(c => c.Item2.Images):N0} images and "
                + $"{Text(TimeSpan.FromSeconds(missing.Sum(c => c.Item2.Seconds)))} of one worker at most; "
            + $"with {workers} worker{(workers > 1 ? "s" : "")} of {threads} thread{(threads > 1 ? "s" : "")} about "
            + $"{Text(JobCost.Together(missing, workers))}.");
        Console.WriteLine("Speeds were measured here and now on random images. Rules that stop a phase (stopAt, "
            + "earlyStopping) may end it earlier.");
        if (missing.Any(m => m.Item1.Data is { TrainCount: null }))
        {
            Console.WriteLine($"How many images a folder of yours holds is not known before it is read: {RunJob.UnknownCount:N0} are "
                + "assumed where nothing limits them.");
        }
    }

    /// <summary>The body of a measuring process: tells each speed by the place of its workload.</summary>
    public static void Measure(ImmutableArray<SweepJob> jobs, int threads, Action<WorkerEvent> tell, CancellationToken cancellation)
    {
        TorchRuntime.EnsureLoaded();
        foreach ((int i, (Workload work, RunPlan plan, Phase phase)) in Workload.All(jobs).Index())
        {
            Speed speed = SpeedMeter.Measure(work, plan with { Request = plan.Request with { Threads = threads } }, phase, cancellation);
            tell(new(WorkerEventKind.Speed, i) { Speed = speed });
        }
    }

    private ImmutableDictionary<Workload, Speed> Measure(CancellationToken cancellation)
    {
        ImmutableArray<(Workload Work, RunPlan Plan, Phase Phase)> work = Workload.All(jobs);
        ConcurrentBag<(int Work, Speed Speed)> measured = [];
        int running = Math.Min(workers, jobs.Length);
        Task[] processes = [.. Enumerable.Range(0, work.Length == 0 ? 0 : running)
            .Select(_ => Task.Factory.StartNew(
                () => Measure(measured.Add, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default))];

        // With the exception that ended one, not with one around that.
        Task.WhenAll(processes).GetAwaiter().GetResult();
        cancellation.ThrowIfCancellationRequested();
        return measured.GroupBy(m => m.Work)
            .ToImmutableDictionary(
                g => work[g.Key].Work, g => new Speed(g.Average(m => m.Speed.Training), g.Average(m => m.Speed.Measuring)));
    }

    /// <summary>One process measures all that there is.</summary>
    private void Measure(Action<(int Work, Speed Speed)> hear, CancellationToken cancellation)
    {
        using WorkerProcess process = new(worker, threads, text);
        using CancellationTokenRegistration registration = cancellation.Register(process.End);
        int code = process.Follow(e => hear((e.Job, e.Speed!)));
        if (code != 0 && !cancellation.IsCancellationRequested)
        {
            throw new IOException($"A process that was to measure ended with code {code}: {process.Errors.Result.Trim()}");
        }
    }

    private string[] Row(SweepJob job, (SweepJob Job, JobCost Cost)[] row)
    {
        int done = row.Count(r => r.Job.IsFinished);
        return [.. job.Describe(jobs), $"{row.Length}", $"{done}", $"{row.Length - done}", $"{row.Sum(r => r.Cost.Images):N0}",
            Text(TimeSpan.FromSeconds(row.Where(r => !r.Job.IsFinished).Sum(r => r.Cost.Seconds)))];
    }

    /// <summary>A file has room for what Spectre would wrap at the 80 columns that it assumes of one.</summary>
    private static IAnsiConsole? Wide()
    {
        if (!Console.IsOutputRedirected)
        {
            return null;
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        console.Profile.Width = ColumnsOfFile;
        return console;
    }

    private static string Text(TimeSpan time)
        => time.TotalMinutes < 2
            ? $"{time.TotalSeconds:N0} s"
            : time.TotalHours < 2 ? $"{time.TotalMinutes:N0} min"
            : $"{time.TotalHours:N1} h";
}

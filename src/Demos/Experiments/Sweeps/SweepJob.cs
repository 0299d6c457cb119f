using System.Collections.Immutable;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>A piece of a sweep's work, done in a folder of its own whose result.json says that it is done.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Title">What it is, for people.</param>
/// <param name="Work">How long it takes at most, in training images put through a network: enough to order jobs by, and to tell what is left.</param>
internal abstract record SweepJob(string Folder, string Title, double Work)
{
    /// <summary>The job whose result this one needs; null for none.</summary>
    public SweepJob? Needs { get; init; }

    public bool IsFinished => SweepFolder.IsFinished(Folder);

    public Failure? Failure => SweepFolder.FailureOf(Folder);

    /// <summary>All of a sweep: what others need first, and of each kind the longest first, so that no core is left alone with a long one at the end.</summary>
    public static ImmutableArray<SweepJob> Of(Sweep sweep, SweepFolder folder)
    {
        Dictionary<string, SweepJob> starts = sweep.Starts.ToDictionary(s => s.Id, s => (SweepJob)new RunJob(folder.Start(s.Id), s.Plan));
        IEnumerable<SweepJob> cells = sweep.Cells.Select(cell => cell.StartId is not { } id
            ? new RunJob(folder.Cell(cell.Id), cell.Plan)
            : new RunJob(folder.Cell(cell.Id), cell.Plan with { SharedStart = RunFolder.ModelOf(folder.Start(id)) }) { Needs = starts[id] });
        IEnumerable<SweepJob> figures = sweep.BoundarySeeds.Select(seed => new BoundaryJob(folder.Boundary(seed), seed));
        return [.. LongestFirst(starts.Values), .. LongestFirst(cells.Concat(figures))];

        static IEnumerable<SweepJob> LongestFirst(IEnumerable<SweepJob> jobs) => jobs.OrderByDescending(job => job.Work);
    }
}

/// <summary>A cell, or an adversarial start.</summary>
internal sealed record RunJob(string Folder, RunPlan Plan) : SweepJob(Folder, TitleOf(Plan), WorkOf(Plan))
{
    // Of a folder of the user's, of which nobody knows yet how many images it has.
    private const int UnknownCount = 10_000;

    /// <summary>Training images that the phases which the run does itself take at most.</summary>
    public static double WorkOf(RunPlan plan)
    {
        double count = plan.Data.TrainCount ?? UnknownCount;
        double first = plan.SharedStart is null && plan.Options.RandomLabels is { } labels ? (double)labels.Epochs * labels.Replicas : 0;
        return count * (first + (plan.Options.Training?.Epochs ?? 0));
    }

    /// <summary>What a run is, in a line.</summary>
    public static string TitleOf(RunPlan plan) => string.Join(' ',
        new[] { Path.GetFileName(Path.TrimEndingDirectorySeparator(plan.Data.Name)), plan.Options.Architecture, plan.Start, plan.IsStart ? "start" : plan.Request.Regularizers.ToName(), $"seed {plan.Request.Seed}" });
}

/// <summary>The 2-D figure.</summary>
internal sealed record BoundaryJob(string Folder, int Seed) : SweepJob(Folder, $"2-D figure seed {Seed}", 300_000);

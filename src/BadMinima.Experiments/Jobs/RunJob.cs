using System.Collections.Immutable;
using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>A cell, or an adversarial start.</summary>
internal sealed record RunJob(string Folder, RunPlan Plan, string? Recipe = null) : SweepJob(Folder, TitleOf(Plan, Recipe), WorkOf(Plan))
{
    /// <summary>Images of a folder of the user's, of which nobody knows yet how many it has.</summary>
    public const int UnknownCount = 10_000;

    // Reading the set into torch, evaluating through ML.NET, writing: what a run of no epochs takes.
    private const double SecondsOfRun = 0.15;

    private static readonly TimeSpan CheckpointEvery = new CheckpointOptions("").Every;

    public override string Kind => Plan.IsStart ? "start" : "cell";

    public override string? RecipeName => Recipe;

    public override JsonObject Settings => Plan.Settings;

    public override RunData Data => Plan.Data;

    public override bool TakesLanes => Architectures.Get(Plan.Options.Architecture).Takes != InputKinds.Sequences
        && ((Phase?[])[Plan.Options.RandomLabels, Plan.Options.Training])
            .All(p => p is null or { Dropout: 0, TimeLimit: null, Averaging: null });

    public override IEnumerable<(Workload Work, RunPlan Plan, Phase Phase)> Phases
        => Workload.PhasesOf(Plan).Select(phase => (Workload.Of(Plan, phase), Plan, phase));

    public override string Group
    {
        get
        {
            JsonObject settings = Plan.Settings;
            settings.Remove("seed");
            return $"{settings.ToJsonString()} {Recipe}";
        }
    }

    /// <summary>Training images that the phases which the run does itself take at most.</summary>
    public static double WorkOf(RunPlan plan)
    {
        double first = plan.SharedStart is null && plan.Options.RandomLabels is { } labels
            ? (double)labels.Epochs * labels.Replicas * plan.OwnStarts : 0;
        return (plan.Data.TrainCount ?? UnknownCount) * (first + (plan.Options.Training?.Epochs ?? 0));
    }

    /// <summary>What a run is, in a line.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="recipe">How the sweep file calls its recipe; null where it does not.</param>
    public static string TitleOf(RunPlan plan, string? recipe = null) => string.Join(' ', (string[])
    [
        ShortName(plan), plan.Options.Architecture, plan.Start, plan.IsStart ? "start" : recipe ?? plan.Request.Regularizers.ToName(),
        $"seed {plan.Request.Seed}",
    ]);

    public override JobCost Cost(ImmutableDictionary<Workload, Speed> speeds)
    {
        double train = Plan.Data.TrainCount ?? UnknownCount, test = Plan.Data.TestCount ?? UnknownCount, seconds = SecondsOfRun;
        Speed last = new(0, 0);
        foreach ((Workload work, _, Phase phase) in Phases)
        {
            last = speeds[work];
            double examples = train * ((phase as RandomLabelPhase)?.Replicas ?? 1);
            int times = phase is RandomLabelPhase ? Plan.OwnStarts : 1;
            double measurements = Math.Ceiling((double)phase.Epochs / phase.MeasureEvery);
            double step = last.Training * phase.Escapes.GradientsPerStep(phase.BatchSize);
            double whole = (phase.Epochs * examples * step) + (measurements * (examples + test) * last.Measuring);
            seconds += times * Math.Min(whole, phase.TimeLimit?.TotalSeconds ?? double.PositiveInfinity);
        }

        // The evaluation at the end, of both sets.
        return new(Work, seconds + ((train + test) * last.Measuring));
    }

    public override string[] Describe(IReadOnlyList<SweepJob> all)
    {
        RunRequest[] others = [.. all.OfType<RunJob>().Select(job => job.Plan.Request)];
        string recipe = Plan.IsStart ? "(the start itself)"
            : Recipe ?? $"{Plan.Request.Regularizers.ToName()}{Varying(Plan.Request.TypedTraining, others.Select(r => r.TypedTraining))}";
        return [ShortName(Plan), Plan.Options.Architecture,
            $"{Plan.Start}{Varying(Plan.Request.TypedRandomLabels, others.Select(r => r.TypedRandomLabels))}", recipe];
    }

    public override string Complete(JobContext context)
    {
        context.Folder.RequireSame(Plan);
        RunPlan plan = Plan with
        {
            Request = Plan.Request with { Threads = context.Threads },
            Options = Plan.Options with { Threads = context.Threads, Lane = context.Lane },
        };
        RunResult result = new Runner(plan, context.Folder, CheckpointEvery, new RunJobProgress(Plan, context), context.Load)
            .Run(context.Cancellation);
        return Plan.IsStart
            ? $"{result.RandomLabels!.Accuracy:P1} of the random labels in {result.RandomLabels.Epochs} epochs, {result.Seconds:N1} s"
            : $"test {result.Test.Accuracy:P2}, train {result.Train.Accuracy:P2}, {result.Training!.Epochs} epochs, {result.Seconds:N1} s";
    }

    private static string ShortName(RunPlan plan) => Path.GetFileName(Path.TrimEndingDirectorySeparator(plan.Data.Name));

    /// <summary>The settings that are not the same in all cells that have them.</summary>
    private static string Varying(ImmutableDictionary<string, string> settings, IEnumerable<ImmutableDictionary<string, string>> others)
        => string.Concat(settings.Where(s => others.Any(o => o.TryGetValue(s.Key, out string? other) && other != s.Value))
            .OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $" {s.Key} {s.Value}"));
}

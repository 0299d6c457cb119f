using System.Collections.Immutable;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>What the time of a training image depends on, so that one measurement serves for many runs.</summary>
/// <param name="Architecture">The network.</param>
/// <param name="Shape">The images' shape.</param>
/// <param name="BatchSize">Images a step.</param>
/// <param name="Augmented">Whether images are augmented.</param>
/// <param name="Precision">In which numbers.</param>
/// <param name="Device">Where; null: automatic.</param>
internal sealed record Workload(string Architecture, ImageShape Shape, int BatchSize, bool Augmented, Precision Precision, string? Device)
{
    public static Workload Of(RunPlan plan, Phase phase)
        => new(
            plan.Options.Architecture, plan.Data.Shape, phase.BatchSize, phase.Augmentation != Augmentation.None || phase.Mixup > 0,
            plan.Options.Precision, plan.Options.Device);

    /// <summary>Those of some jobs, each once, in their order, with a phase that is one.</summary>
    public static ImmutableArray<(Workload Work, RunPlan Plan, Phase Phase)> All(IEnumerable<SweepJob> jobs)
        => [.. jobs.SelectMany(job => job.Phases).DistinctBy(w => w.Work)];

    /// <summary>The phases that a run does itself.</summary>
    public static IEnumerable<Phase> PhasesOf(RunPlan plan)
    {
        if (plan.SharedStart is null && plan.Options.RandomLabels is { } labels)
        {
            yield return labels;
        }

        if (plan.Options.Training is { } training)
        {
            yield return training;
        }
    }
}

/// <summary>How long an image takes here and now, in seconds.</summary>
/// <param name="Training">A training step's share.</param>
/// <param name="Measuring">Classifying it.</param>
internal sealed record Speed(double Training, double Measuring);

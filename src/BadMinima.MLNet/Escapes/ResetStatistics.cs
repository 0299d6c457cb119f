using BadMinima.MLNet;

[assembly: Escape<ResetStatistics>(
    "reset-statistics", "before the first step BatchNorm's running statistics begin anew",
    Source = "control of this project: the paper's code carries them into the second phase")]

namespace BadMinima.MLNet;

/// <summary>
/// BatchNorm's running means and variances, once, before the phase's first step, as in a freshly initialized network (0 and 1); the weights
/// stay. A control: the paper's code carries the statistics of the corrupted images into the second phase, and this shows what that is
/// worth. A network without BatchNorm, in which nothing would happen, is refused. Costs nothing in a step.
/// </summary>
public sealed record ResetStatistics : Escape, IStepPartFactory
{
    /// <inheritdoc/>
    protected internal override void Validate(string path, TrainingSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        OptionException.Check(
            subject.HasRunningStatistics, path, "reset-statistics",
            $"a network with BatchNorm: '{subject.Architecture}' has none, and so no statistics that could begin anew");
    }

    StepPart IStepPartFactory.Create(StepPartContext context) => new Part(context);

    private sealed class Part(StepPartContext context) : StepPart
    {
        public override void BeforePhase(Weights weights)
        {
            using WeightsCopy own = weights.Copy();
            using WeightsCopy fresh = context.Fresh();
            own.TakeBuffers(fresh, weights.RunningStatistics.Contains);
            weights.Load(own);
        }
    }
}

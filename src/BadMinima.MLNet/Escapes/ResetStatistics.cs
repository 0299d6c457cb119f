using BadMinima.MLNet;

[assembly: Escape<ResetStatistics>(
    "reset-statistics", "before the first step BatchNorm's running statistics begin anew",
    Source = "control of this project: the paper's code carries them into the second phase")]

namespace BadMinima.MLNet;

/// <summary>
/// BatchNorm's running means and variances, once, before the phase's first step, as in a freshly initialized network (0 and 1); the weights
/// stay. A control: the paper's code carries the statistics of the corrupted images into the second phase, and this shows what that is
/// worth. In a network without BatchNorm nothing happens. Costs nothing in a step.
/// </summary>
public sealed record ResetStatistics : Escape, IStepPartFactory
{
    StepPart IStepPartFactory.Create(StepPartContext context) => new Part(context);

    private sealed class Part(StepPartContext context) : StepPart
    {
        public override void BeforePhase(Weights weights)
        {
            using WeightsCopy fresh = context.Fresh();
            fresh.Values.copy_(weights.Values);
            weights.Load(fresh);
        }
    }
}

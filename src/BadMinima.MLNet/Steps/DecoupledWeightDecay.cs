using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Steps;

/// <summary>w *= 1 - lr wd, before the step and past the momentum: see <see cref="Phase.DecoupledWeightDecay"/>.</summary>
internal sealed class DecoupledWeightDecay(double decay) : StepPart
{
    public static StepPart? Of(StepPartContext context)
        => context.Phase is { WeightDecay: > 0, DecoupledWeightDecay: true } ? new DecoupledWeightDecay(context.Phase.WeightDecay) : null;

    public override Tensor Direction(Tensor gradient, Weights weights, StepMoment at)
    {
        using Scalar kept = 1 - at.LearningRate * decay;
        weights.Values.mul_(kept);
        return gradient;
    }
}

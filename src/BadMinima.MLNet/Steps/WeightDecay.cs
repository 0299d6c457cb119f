using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Steps;

/// <summary>g += wd w: see <see cref="Phase.WeightDecay"/>.</summary>
internal sealed class WeightDecay(double decay) : StepPart
{
    private readonly Scalar _decay = decay;

    public static StepPart? Of(StepPartContext context)
        => context.Phase is { WeightDecay: > 0, DecoupledWeightDecay: false } ? new WeightDecay(context.Phase.WeightDecay) : null;

    public override Tensor Direction(Tensor gradient, Weights weights, StepMoment at) => gradient.add_(weights.Values, alpha: _decay);

    protected override void Dispose(bool disposing)
    {
        _decay.Dispose();
        base.Dispose(disposing);
    }
}

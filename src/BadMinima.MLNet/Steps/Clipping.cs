using BadMinima.MLNet.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Steps;

/// <summary>
/// g *= min(1, largest / (|g| + 1e-6)), |g| over all parameters together: see <see cref="Phase.GradientClipping"/>. Nothing here waits for
/// the device.
/// </summary>
internal sealed class Clipping(double largest) : StepPart
{
    // PyTorch's, so that a gradient of 0 does not divide by 0.
    private readonly Scalar _epsilon = 1e-6;
    private readonly Scalar _largest = largest;

    public static StepPart? Of(StepPartContext context) => context.Phase.GradientClipping is { } largest ? new Clipping(largest) : null;

    public override Tensor Direction(Tensor gradient, Weights weights, StepMoment at)
        => gradient.mul_(gradient.norm().add_(_epsilon, HeldScalar.One).reciprocal_().mul_(_largest).clamp_(max: HeldScalar.One));

    protected override void Dispose(bool disposing)
    {
        _epsilon.Dispose();
        _largest.Dispose();
        base.Dispose(disposing);
    }
}

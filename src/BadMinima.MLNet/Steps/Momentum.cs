using BadMinima.MLNet.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Steps;

/// <summary>
/// v = mu v + g, and the step goes along v or, with Nesterov's, along g + mu v: see <see cref="Phase.Momentum"/>. It begins at v = 0 and
/// keeps v from step to step,
/// whatever the rate does in between.
/// </summary>
internal sealed class Momentum : StepPart
{
    private readonly Scalar _momentum;
    private readonly bool _nesterov;
    private readonly Tensor _velocity;

    private Momentum(Phase phase, Tensor values)
    {
        using var mode = no_grad();
        (_momentum, _nesterov, _velocity) = (phase.Momentum, phase.Nesterov, zeros_like(values).DetachFromDisposeScope());
    }

    public static StepPart? Of(StepPartContext context)
        => context.Phase.Momentum > 0 ? new Momentum(context.Phase, context.Weights.Values) : null;

    public override IEnumerable<(string Name, Tensor Value)> State => [("velocity", _velocity)];

    public override Tensor Direction(Tensor gradient, Weights weights, StepMoment at)
    {
        _velocity.mul_(_momentum).add_(gradient, HeldScalar.One);
        return _nesterov ? gradient.add_(_velocity, alpha: _momentum) : _velocity;
    }

    protected override void Dispose(bool disposing)
    {
        _momentum.Dispose();
        base.Dispose(disposing);
    }
}

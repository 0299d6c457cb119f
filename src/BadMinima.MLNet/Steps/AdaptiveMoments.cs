using BadMinima.MLNet.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Steps;

/// <summary>The direction of <see cref="Adam"/>, whose formula is there.</summary>
internal sealed class AdaptiveMoments : StepPart
{
    private readonly Adam _adam;
    private readonly Scalar _beta1;
    private readonly Scalar _beta2;
    private readonly Scalar _rest1;
    private readonly Scalar _rest2;
    private readonly Scalar _epsilon;
    private readonly Tensor _mean;
    private readonly Tensor _square;

    private AdaptiveMoments(Adam adam, Tensor values)
    {
        using var mode = no_grad();
        (_adam, _beta1, _beta2) = (adam, adam.Beta1, adam.Beta2);
        (_rest1, _rest2, _epsilon) = (1 - adam.Beta1, 1 - adam.Beta2, adam.Epsilon);
        (_mean, _square) = (zeros_like(values).DetachFromDisposeScope(), zeros_like(values).DetachFromDisposeScope());
    }

    public static StepPart? Of(StepPartContext context)
        => context.Phase.Adam is { } adam ? new AdaptiveMoments(adam, context.Weights.Values) : null;

    public override IEnumerable<(string Name, Tensor Value)> State => [("mean", _mean), ("square", _square)];

    public override Tensor Direction(Tensor gradient, Weights weights, StepMoment at)
    {
        double steps = at.StepsBefore + 1;
        using Scalar left = 1 - Math.Pow(_adam.Beta1, steps);
        using Scalar leftOfRoot = Math.Sqrt(1 - Math.Pow(_adam.Beta2, steps));
        _mean.mul_(_beta1).add_(gradient, alpha: _rest1);
        _square.mul_(_beta2).addcmul_(gradient, gradient, _rest2);
        Tensor root = _square.sqrt().div_(leftOfRoot).add_(_epsilon, HeldScalar.One);
        return _mean.div(root).div_(left);
    }

    protected override void Dispose(bool disposing)
    {
        foreach (Scalar scalar in (Scalar[])[_beta1, _beta2, _rest1, _rest2, _epsilon])
        {
            scalar.Dispose();
        }

        base.Dispose(disposing);
    }
}

using BadMinima.MLNet.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Steps;

/// <summary>
/// Stochastic gradient descent with what a <see cref="Phase"/> can ask for, on all parameters as one vector w. One step, with the gradient g of the loss:
/// <code>
/// g *= min(1, clip / (|g| + 1e-6))             GradientClipping, |g| over all parameters together
/// g += wd w,  or  w *= 1 - lr wd               WeightDecay, coupled or decoupled
/// v  = mu v + g                                Momentum
/// w -= lr v,  or  w -= lr (g + mu v)           classic or Nesterov
/// </code>
/// It begins at v = 0 and keeps v from step to step, whatever the rate does in between.
/// </summary>
internal sealed class Sgd : IDisposable
{
    // PyTorch's, so that a gradient of 0 does not divide by 0.
    private const double ClippingEpsilon = 1e-6;

    private readonly Tensor _weights;
    private readonly Phase _phase;

    /// <param name="weights">What is trained, [n]; it stays the caller's.</param>
    /// <param name="phase">Momentum, weight decay and clipping; the rate comes with each step.</param>
    /// <param name="velocity">v to go on from, [n], copied; default 0.</param>
    public Sgd(Tensor weights, Phase phase, Tensor? velocity = null)
    {
        (_weights, _phase) = (weights, phase);
        if (phase.Momentum > 0)
        {
            using var mode = no_grad();
            Velocity = zeros_like(weights).DetachFromDisposeScope();
            if (velocity is not null)
            {
                Velocity.copy_(velocity);
            }
        }
    }

    /// <summary>v, [n]; null without momentum.</summary>
    public Tensor? Velocity { get; }

    /// <summary>Takes one step. Nothing here waits for the device.</summary>
    /// <param name="gradient">The gradient, [n]; it is used up.</param>
    /// <param name="learningRate">This step's rate.</param>
    public void Step(Tensor gradient, double learningRate)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();

        // Held until the step is done; see HeldScalar.
        using Scalar step = -learningRate;
        using Scalar decay = _phase.WeightDecay;
        using Scalar kept = 1 - learningRate * _phase.WeightDecay;
        using Scalar momentum = _phase.Momentum;
        if (_phase.GradientClipping is { } largest)
        {
            using Scalar epsilon = ClippingEpsilon;
            using Scalar norm = largest;
            gradient.mul_(gradient.norm().add_(epsilon, HeldScalar.One).reciprocal_().mul_(norm).clamp_(max: HeldScalar.One));
        }

        if (_phase.WeightDecay > 0 && !_phase.DecoupledWeightDecay)
        {
            gradient.add_(_weights, alpha: decay);
        }

        Tensor direction = gradient;
        if (Velocity is not null)
        {
            Velocity.mul_(momentum).add_(gradient, HeldScalar.One);
            direction = _phase.Nesterov ? gradient.add_(Velocity, alpha: momentum) : Velocity;
        }

        if (_phase.WeightDecay > 0 && _phase.DecoupledWeightDecay)
        {
            _weights.mul_(kept);
        }

        _weights.add_(direction, alpha: step);
    }

    public void Dispose() => Velocity?.Dispose();
}

using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>
/// Stochastic gradient descent with what a <see cref="Phase"/> can ask for. One step, with the gradient g of the loss:
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

    private readonly Parameter[] _parameters;
    private readonly Tensor[] _velocity;
    private readonly Phase _phase;

    /// <param name="parameters">What is trained. Gradients that they have from before are forgotten.</param>
    /// <param name="phase">Momentum, weight decay and clipping; the rate comes with each step.</param>
    public Sgd(IEnumerable<Parameter> parameters, Phase phase)
    {
        _phase = phase;
        _parameters = [.. parameters];
        using var mode = no_grad();
        _velocity = phase.Momentum > 0 ? [.. _parameters.Select(p => zeros_like(p).DetachFromDisposeScope())] : [];
        ForgetGradients();
    }

    /// <summary>Takes one step along the gradients that backward has left at the parameters, and forgets them. Nothing here waits for the device.</summary>
    /// <param name="learningRate">This step's rate.</param>
    public void Step(double learningRate)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        Tensor?[] gradients = [.. _parameters.Select(p => p.grad)];
        if (_phase.GradientClipping is { } largest)
        {
            Clip(gradients, largest);
        }

        for (int i = 0; i < gradients.Length; i++)
        {
            // A parameter that the loss does not depend on has none, and stays as it is.
            if (gradients[i] is { } gradient)
            {
                Update(i, gradient, learningRate);
            }
        }

        ForgetGradients();
    }

    public void Dispose()
    {
        foreach (Tensor velocity in _velocity)
        {
            velocity.Dispose();
        }
    }

    private void Update(int i, Tensor gradient, double learningRate)
    {
        Tensor weight = _parameters[i];
        if (_phase.WeightDecay > 0 && !_phase.DecoupledWeightDecay)
        {
            gradient.add_(weight, alpha: _phase.WeightDecay);
        }

        Tensor direction = gradient;
        if (_phase.Momentum > 0)
        {
            _velocity[i].mul_(_phase.Momentum).add_(gradient);
            direction = _phase.Nesterov ? gradient.add_(_velocity[i], alpha: _phase.Momentum) : _velocity[i];
        }

        if (_phase.WeightDecay > 0 && _phase.DecoupledWeightDecay)
        {
            weight.mul_(1 - learningRate * _phase.WeightDecay);
        }

        weight.add_(direction, alpha: -learningRate);
    }

    private static void Clip(Tensor?[] gradients, double largest)
    {
        Tensor[] there = [.. gradients.OfType<Tensor>()];
        if (there.Length > 0)
        {
            Tensor norm = stack(there.Select(g => g.norm())).norm();
            Tensor factor = norm.add_(ClippingEpsilon).reciprocal_().mul_(largest).clamp_(max: 1);
            foreach (Tensor gradient in there)
            {
                gradient.mul_(factor);
            }
        }
    }

    private void ForgetGradients()
    {
        foreach (Parameter parameter in _parameters)
        {
            parameter.grad = null;
        }
    }
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Escapes;

/// <summary>
/// A part of the step with parameters of its own beside the network's, which it brings into the loss by <see cref="Gradient"/>: they are
/// trained by plain gradient descent at the phase's rate, whatever momentum and decay the network has.
/// </summary>
internal abstract class OwnParameters : StepPart
{
    private readonly List<(string Name, Parameter Value)> _own = [];

    public sealed override IEnumerable<(string Name, Tensor Value)> State => _own.Select(own => (own.Name, (Tensor)own.Value));

    public sealed override StepGradient Gradient(Func<Batch, StepGradient> inner, Batch batch, Weights weights, StepMoment at)
    {
        Clear();
        return inner(Extended(batch));
    }

    public sealed override void AfterStep(Weights weights, StepMoment at)
    {
        using var mode = no_grad();
        using Scalar rate = -at.LearningRate;
        foreach ((_, Parameter own) in _own)
        {
            if (own.grad is { } gradient)
            {
                own.add_(gradient, alpha: rate);
            }
        }

        Clear();
    }

    /// <summary>The batch with them in its logits or its objective.</summary>
    protected abstract Batch Extended(Batch batch);

    /// <summary>A parameter that begins at a value.</summary>
    protected Parameter Own(string name, Tensor start)
    {
        var parameter = new Parameter(start);
        parameter.DetachFromDisposeScope();
        _own.Add((name, parameter));
        return parameter;
    }

    private void Clear()
    {
        foreach ((_, Parameter own) in _own)
        {
            own.grad = null;
        }
    }
}

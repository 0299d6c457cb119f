using BadMinima.MLNet.Models;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>One of the trainings of <see cref="Lanes.Run"/>, for its <see cref="TwoPhaseTrainer.Options.Lane"/>.</summary>
public sealed class Lane
{
    private readonly Lanes _all;

    // What has given it the logits whose gradient is not asked for yet.
    private JointNetwork? _joint;

    internal Lane(Lanes all, int number) => (_all, Number) = (all, number);

    /// <summary>Its place among those that run at once.</summary>
    internal int Number { get; }

    /// <summary>From now on the weights' gradients come from joint passes, until the result is disposed.</summary>
    internal IDisposable Attach(Weights weights)
    {
        weights.Lane = this;
        return new Attached(() =>
        {
            weights.Lane = null;
            _all.Release(weights);
        });
    }

    /// <summary>Its logits come from a joint network.</summary>
    internal void From(JointNetwork joint) => _joint = joint;

    /// <summary>Logits [B, classes] that ask for a gradient; null: nobody else is there to share a pass with.</summary>
    internal Tensor? Forward(Weights weights, Tensor input) => _all.Ask(this, weights, input, null)?.requires_grad_();

    /// <summary>The gradient, [n], by the one of those logits; null for a loss that does not depend on them.</summary>
    internal Tensor Backward(Weights weights, Tensor? ofLogits)
    {
        (JointNetwork? joint, _joint) = (_joint, null);
        return _all.Ask(this, weights, ofLogits, joint)!;
    }

    private sealed class Attached(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}

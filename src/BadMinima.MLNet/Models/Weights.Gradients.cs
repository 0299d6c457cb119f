using BadMinima.MLNet.Models;
using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

// Derivatives by the weights, as one vector.
public sealed partial class Weights
{
    private readonly LinearStack? _stack;

    /// <summary>The gradient of a loss at the weights as they are.</summary>
    /// <param name="evaluate">Asks the network once, for a loss, a scalar, and something else; it may make others of the logits it gets,
    /// not in place.</param>
    /// <param name="callsLayers">
    /// Whether the network's layers have to be called, since hooks hang on them; else the same may be computed faster.
    /// </param>
    internal (Tensor Vector, Tensor Loss, Tensor Right) Gradient(
        Func<Func<Tensor, Tensor>, (Tensor Loss, Tensor Right)> evaluate, bool callsLayers)
    {
        (Tensor[]? outputs, Tensor? logits) = (null, null);
        (Tensor loss, Tensor right) = evaluate(callsLayers ? Forward : Ahead);
        loss.backward();
        Tensor? vector = outputs is not null && logits!.grad is { } ofLogits ? GradientOfStack(outputs, ofLogits)
            : outputs is null && logits is not null ? Lane!.Backward(this, logits.grad)
            : null;
        return (vector is null ? TakeGradient() : WithWhatIsLeft(vector), loss.detach(), right);

        // Logits from which the loss goes back no further: what is behind them is asked for afterwards.
        Tensor Ahead(Tensor input)
        {
            if (Lane?.Forward(this, input) is { } ofLane)
            {
                return logits = ofLane;
            }

            if (_stack is null)
            {
                return Forward(input);
            }

            outputs = _stack.Forward(input);
            return logits = outputs[^1].detach().requires_grad_();
        }
    }

    /// <summary>The same of a stack: written to the vector at once, where torch's own are gathered afterwards.</summary>
    private Tensor GradientOfStack(Tensor[] outputs, Tensor ofLogits)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor vector = empty_like(Values);
        _stack!.Backward(outputs, ofLogits, parameter =>
        {
            int i = Array.FindIndex(_slots, slot => slot.Parameter.Handle == parameter.Handle);
            return i < 0 ? null : vector.narrow(0, Places[i].Offset, Places[i].Count).view(parameter.shape);
        });

        return vector.MoveToOuterDisposeScope();
    }

    /// <summary>Adds what the loss has to do with the weights besides, which backward has left at them, and forgets it there.</summary>
    private Tensor WithWhatIsLeft(Tensor vector)
    {
        using var mode = no_grad();
        foreach ((Slot slot, WeightsPlace place) in _slots.Zip(Places).Where(s => s.First.Parameter.grad is not null))
        {
            using var scope = NewDisposeScope();
            Tensor left = Layouts.Flatten(slot.Parameter.grad!, _classifier.Form.Layout).to(ScalarType.Float32);
            vector.narrow(0, place.Offset, place.Count).add_(left, HeldScalar.One);
        }

        ForgetGradients();
        return vector;
    }

    /// <summary>
    /// The gradients that backward has left, [n], Single, in the order of <see cref="Values"/>. They are forgotten at the parameters. What
    /// the loss does not depend on has 0.
    /// </summary>
    internal Tensor TakeGradient()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor[] parts = [.. _slots.Select(s => Layouts.Flatten(s.Parameter.grad ?? zeros_like(s.Parameter), _classifier.Form.Layout))];
        ForgetGradients();

        // The bfloat16 ones are widened together, not one by one as cat would do.
        int wide = Array.FindIndex(parts, p => p.dtype == ScalarType.Float32);
        Tensor gradient = wide == 0 ? cat(parts)
            : wide < 0 ? cat(parts).to(ScalarType.Float32)
            : cat([cat(parts[..wide]).to(ScalarType.Float32), .. parts[wide..]]);
        return gradient.MoveToOuterDisposeScope();
    }

    /// <summary>The Hessian of a loss times a vector, [n], Single, both in the order of <see cref="Values"/>.</summary>
    /// <param name="loss">A scalar that the network's parameters are behind.</param>
    /// <param name="vector">[n].</param>
    internal Tensor HessianProduct(Tensor loss, Tensor vector)
    {
        using var scope = NewDisposeScope();
        Tensor[] parameters = [.. _slots.Select(s => (Tensor)s.Parameter)];
        IList<Tensor> gradient = autograd.grad([loss], parameters, retain_graph: true, create_graph: true, allow_unused: true);
        Tensor? product = null;
        foreach (((Tensor own, Slot slot), WeightsPlace place) in gradient.Zip(_slots).Zip(Places))
        {
            if (own is { IsInvalid: false, requires_grad: true })
            {
                Tensor along = Layouts.Unflatten(
                    vector.narrow(0, place.Offset, place.Count), slot.Parameter.shape, _classifier.Form.Layout);
                Tensor sum = own.mul(along).sum();
                product = product is null ? sum : product.add(sum, HeldScalar.One);
            }
        }

        if (product is null)
        {
            return zeros_like(Values).MoveToOuterDisposeScope();
        }

        IList<Tensor> second = autograd.grad([product], parameters, allow_unused: true);
        using var mode = no_grad();
        return cat([.. second.Zip(_slots, (t, slot) => Layouts.Flatten(
            t is { IsInvalid: false } ? t : zeros_like(slot.Parameter), _classifier.Form.Layout))]).MoveToOuterDisposeScope();
    }

    /// <summary>Forgets what backward has left.</summary>
    internal void ForgetGradients()
    {
        foreach (Slot slot in _slots)
        {
            slot.Parameter.grad = null;
        }
    }
}

using BadMinima.MLNet.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Models;

/// <summary>
/// A network of linear layers with ReLU between them, whose forward and backward pass are written out, so that its products may come from
/// <see cref="OneDnn"/>, which torch cannot differentiate: h = max(0, x w' + b); dw = g' x, db = the sum of g over the batch, dx = g w
/// where h was above 0.
/// </summary>
internal sealed class LinearStack
{
    private readonly Linear[] _layers;
    private readonly Func<Linear, bool> _isLarge;

    private LinearStack(Linear[] layers, Func<Linear, bool> isLarge) => (_layers, _isLarge) = (layers, isLarge);

    /// <summary>
    /// A network as a stack in 32 bits on the CPU, where that is faster; null: it is none. Hooks of its layers are not asked, and dropout
    /// is taken to be off.
    /// </summary>
    public static LinearStack? Of(nn.Module<Tensor, Tensor> network)
        => OneDnn.IsPreferred ? Of(network, layer => OneDnn.Prefers(layer.out_features, layer.in_features)) : null;

    /// <param name="network">The network.</param>
    /// <param name="isLarge">Whether a layer's products are to come from <see cref="OneDnn"/>.</param>
    internal static LinearStack? Of(nn.Module<Tensor, Tensor> network, Func<Linear, bool> isLarge)
    {
        if (network is not Sequence sequence)
        {
            return null;
        }

        nn.Module[] parts = [.. sequence.Children.Select(c => c.Layer)];
        Linear[] layers = [.. parts.OfType<Linear>()];
        nn.Module[] active = [.. parts.Where(p => p is not (Flatten or Dropout))];
        bool isStack = parts is [Flatten, ..]
            && active.Length == 2 * layers.Length - 1
            && active.Index().All(p => p.Index % 2 == 0 ? p.Item is Linear : p.Item is InPlaceRelu)
            && layers.Any(isLarge)
            && layers.All(l => l.bias is not null && l.weight.device_type == DeviceType.CPU && l.weight.dtype == ScalarType.Float32);
        return isStack ? new(layers, isLarge) : null;
    }

    /// <summary>Logits [B, classes].</summary>
    /// <param name="input">[B, ...], normalized.</param>
    public Tensor Logits(Tensor input)
    {
        Tensor current = input.flatten(1);
        for (int i = 0; i < _layers.Length; i++)
        {
            Tensor previous = current;
            current = Output(i, previous);
            previous.Dispose();
        }

        return current;
    }

    /// <summary>All layers' outputs, logits last, after the flattened input. No gradient is recorded.</summary>
    /// <param name="input">[B, ...], normalized.</param>
    public Tensor[] Forward(Tensor input)
    {
        using var mode = no_grad();
        Tensor[] outputs = new Tensor[_layers.Length + 1];
        outputs[0] = input.flatten(1);
        for (int i = 0; i < _layers.Length; i++)
        {
            outputs[i + 1] = Output(i, outputs[i]);
        }

        return outputs;
    }

    /// <summary>Writes the parameters' gradients to where they are wanted.</summary>
    /// <param name="outputs">What <see cref="Forward"/> gave.</param>
    /// <param name="ofLogits">The gradient by the logits, [B, classes].</param>
    /// <param name="place">Where a parameter's gradient goes, of its sizes; what is there is overwritten. Null: it is not trained.</param>
    public void Backward(Tensor[] outputs, Tensor ofLogits, Func<Parameter, Tensor?> place)
    {
        using var mode = no_grad();
        Tensor gradient = ofLogits;
        for (int i = _layers.Length - 1; i >= 0; i--)
        {
            Linear layer = _layers[i];
            bool large = _isLarge(layer);
            if (place(layer.weight!) is { } ofWeight)
            {
                // MKL's product goes straight to its place; oneDNN's has to be copied there.
                Tensor across = gradient.t();
                if (large && OneDnn.IsWide)
                {
                    ofWeight.copy_(OneDnn.Linear(across, outputs[i].t()));
                }
                else
                {
                    ofWeight.addmm_(across, outputs[i], beta: 0, alpha: 1);
                }
            }

            place(layer.bias!)?.copy_(gradient.sum([0L]));

            if (i > 0)
            {
                Tensor before = large ? OneDnn.Linear(gradient, layer.weight!.t()) : gradient.mm(layer.weight!);
                gradient = before.masked_fill_(outputs[i].le(HeldScalar.Zero), HeldScalar.Zero);
            }
        }
    }

    private Tensor Output(int index, Tensor input)
    {
        Linear layer = _layers[index];
        bool relu = index + 1 < _layers.Length;
        Tensor output = _isLarge(layer) ? OneDnn.Linear(input, layer.weight!, layer.bias)
            : nn.functional.linear(input, layer.weight!, layer.bias);
        return relu ? output.relu_() : output;
    }
}

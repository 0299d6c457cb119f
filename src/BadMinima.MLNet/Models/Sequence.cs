using BadMinima.MLNet.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>Layers one after the other. Unlike TorchSharp's Sequential it can fold BatchNorm into the convolution before it.</summary>
/// <param name="layers">The layers, with their names in the state dictionary.</param>
internal sealed class Sequence(IEnumerable<(string Name, Module<Tensor, Tensor> Layer)> layers) : Composition(nameof(Sequence), layers)
{
    public override Tensor forward(Tensor input)
    {
        // Each layer's output goes as soon as the next one has it: where no gradient is asked for, two layers' outputs are alive at a time.
        Tensor output = input;
        foreach ((_, Module<Tensor, Tensor> layer) in Children)
        {
            Tensor previous = output;
            output = layer.call(previous);
            if (!ReferenceEquals(previous, input) && !ReferenceEquals(previous, output))
            {
                previous.Dispose();
            }
        }

        return output;
    }

    /// <summary>
    /// Makes a network fit for inference only: wherever BatchNorm follows a convolution, the convolution takes over its scale and shift,
    /// w' = w gamma / sqrt(variance + epsilon), b' = (b - mean) gamma / sqrt(variance + epsilon) + beta, and the BatchNorm is left out.
    /// </summary>
    /// <param name="network">The network: its weights change, and its state dictionary is no longer that of its architecture.</param>
    public static void FoldNorms(Module network)
    {
        using var mode = no_grad();
        foreach (Sequence sequence in network.Walk().Select(m => m.Module).OfType<Sequence>())
        {
            sequence.FoldOwn();
        }
    }

    private void FoldOwn()
    {
        for (int i = 1; i < Children.Count; i++)
        {
            if (Children[i - 1].Layer is Conv2d convolution && Children[i].Layer is BatchNormalization norm)
            {
                using var scope = NewDisposeScope();
                using TorchSharp.Scalar epsilon = norm.Epsilon;
                Tensor scale = norm.Weight.div(norm.RunningVariance.add(epsilon, HeldScalar.One).sqrt());
                Tensor offset = convolution.bias is { } bias ? bias.subtract(norm.RunningMean) : norm.RunningMean.neg();
                Tensor shift = norm.Bias.addcmul(offset, scale, HeldScalar.One);
                convolution.weight.mul_(scale.view(-1, 1, 1, 1));
                convolution.bias = new Parameter(shift.DetachFromDisposeScope(), requires_grad: false);
                Children.RemoveAt(i--);
            }
        }
    }
}

using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Models;

/// <summary>
/// Counts what a network computes for one example, by running one through it: each convolution and linear layer says how large its output
/// was. The rule is that of the published tables and of PyTorch's own counter: convolutions and linear layers only, without their biases; a
/// multiply-add is two operations; taps on the padding count.
/// </summary>
internal static class FlopCounter
{
    private const int MultiplyAdd = 2;

    /// <summary>The floating-point operations of one forward pass of one example.</summary>
    /// <param name="name">The architecture's name, for errors.</param>
    /// <param name="network">A network made for this: it keeps the hooks, and a gradient where one was needed.</param>
    /// <param name="shape">The example's shape.</param>
    /// <exception cref="InvalidOperationException">A layer computes without being seen.</exception>
    public static long CountForward(string name, nn.Module<Tensor, Tensor> network, InputShape shape)
    {
        using var scope = NewDisposeScope();
        using var mode = enable_grad();
        network.eval();
        long flops = 0;
        Dictionary<nn.Module, (string Path, Parameter Weight)> unseen = [];
        foreach ((string path, nn.Module<Tensor, Tensor> layer, Parameter weight) in network.Products())
        {
            unseen.Add(layer, (path, weight));
            weight.requires_grad_(true);
            layer.register_forward_hook((_, input, output) =>
            {
                // Each number of the output is a sum of as many products as one unit has weights; in a transposed convolution, whose weight
                // is laid out [inputs, outputs, kernel], each number of the input goes into as many.
                flops += MultiplyAdd * (layer is ConvolutionTranspose ? input : output).numel() * (weight.numel() / weight.shape[0]);
                unseen.Remove(layer);
                return output;
            });
        }

        // What a network computes does not depend on the values.
        Tensor logits = network.call(zeros([1, .. shape.Dimensions]));

        // TorchSharp tells a hook of call only, not of forward: a network that calls the latter on its layers trains like any other, and
        // its count would be short in silence. Such a layer is told from one that inference leaves out by the gradient that it gets all the
        // same.
        if (unseen.Count > 0 && logits.requires_grad)
        {
            logits.sum().backward();
        }

        return unseen.Values.FirstOrDefault(layer => layer.Weight.grad is not null) is { Path: { } missed }
            ? throw new InvalidOperationException(
                $"Architecture '{name}' runs its layer '{missed}' past the count: it must run its layers by call(...) "
                + "rather than by forward(...), which TorchSharp's hooks do not see.")
            : flops;
    }
}

using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Models;

/// <summary>
/// Counts what a network computes for one image, by running one through it: each convolution and linear layer says how large its output was. The rule is that of the
/// published tables and of PyTorch's own counter: convolutions and linear layers only, without their biases; a multiply-add is two operations; taps on the padding count.
/// </summary>
internal static class FlopCounter
{
    private const int MultiplyAdd = 2;

    /// <summary>The floating-point operations of one forward pass of one image.</summary>
    /// <param name="name">The architecture's name, for errors.</param>
    /// <param name="network">A network made for this: it keeps the hooks, and a gradient where one was needed.</param>
    /// <param name="shape">The image's shape.</param>
    /// <exception cref="InvalidOperationException">A layer computes without being seen.</exception>
    public static long CountForward(string name, nn.Module<Tensor, Tensor> network, ImageShape shape)
    {
        using var scope = NewDisposeScope();
        using var mode = enable_grad();
        network.eval();
        long flops = 0;
        HashSet<nn.Module> unseen = [];
        foreach (nn.Module<Tensor, Tensor> layer in network.modules().Append(network).Where(m => m is Convolution or Linear))
        {
            if (unseen.Add(layer))
            {
                Weight(layer).requires_grad_(true);
                layer.register_forward_hook((_, input, output) =>
                {
                    flops += MultiplyAdd * MultiplyAdds(layer, input, output);
                    unseen.Remove(layer);
                    return output;
                });
            }
        }

        // What a network computes does not depend on the values.
        Tensor logits = network.call(zeros(1, shape.Channels, shape.Height, shape.Width));
        if (unseen.Count > 0)
        {
            CheckUnused(name, network, logits, unseen);
        }

        return flops;
    }

    /// <summary>
    /// Each number of the output is a sum of as many products as one unit has weights; in a transposed convolution, whose weight is laid out [inputs, outputs, kernel],
    /// each number of the input goes into as many.
    /// </summary>
    private static long MultiplyAdds(nn.Module layer, Tensor input, Tensor output)
    {
        Parameter weight = Weight(layer);
        return (layer is ConvolutionTranspose ? input : output).numel() * (weight.numel() / weight.shape[0]);
    }

    /// <summary>
    /// TorchSharp tells a hook of <c>call</c> only, not of <c>forward</c>: a network that calls the latter on its layers trains like any other, and its count would be short in
    /// silence. Such a layer is told from one that inference leaves out by the gradient that it gets all the same.
    /// </summary>
    private static void CheckUnused(string name, nn.Module network, Tensor logits, HashSet<nn.Module> unseen)
    {
        if (logits.requires_grad)
        {
            logits.sum().backward();
        }

        if (unseen.FirstOrDefault(layer => Weight(layer).grad is not null) is { } missed)
        {
            string path = network.named_modules().First(m => ReferenceEquals(m.module, missed)).name;
            throw new InvalidOperationException(
                $"Architecture '{name}' runs its layer '{path}' past the count: it must run its layers by call(...) rather than by forward(...), which TorchSharp's hooks do not see.");
        }
    }

    private static Parameter Weight(nn.Module layer) => layer is Linear linear ? linear.weight : ((Convolution)layer).weight;
}

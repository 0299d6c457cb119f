using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>
/// Three blocks of convolution 3x3, BatchNorm, ReLU and max-pool 2, and one linear layer: the network of the quick start, a matter of
/// seconds on a laptop. See <see cref="Layers.MaxPool"/> for the order of the last two.
/// </summary>
internal static class SmallCnn
{
    public static readonly Architecture Narrow = Of("cnn", 16);

    public static readonly Architecture Wide = Of("cnn-wide", 32);

    private static Architecture Of(string name, int width)
        => new(name, (layers, shape, classes) => Compose(layers, shape.Image, classes, width))
        {
            Description = $"convolutions {width}-{2 * width}-{4 * width} with BatchNorm, one linear layer",
            MinimumSize = 8,
        };

    private static Module<Tensor, Tensor> Compose(Layers layers, ImageShape shape, int classes, int width)
    {
        List<(string, Module<Tensor, Tensor>)> all = [];
        int channels = shape.Channels;
        foreach (int outputs in new[] { width, 2 * width, 4 * width })
        {
            all.Add(($"conv{outputs}", layers.Convolution(channels, outputs, 3, padding: 1)));
            all.Add(($"norm{outputs}", layers.Norm(outputs)));
            all.Add(($"pool{outputs}", layers.MaxPool(2)));
            all.Add(($"relu{outputs}", layers.Relu()));
            channels = outputs;
        }

        return layers.Sequence([
            .. all,
            ("flatten", layers.Flatten()),
            ("dropout", layers.Dropout()),
            ("linear", layers.Linear(channels * (shape.Height / 8) * (shape.Width / 8), classes)),
        ]);
    }
}

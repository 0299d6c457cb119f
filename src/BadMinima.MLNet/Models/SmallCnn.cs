using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet;

/// <summary>Three blocks of convolution 3x3, BatchNorm, ReLU and max-pool 2, and one linear layer: the network of the quick start, a matter of seconds on a laptop.</summary>
internal static class SmallCnn
{
    public static readonly Architecture Narrow = Of("cnn", 16);

    public static readonly Architecture Wide = Of("cnn-wide", 32);

    private static Architecture Of(string name, int width)
        => new(name, 8, $"convolutions {width}-{2 * width}-{4 * width} with BatchNorm, one linear layer", (shape, classes) => Create(shape, classes, width));

    private static Sequential Create(ImageShape shape, int classes, int width)
    {
        List<(string, Module<Tensor, Tensor>)> layers = [];
        int channels = shape.Channels;
        foreach (int outputs in new[] { width, 2 * width, 4 * width })
        {
            // No bias: BatchNorm takes it away again.
            layers.Add(($"conv{outputs}", Conv2d(channels, outputs, 3, padding: 1, bias: false)));
            layers.Add(($"norm{outputs}", BatchNorm2d(outputs)));
            layers.Add(($"relu{outputs}", ReLU(inplace: true)));
            layers.Add(($"pool{outputs}", MaxPool2d(2)));
            channels = outputs;
        }

        layers.Add(("flatten", Flatten()));
        layers.Add(("linear", Linear(channels * (shape.Height / 8) * (shape.Width / 8), classes)));
        return Sequential(layers);
    }
}

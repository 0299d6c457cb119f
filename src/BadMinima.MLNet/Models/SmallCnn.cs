using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>Three blocks of convolution 3x3, BatchNorm, ReLU and max-pool 2, and one linear layer: the network of the quick start, a matter of seconds on a laptop.</summary>
internal static class SmallCnn
{
    public static readonly Architecture Narrow = Of("cnn", 16);

    public static readonly Architecture Wide = Of("cnn-wide", 32);

    private static Architecture Of(string name, int width)
        => new(name, 8, $"convolutions {width}-{2 * width}-{4 * width} with BatchNorm, one linear layer", (shape, classes) => Create(shape, classes, width));

    private static Module<Tensor, Tensor> Create(ImageShape shape, int classes, int width)
    {
        List<(string, Module<Tensor, Tensor>)> layers = [];
        int channels = shape.Channels;
        foreach (int outputs in new[] { width, 2 * width, 4 * width })
        {
            layers.Add(($"conv{outputs}", Layers.Convolution(channels, outputs, 3, padding: 1)));
            layers.Add(($"norm{outputs}", Layers.Norm(outputs)));
            layers.Add(($"relu{outputs}", Layers.Relu()));
            layers.Add(($"pool{outputs}", Layers.MaxPool(2)));
            channels = outputs;
        }

        layers.Add(("flatten", Layers.Flatten()));
        layers.Add(("dropout", Layers.Dropout()));
        layers.Add(("linear", Layers.Linear(channels * (shape.Height / 8) * (shape.Width / 8), classes)));
        return Layers.Sequence([.. layers]);
    }
}

using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>
/// DenseNet-BC with growth rate 12 and reduction 0.5: a 3x3 stem of 24 channels and three dense blocks with transitions between them.
/// 769,162 parameters at depth 100, 3 channels and 10 classes, 176,122 at depth 40.
/// </summary>
internal static class DenseNet
{
    private const int Growth = 12;
    private const int Blocks = 3;

    public static readonly Architecture Bc40 = Of(40);

    public static readonly Architecture Bc100 = Of(100);

    private static Architecture Of(int depth)
        => new($"densenet-bc-{depth}", (layers, shape, classes) => Compose(layers, shape.Image, classes, depth))
        {
            Description = $"three dense blocks of {LayersOfBlock(depth)} bottleneck layers, growth rate {Growth}, reduction 0.5",
            MinimumSize = 8,
            Reference = "Huang, Liu, van der Maaten, Weinberger: Densely Connected Convolutional Networks, CVPR 2017",
            PaperInitialization = KaimingNormal.FanOut,
        };

    // Depth counts the stem, two transitions, the linear layer, and two convolutions a bottleneck layer.
    private static int LayersOfBlock(int depth) => (depth - 4) / (2 * Blocks);

    private static Module<Tensor, Tensor> Compose(Layers layers, ImageShape shape, int classes, int depth)
    {
        int channels = 2 * Growth;
        List<(string, Module<Tensor, Tensor>)> all = [("conv", layers.Convolution(shape.Channels, channels, 3, padding: 1))];
        for (int block = 1; block <= Blocks; block++)
        {
            for (int i = 1; i <= LayersOfBlock(depth); i++)
            {
                all.Add(($"block{block}_{i}", layers.Concatenation(Bottleneck(layers, channels))));
                channels += Growth;
            }

            if (block < Blocks)
            {
                all.Add(($"transition{block}", layers.Sequence(
                    ("norm", layers.Norm(channels)),
                    ("relu", layers.Relu()),
                    ("conv", layers.Convolution(channels, channels / 2, 1)),
                    ("pool", layers.AveragePool(2)))));
                channels /= 2;
            }
        }

        return layers.Sequence(
            [.. all, ("norm", layers.Norm(channels)), ("relu", layers.Relu()), .. layers.PooledClassifier(channels, classes)]);
    }

    /// <summary>
    /// What a dense layer appends to its input: convolution 1x1 to four times as many channels, then 3x3, each after BatchNorm and ReLU.
    /// </summary>
    private static Module<Tensor, Tensor> Bottleneck(Layers layers, int inputs) => layers.Sequence(
        ("norm1", layers.Norm(inputs)),
        ("relu1", layers.Relu()),
        ("conv1", layers.Convolution(inputs, 4 * Growth, 1)),
        ("norm2", layers.Norm(4 * Growth)),
        ("relu2", layers.Relu()),
        ("conv2", layers.Convolution(4 * Growth, Growth, 3, padding: 1)));
}

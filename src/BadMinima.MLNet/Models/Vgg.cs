using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>
/// VGG networks with BatchNorm and, instead of the three wide linear layers of the original, one linear layer 512 to classes (the form that
/// CIFAR-10 is trained with). The convolutions have the bias that BatchNorm takes away: the published counts include it (VGG16: 14,728,266
/// parameters at 3 channels and 10 classes; VGG11: 9,231,114).
/// </summary>
internal static class Vgg
{
    // The number of convolutions before each of the five max-pools.
    public static readonly Architecture Of11 = Of("vgg11", [1, 1, 2, 2, 2]);

    public static readonly Architecture Of16 = Of("vgg16", [2, 2, 3, 3, 3]);

    private static readonly int[] Widths = [64, 128, 256, 512, 512];

    private static Architecture Of(string name, int[] convolutions)
        => new(name, (layers, shape, classes) => Compose(layers, shape.Image, classes, convolutions))
        {
            Description = $"{convolutions.Sum()} convolutions 64-128-256-512-512 of 3x3 with BatchNorm, one linear layer",
            MinimumSize = 17,
            Reference = "Simonyan, Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition, ICLR 2015; "
                + "BatchNorm: Ioffe, Szegedy, ICML 2015",
        };

    private static Module<Tensor, Tensor> Compose(Layers layers, ImageShape shape, int classes, int[] convolutions)
    {
        // Five halvings leave nothing of an image below 32 pixels, so there each pool rounds up: 28, 14, 7, 4, 2, 1.
        bool roundUp = Math.Min(shape.Height, shape.Width) < 32;
        List<(string, Module<Tensor, Tensor>)> all = [];
        int channels = shape.Channels;
        for (int block = 1; block <= Widths.Length; block++)
        {
            for (int i = 1; i <= convolutions[block - 1]; i++)
            {
                all.Add(($"conv{block}_{i}", layers.Convolution(channels, Widths[block - 1], 3, padding: 1, bias: true)));
                all.Add(($"norm{block}_{i}", layers.Norm(Widths[block - 1])));
                if (i == convolutions[block - 1])
                {
                    all.Add(($"pool{block}", layers.MaxPool(2, roundUp: roundUp)));
                }

                all.Add(($"relu{block}_{i}", layers.Relu()));
                channels = Widths[block - 1];
            }
        }

        return layers.Sequence([.. all, .. layers.PooledClassifier(channels, classes)]);
    }
}

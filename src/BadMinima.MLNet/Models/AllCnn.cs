using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>
/// All-CNN-C: convolutions alone, those with stride 2 in the place of pools. 1,369,738 parameters at 3 channels and 10 classes. The
/// article's dropout of the input and of the strided convolutions' outputs is left out: as in every network there is one, before the last
/// layer. So is the ReLU that its table shows on the ten classes, which would give no class a score below 0.
/// </summary>
internal static class AllCnn
{
    public static readonly Architecture C = new("all-cnn-c", (layers, shape, classes) => Compose(layers, shape.Channels, classes))
    {
        Description = "nine convolutions 96-192 of 3x3 and 1x1, two of them with stride 2 for pools, average of each class's map",
        MinimumSize = 9,
        Reference = "Springenberg, Dosovitskiy, Brox, Riedmiller: Striving for Simplicity: The All Convolutional Net, "
            + "ICLR 2015 (workshop)",
    };

    private static Module<Tensor, Tensor> Compose(Layers layers, int channels, int classes) => layers.Sequence(
        ("conv1", layers.Convolution(channels, 96, 3, padding: 1, bias: true)),
        ("relu1", layers.Relu()),
        ("conv2", layers.Convolution(96, 96, 3, padding: 1, bias: true)),
        ("relu2", layers.Relu()),
        ("conv3", layers.Convolution(96, 96, 3, stride: 2, padding: 1, bias: true)),
        ("relu3", layers.Relu()),
        ("conv4", layers.Convolution(96, 192, 3, padding: 1, bias: true)),
        ("relu4", layers.Relu()),
        ("conv5", layers.Convolution(192, 192, 3, padding: 1, bias: true)),
        ("relu5", layers.Relu()),
        ("conv6", layers.Convolution(192, 192, 3, stride: 2, padding: 1, bias: true)),
        ("relu6", layers.Relu()),

        // Without padding: 8x8 becomes 6x6.
        ("conv7", layers.Convolution(192, 192, 3, bias: true)),
        ("relu7", layers.Relu()),
        ("conv8", layers.Convolution(192, 192, 1, bias: true)),
        ("relu8", layers.Relu()),
        ("dropout", layers.Dropout()),
        ("conv9", layers.Convolution(192, classes, 1, bias: true)),
        ("pool", layers.GlobalAveragePool()),
        ("flatten", layers.Flatten()));
}

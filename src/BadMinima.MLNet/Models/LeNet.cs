using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>
/// LeNet-5 in its present form: ReLU for the sigmoid, max-pool for the trained average, all channels connected. 61,706 parameters at
/// 1x28x28 and 10 classes, 62,006 at 3x32x32.
/// </summary>
internal static class LeNet
{
    public static readonly Architecture Five = new("lenet", (layers, shape, classes) => Compose(layers, shape.Image, classes))
    {
        Description = "LeNet-5: convolutions 6-16 of 5x5 with max-pool, linear layers 120-84, ReLU",
        MinimumSize = 12,
        Reference = "LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, "
            + "Proceedings of the IEEE 86(11), 1998",
    };

    private static Module<Tensor, Tensor> Compose(Layers layers, ImageShape shape, int classes)
    {
        // The original saw 28x28 digits in frames of 32x32: smaller images get the frame of 2 pixels, so 28x28 and 32x32 both end as 16
        // maps of 5x5.
        int frame = Math.Min(shape.Height, shape.Width) < 32 ? 2 : 0;
        int After(int size) => ((size + 2 * frame - 4) / 2 - 4) / 2;
        return layers.Sequence(
            ("conv1", layers.Convolution(shape.Channels, 6, 5, padding: frame, bias: true)),
            ("pool1", layers.MaxPool(2)),
            ("relu1", layers.Relu()),
            ("conv2", layers.Convolution(6, 16, 5, bias: true)),
            ("pool2", layers.MaxPool(2)),
            ("relu2", layers.Relu()),
            ("flatten", layers.Flatten()),
            ("linear1", layers.Linear(16 * After(shape.Height) * After(shape.Width), 120)),
            ("relu3", layers.Relu()),
            ("linear2", layers.Linear(120, 84)),
            ("relu4", layers.Relu()),
            ("dropout", layers.Dropout()),
            ("linear3", layers.Linear(84, classes)));
    }
}

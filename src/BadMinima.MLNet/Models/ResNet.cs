using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>
/// Residual networks with widths 64-128-256-512 and a global average pool. Images up to 64x64 get the stem of the paper's code, a convolution 3x3
/// without max-pool (11,173,962, 21,282,122 and 23,520,842 parameters at 3 channels and 10 classes); larger ones that of ImageNet, 7x7 with
/// stride 2 and a max-pool (11,689,512, 21,797,672 and 25,557,032 at 1,000 classes).
/// </summary>
internal static class ResNet
{
    private const int LargestForSmallStem = 64;

    public static readonly Architecture Of18 = Of("resnet18", [2, 2, 2, 2], bottleneck: false);

    public static readonly Architecture Of34 = Of("resnet34", [3, 4, 6, 3], bottleneck: false);

    public static readonly Architecture Of50 = Of("resnet50", [3, 4, 6, 3], bottleneck: true);

    private static Architecture Of(string name, int[] blocks, bool bottleneck)
        => new(name, 9, $"{string.Join('-', blocks)} {(bottleneck ? "bottleneck" : "basic")} residual blocks 64-128-256-512; 3x3 stem up to 64x64, ImageNet stem above",
            (shape, classes) => Create(shape, classes, blocks, bottleneck))
        {
            Reference = "He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, CVPR 2016",
        };

    private static Module<Tensor, Tensor> Create(ImageShape shape, int classes, int[] blocks, bool bottleneck)
    {
        bool small = Math.Max(shape.Height, shape.Width) <= LargestForSmallStem;
        List<(string, Module<Tensor, Tensor>)> layers =
        [
            ("conv", small ? Layers.Convolution(shape.Channels, 64, 3, padding: 1) : Layers.Convolution(shape.Channels, 64, 7, stride: 2, padding: 3)),
            ("norm", Layers.Norm(64)),
            ("relu", Layers.Relu()),
        ];
        if (!small)
        {
            layers.Add(("maxpool", Layers.MaxPool(3, stride: 2, padding: 1)));
        }

        int channels = 64;
        for (int stage = 0; stage < blocks.Length; stage++)
        {
            int width = 64 << stage;
            for (int block = 0; block < blocks[stage]; block++)
            {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                layers.Add(($"block{stage + 1}_{block + 1}", bottleneck ? ResidualBlock.Bottleneck(channels, width, stride) : ResidualBlock.Basic(channels, width, stride)));
                channels = bottleneck ? ResidualBlock.Expansion * width : width;
            }
        }

        return Layers.Sequence([.. layers, .. Layers.PooledClassifier(channels, classes)]);
    }
}

using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>
/// Residual networks with widths 64-128-256-512, unless their name says otherwise, and a global average pool. Images up to 64x64 get the
/// stem of the paper's code, a convolution 3x3 without max-pool (11,173,962, 21,282,122 and 23,520,842 parameters at 3 channels and 10
/// classes); larger ones that of ImageNet, 7x7 with stride 2 and a max-pool (11,689,512, 21,797,672 and 25,557,032 at 1,000 classes). The
/// normalization is BatchNorm, or GroupNorm, which has as many parameters.
/// </summary>
internal static class ResNet
{
    private const int LargestForSmallStem = 64;

    // How many times its width a bottleneck block gives out.
    private const int Expansion = 4;

    // Of the first stage; each further one is twice as wide.
    private const int UsualWidth = 64, NarrowWidth = 16;

    // How many channels GroupNorm takes together.
    private const int GroupWidth = 32;

    public static readonly Architecture Of18 = Of("resnet18", [2, 2, 2, 2], bottleneck: false);

    /// <summary>The network of the warm-start experiments.</summary>
    public static readonly Architecture Of18Narrow = Of("resnet18-narrow", [2, 2, 2, 2], bottleneck: false, width: NarrowWidth) with
    {
        Reference = "Ash, Adams: On Warm-Starting Neural Network Training, NeurIPS 2020",
    };

    public static readonly Architecture Of34 = Of("resnet34", [3, 4, 6, 3], bottleneck: false);

    public static readonly Architecture Of50 = Of("resnet50", [3, 4, 6, 3], bottleneck: true);

    /// <summary>
    /// The network of the label-noise experiments. GroupNorm has values enough at any size: 32 channels of a single pixel.
    /// </summary>
    public static readonly Architecture Of18WithGroupNorm
        = Of("resnet18-gn", [2, 2, 2, 2], bottleneck: false, (layers, channels) => layers.GroupNorm(channels, GroupWidth)) with
        {
            Description = $"resnet18 with GroupNorm, {GroupWidth} channels a group, in place of BatchNorm",
            MinimumSize = 1,
            Reference = "Damian, Ma, Lee: Label Noise SGD Provably Prefers Flat Global Minimizers, NeurIPS 2021; "
                + "GroupNorm: Wu, He, ECCV 2018",
            PaperInitialization = KaimingNormal.FanOut,
        };

    private static Architecture Of(
        string name, int[] blocks, bool bottleneck, Func<Layers, int, Module<Tensor, Tensor>>? norm = null,
        int width = UsualWidth)
        => new(name, (layers, shape, classes) => new Composer(layers, norm ?? ((l, channels) => l.Norm(channels)), width)
            .Compose(shape.Image, classes, blocks, bottleneck))
        {
            Description = $"{string.Join('-', blocks)} {(bottleneck ? "bottleneck" : "basic")} residual blocks "
                + $"{width}-{2 * width}-{4 * width}-{8 * width}; 3x3 stem up to 64x64, ImageNet stem above",
            MinimumSize = 9,
            Reference = "He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, CVPR 2016",
        };

    /// <summary>Makes a network of layers with one kind of normalization.</summary>
    /// <param name="layers">Where the layers come from.</param>
    /// <param name="norm">The normalization of so many channels.</param>
    /// <param name="first">The width of the first stage.</param>
    private sealed class Composer(Layers layers, Func<Layers, int, Module<Tensor, Tensor>> norm, int first)
    {
        public Module<Tensor, Tensor> Compose(ImageShape shape, int classes, int[] blocks, bool bottleneck)
        {
            bool small = Math.Max(shape.Height, shape.Width) <= LargestForSmallStem;
            List<(string, Module<Tensor, Tensor>)> all =
            [
                ("conv", layers.Convolution(shape.Channels, first, small ? 3 : 7, small ? 1 : 2, small ? 1 : 3)),
                ("norm", Norm(first)),
            ];
            if (!small)
            {
                all.Add(("maxpool", layers.MaxPool(3, stride: 2, padding: 1)));
            }

            all.Add(("relu", layers.Relu()));

            int channels = first;
            for (int stage = 0; stage < blocks.Length; stage++)
            {
                int width = first << stage;
                for (int block = 0; block < blocks[stage]; block++)
                {
                    int stride = stage > 0 && block == 0 ? 2 : 1;
                    int outputs = bottleneck ? Expansion * width : width;
                    Module<Tensor, Tensor> residual
                        = bottleneck ? Bottleneck(channels, width, stride) : Basic(channels, width, stride);
                    Module<Tensor, Tensor>? shortcut = stride == 1 && channels == outputs ? null
                        : layers.Sequence(("conv", layers.Convolution(channels, outputs, 1, stride)), ("norm", Norm(outputs)));
                    all.Add(($"block{stage + 1}_{block + 1}", layers.Residual(residual, shortcut)));
                    all.Add(($"relu{stage + 1}_{block + 1}", layers.Relu()));
                    channels = outputs;
                }
            }

            return layers.Sequence([.. all, .. layers.PooledClassifier(channels, classes)]);
        }

        /// <summary>Two convolutions 3x3, the first with the stride.</summary>
        private Module<Tensor, Tensor> Basic(int inputs, int width, int stride) => layers.Sequence(
            ("conv1", layers.Convolution(inputs, width, 3, stride, padding: 1)),
            ("norm1", Norm(width)),
            ("relu", layers.Relu()),
            ("conv2", layers.Convolution(width, width, 3, padding: 1)),
            ("norm2", Norm(width)));

        /// <summary>
        /// Convolutions 1x1, 3x3 and 1x1. The 3x3 has the stride, as in the paper's code and in torchvision (the article had it in the
        /// first).
        /// </summary>
        private Module<Tensor, Tensor> Bottleneck(int inputs, int width, int stride) => layers.Sequence(
            ("conv1", layers.Convolution(inputs, width, 1)),
            ("norm1", Norm(width)),
            ("relu1", layers.Relu()),
            ("conv2", layers.Convolution(width, width, 3, stride, padding: 1)),
            ("norm2", Norm(width)),
            ("relu2", layers.Relu()),
            ("conv3", layers.Convolution(width, Expansion * width, 1)),
            ("norm3", Norm(Expansion * width)));

        private Module<Tensor, Tensor> Norm(int channels) => norm(layers, channels);
    }
}

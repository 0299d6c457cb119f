using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>
/// DenseNet-BC with growth rate 12 and reduction 0.5: a 3x3 stem of 24 channels and three dense blocks with transitions between them. 769,162
/// parameters at depth 100, 3 channels and 10 classes, 176,122 at depth 40.
/// </summary>
internal static class DenseNet
{
    private const int Growth = 12;
    private const int Blocks = 3;

    public static readonly Architecture Bc40 = Of(40);

    public static readonly Architecture Bc100 = Of(100);

    private static Architecture Of(int depth)
        => new($"densenet-bc-{depth}", 8, $"three dense blocks of {LayersOfBlock(depth)} bottleneck layers, growth rate {Growth}, reduction 0.5", (shape, classes) => Create(shape, classes, depth))
        {
            Reference = "Huang, Liu, van der Maaten, Weinberger: Densely Connected Convolutional Networks, CVPR 2017",
            PaperInitialization = InitializeConvolutions,
        };

    // Depth counts the stem, two transitions, the linear layer, and two convolutions a bottleneck layer.
    private static int LayersOfBlock(int depth) => (depth - 4) / (2 * Blocks);

    private static Module<Tensor, Tensor> Create(ImageShape shape, int classes, int depth)
    {
        int channels = 2 * Growth;
        List<(string, Module<Tensor, Tensor>)> layers = [("conv", Layers.Convolution(shape.Channels, channels, 3, padding: 1))];
        for (int block = 1; block <= Blocks; block++)
        {
            for (int i = 1; i <= LayersOfBlock(depth); i++)
            {
                layers.Add(($"block{block}_{i}", new DenseLayer(channels, Growth)));
                channels += Growth;
            }

            if (block < Blocks)
            {
                layers.Add(($"transition{block}", Layers.Sequence(
                    ("norm", Layers.Norm(channels)),
                    ("relu", Layers.Relu()),
                    ("conv", Layers.Convolution(channels, channels / 2, 1)),
                    ("pool", Layers.AveragePool(2)))));
                channels /= 2;
            }
        }

        return Layers.Sequence([.. layers, ("norm", Layers.Norm(channels)), ("relu", Layers.Relu()), .. Layers.PooledClassifier(channels, classes)]);
    }

    /// <summary>N(0, 2 / (k * k * outputs)): He et al. 2015 in its fan-out form.</summary>
    private static void InitializeConvolutions(nn.Module network)
    {
        foreach (Tensor weight in network.parameters().Where(p => p.dim() == 4))
        {
            long[] shape = weight.shape;
            using Tensor values = empty(shape).normal_(0, Math.Sqrt(2.0 / (shape[0] * shape[2] * shape[3])));

            // Drawn apart and copied, so that they are the same however the layer lays out its weight.
            weight.copy_(values);
        }
    }

    /// <summary>Appends <c>growth</c> channels to its input: convolution 1x1 to four times as many, then 3x3, each after BatchNorm and ReLU.</summary>
    private sealed class DenseLayer : Module<Tensor, Tensor>
    {
        [ComponentName(Name = "branch")]
        private readonly Module<Tensor, Tensor> _branch;

        public DenseLayer(int inputs, int growth) : base(nameof(DenseLayer))
        {
            _branch = Layers.Sequence(
                ("norm1", Layers.Norm(inputs)),
                ("relu1", Layers.Relu()),
                ("conv1", Layers.Convolution(inputs, 4 * growth, 1)),
                ("norm2", Layers.Norm(4 * growth)),
                ("relu2", Layers.Relu()),
                ("conv2", Layers.Convolution(4 * growth, growth, 3, padding: 1)));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using Tensor grown = _branch.call(input);
            return cat([input, grown], 1);
        }
    }
}

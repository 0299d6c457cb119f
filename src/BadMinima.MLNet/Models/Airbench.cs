using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>
/// airbench94's network (Jordan, 2024): a fixed convolution of 2x2, which the escape <c>whiten</c> sets by the training images, then
/// three times convolution, max-pool, convolution, each convolution of 3x3 with BatchNorm without a scale and GELU after it. The logits are
/// divided by 9. 1,971,352 trained parameters at 3 channels and 10 classes. The fixed convolution is no layer that is trained: counts of
/// operations leave it out, 0.2 % of them.
/// </summary>
internal static class Airbench
{
    private const int Kernel = 2;
    private const int LastPool = 3;
    private const double ScaleOfLogits = 1.0 / 9;

    // In the authors' terms a momentum of 0.6: what is kept of the running statistics.
    private const double BatchShare = 0.4;
    private const double Epsilon = 1e-12;

    private static readonly int[] Widths = [64, 256, 256];

    public static readonly Architecture Of94 = new("airbench94", (layers, shape, classes) => Compose(layers, shape.Image, classes))
    {
        Description = "whitening convolution of 2x2, six convolutions 64-256-256 of 3x3 with BatchNorm and GELU, logits over 9",
        MinimumSize = 25,
        Reference = "Jordan: 94% on CIFAR-10 in 3.29 Seconds on a Single GPU, 2024 (arXiv 2404.00498)",
        PaperInitialization = Dirac,
    };

    private static Module<Tensor, Tensor> Compose(Layers layers, ImageShape shape, int classes)
    {
        // Each direction of a patch and its opposite.
        int channels = 2 * shape.Channels * Kernel * Kernel;
        List<(string, Module<Tensor, Tensor>)> all =
            [("whiten", layers.Whitening(shape.Channels, channels, Kernel)), ("gelu", layers.Gelu())];
        (int height, int width) = (shape.Height - Kernel + 1, shape.Width - Kernel + 1);
        foreach ((int i, int outputs) in Widths.Index())
        {
            all.Add(($"conv{i + 1}_1", layers.Convolution(channels, outputs, 3, padding: 1)));
            all.Add(($"pool{i + 1}", layers.MaxPool(2)));
            all.Add(($"norm{i + 1}_1", Norm(outputs)));
            all.Add(($"gelu{i + 1}_1", layers.Gelu()));
            all.Add(($"conv{i + 1}_2", layers.Convolution(outputs, outputs, 3, padding: 1)));
            all.Add(($"norm{i + 1}_2", Norm(outputs)));
            all.Add(($"gelu{i + 1}_2", layers.Gelu()));
            (channels, height, width) = (outputs, height / 2, width / 2);
        }

        return layers.Sequence(
        [
            .. all, ("pool", layers.MaxPool(LastPool)), ("flatten", layers.Flatten()), ("dropout", layers.Dropout()),
            ("linear", layers.Linear(channels * (height / LastPool) * (width / LastPool), classes, bias: false)),
            ("scale", layers.Scale(ScaleOfLogits)),
        ]);

        Module<Tensor, Tensor> Norm(int channels) => layers.Norm(channels, trainsScale: false, BatchShare, Epsilon);
    }

    /// <summary>The first filters of each convolution of 3x3 pass one input channel on each; the others stay.</summary>
    private static void Dirac(nn.Module network)
    {
        foreach (Parameter weight in network.Walk().Select(m => (m.Module as Conv2d)?.weight).OfType<Parameter>())
        {
            long[] shape = weight.shape;
            using Tensor identity = nn.init.dirac_(empty(shape[1], shape[1], shape[2], shape[3]));
            using Tensor first = weight.narrow(0, 0, shape[1]);
            first.copy_(identity);
        }
    }
}

using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Examples;

/// <summary>The <see cref="Normalization"/> that brings a set to zero mean and unit deviation.</summary>
internal static class MeasuredNormalization
{
    /// <summary>Measures a set, whole. A channel or feature that never varies gets deviation 1.</summary>
    /// <param name="examples">The set.</param>
    /// <param name="isCanceled">Is asked before every batch of images that have to be decoded; null: nobody is.</param>
    /// <exception cref="OperationCanceledException">It said so.</exception>
    public static Normalization Of(ImageSet examples, Func<bool>? isCanceled = null) => examples switch
    {
        ResidentImages { Shape.Kind: not InputKinds.Images } features => OfFeatures(features),
        ResidentImages => OfImages(examples, null),
        _ => OfImages(examples, isCanceled),
    };

    /// <summary>
    /// Each feature over all rows, and over all steps of sequences. In two passes and in Double, since a feature's mean may be far larger
    /// than its deviation.
    /// </summary>
    private static Normalization OfFeatures(ResidentImages examples)
    {
        using var scope = NewDisposeScope();
        Tensor values = examples.Pixels.view(-1, examples.Shape.Channels).to(ScalarType.Float64);
        Tensor mean = values.mean([0], keepdim: true);
        Tensor deviation = values.sub_(mean).square().mean([0]).sqrt_();

        // Below this the values differ by rounding at most.
        Tensor constant = deviation.le(mean.squeeze(0).abs().mul(1e-12));
        return new([.. mean.cpu().data<double>()], [.. deviation.masked_fill_(constant, 1).cpu().data<double>()]);
    }

    private static Normalization OfImages(ImageSet images, Func<bool>? isCanceled)
    {
        // 1024 images of 3x32x32, fewer if they are larger.
        int block = Math.Clamp((1 << 22) / images.Shape.Volume, 1, 1024);
        using var scope = NewDisposeScope();
        int channels = images.Shape.Channels;
        Tensor sum = zeros(channels, ScalarType.Float64);
        Tensor squares = zeros(channels, ScalarType.Float64);
        using IExamplePass blocks = images.Open([.. Enumerable.Range(0, images.Count)], block);
        for (int start = 0; start < images.Count; start += block)
        {
            if (isCanceled?.Invoke() == true)
            {
                throw new OperationCanceledException("Canceled while the images were measured for normalization, before any training.");
            }

            using var batch = NewDisposeScope();
            Tensor pixels = blocks.Next().Pixels.to(ScalarType.Float32);

            // Sums of so many values are exact enough in Single for three digits; the totals are kept in Double.
            sum.add_(pixels.sum([0, 2, 3]).cpu().to(ScalarType.Float64), HeldScalar.One);
            squares.add_(pixels.square().sum([0, 2, 3]).cpu().to(ScalarType.Float64), HeldScalar.One);
        }

        double values = (double)images.Count * (images.Shape.Volume / channels);
        double[] mean = sum.div_(values * 255).data<double>().ToArray();
        double[] second = squares.div_(values * 255 * 255).data<double>().ToArray();
        return new([.. mean], [.. mean.Zip(second, (m, s) => s - m * m > 1e-8 ? Math.Sqrt(s - m * m) : 1)]);
    }
}

using BadMinima.MLNet.Interop;
using System.Collections.Immutable;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>
/// Brings pixels to zero mean and unit deviation: (pixel / 255 - mean) / deviation, channel by channel. Feature vectors, which have no scale of their own, are
/// brought there feature by feature: (value - mean) / deviation.
/// </summary>
/// <param name="Mean">The mean of each channel on the scale 0 to 1; or of each feature.</param>
/// <param name="Deviation">The standard deviation of each channel on the scale 0 to 1, or of each feature; more than 0.</param>
public sealed record Normalization(ImmutableArray<double> Mean, ImmutableArray<double> Deviation)
{
    /// <summary>The constants that the paper uses for CIFAR-10.</summary>
    public static Normalization Cifar10 { get; } = new([0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.2010]);

    /// <summary>Mean 0 and deviation 1 throughout: features as they are, pixels only brought to 0 to 1.</summary>
    /// <param name="channels">How many channels, or features; at least 1.</param>
    public static Normalization Identity(int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        return new([.. Enumerable.Repeat(0.0, channels)], [.. Enumerable.Repeat(1.0, channels)]);
    }

    /// <summary>Equal when all numbers are, one by one.</summary>
    public bool Equals(Normalization? other)
        => other is not null && Mean.AsSpan().SequenceEqual(other.Mean.AsSpan()) && Deviation.AsSpan().SequenceEqual(other.Deviation.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Mean.IsDefaultOrEmpty ? 0 : Mean[0], Deviation.IsDefaultOrEmpty ? 0 : Deviation[0]);

    internal void Validate(string option, int channels)
    {
        OptionErrors.Check(!Mean.IsDefault && Mean.Length == channels && Mean.All(double.IsFinite), $"{option}.{nameof(Mean)}", Mean.IsDefault ? "null" : string.Join(", ", Mean), $"one finite number a channel ({channels})");
        OptionErrors.Check(!Deviation.IsDefault && Deviation.Length == channels && Deviation.All(d => d > 0 && double.IsFinite(d)), $"{option}.{nameof(Deviation)}", Deviation.IsDefault ? "null" : string.Join(", ", Deviation), $"one positive number a channel ({channels})");
    }

    /// <summary>Measures a set, whole. A channel or feature that never varies gets deviation 1.</summary>
    /// <param name="examples">The set.</param>
    /// <param name="isCancelled">Is asked before every batch of images that have to be decoded; null: nobody is.</param>
    /// <exception cref="OperationCanceledException">It said so.</exception>
    internal static Normalization Measure(ImageSet examples, Func<bool>? isCancelled = null) => examples switch
    {
        ResidentImages { Format.IsVector: true } vectors => OfVectors(vectors),
        ResidentImages => OfImages(examples, null),
        _ => OfImages(examples, isCancelled),
    };

    /// <summary>In two passes and in Double, since a feature's mean may be far larger than its deviation.</summary>
    private static Normalization OfVectors(ResidentImages vectors)
    {
        using var scope = NewDisposeScope();
        Tensor values = vectors.Pixels.flatten(1).to(ScalarType.Float64);
        Tensor mean = values.mean([0], keepdim: true);
        Tensor deviation = values.sub_(mean).square().mean([0]).sqrt_();

        // Below this the values differ by rounding at most.
        Tensor constant = deviation.le(mean.squeeze(0).abs().mul(1e-12));
        return new([.. mean.cpu().data<double>()], [.. deviation.masked_fill_(constant, 1).cpu().data<double>()]);
    }

    private static Normalization OfImages(ImageSet images, Func<bool>? isCancelled)
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
            if (isCancelled?.Invoke() == true)
            {
                throw new OperationCanceledException("Cancelled while the images were measured for normalization, before any training.");
            }

            using var batch = NewDisposeScope();
            Tensor pixels = blocks.Next().Pixels.to(ScalarType.Float32);

            // Sums of so many values are exact enough in Single for three digits; the totals are kept in Double.
            sum.add_(pixels.sum([0, 2, 3]).cpu().to(ScalarType.Float64), HeldScalar.One);
            squares.add_(pixels.square().sum([0, 2, 3]).cpu().to(ScalarType.Float64), HeldScalar.One);
        }

        double values = (double)images.Count * images.Shape.Height * images.Shape.Width;
        double[] mean = sum.div_(values * 255).data<double>().ToArray();
        double[] second = squares.div_(values * 255 * 255).data<double>().ToArray();
        return new([.. mean], [.. mean.Zip(second, (m, s) => s - m * m > 1e-8 ? Math.Sqrt(s - m * m) : 1)]);
    }
}

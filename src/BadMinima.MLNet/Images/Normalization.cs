using System.Collections.Immutable;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>Brings pixels to zero mean and unit deviation: (pixel / 255 - mean) / deviation, channel by channel.</summary>
/// <param name="Mean">The mean of each channel on the scale 0 to 1.</param>
/// <param name="Deviation">The standard deviation of each channel on the scale 0 to 1; more than 0.</param>
public sealed record Normalization(ImmutableArray<double> Mean, ImmutableArray<double> Deviation)
{
    /// <summary>The constants that the paper uses for CIFAR-10.</summary>
    public static Normalization Cifar10 { get; } = new([0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.2010]);

    internal void Validate(string option, int channels)
    {
        OptionErrors.Check(!Mean.IsDefault && Mean.Length == channels && Mean.All(double.IsFinite), $"{option}.{nameof(Mean)}", Mean.IsDefault ? "null" : string.Join(", ", Mean), $"one finite number a channel ({channels})");
        OptionErrors.Check(!Deviation.IsDefault && Deviation.Length == channels && Deviation.All(d => d > 0 && double.IsFinite(d)), $"{option}.{nameof(Deviation)}", Deviation.IsDefault ? "null" : string.Join(", ", Deviation), $"one positive number a channel ({channels})");
    }

    /// <summary>Measures a set of images. A channel that never varies gets deviation 1.</summary>
    internal static Normalization Measure(ImageSet images)
    {
        const int Block = 1024;
        using var scope = NewDisposeScope();
        int channels = images.Shape.Channels;
        Tensor sum = zeros(channels, ScalarType.Float64);
        Tensor squares = zeros(channels, ScalarType.Float64);
        for (int start = 0; start < images.Count; start += Block)
        {
            using var block = NewDisposeScope();
            Tensor pixels = images.Pixels.narrow(0, start, Math.Min(Block, images.Count - start)).to(ScalarType.Float32);

            // Sums of up to 1024 images are exact enough in Single for three digits; the totals are kept in Double.
            sum.add_(pixels.sum([0, 2, 3]).cpu().to(ScalarType.Float64));
            squares.add_(pixels.square().sum([0, 2, 3]).cpu().to(ScalarType.Float64));
        }

        double values = (double)images.Count * images.Shape.Height * images.Shape.Width;
        double[] mean = sum.div_(values * 255).data<double>().ToArray();
        double[] second = squares.div_(values * 255 * 255).data<double>().ToArray();
        return new([.. mean], [.. mean.Zip(second, (m, s) => s - m * m > 1e-8 ? Math.Sqrt(s - m * m) : 1)]);
    }
}

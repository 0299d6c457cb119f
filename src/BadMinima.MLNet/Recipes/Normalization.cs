using System.Collections.Immutable;

namespace BadMinima.MLNet;

/// <summary>
/// Brings pixels to zero mean and unit deviation: (pixel / 255 - mean) / deviation, channel by channel. Feature vectors and sequences,
/// which have no scale of their own, are brought there feature by feature, over all steps: (value - mean) / deviation.
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
        => other is not null
            && Mean.AsSpan().SequenceEqual(other.Mean.AsSpan()) && Deviation.AsSpan().SequenceEqual(other.Deviation.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
        => HashCode.Combine(Mean.IsDefaultOrEmpty ? 0 : Mean[0], Deviation.IsDefaultOrEmpty ? 0 : Deviation[0]);

    internal void Validate(string option, int channels)
    {
        Check(Mean, nameof(Mean), double.IsFinite, "finite");
        Check(Deviation, nameof(Deviation), d => d > 0 && double.IsFinite(d), "positive");

        void Check(ImmutableArray<double> values, string name, Func<double, bool> allowed, string adjective)
            => OptionException.Check(!values.IsDefault && values.Length == channels && values.All(allowed),
                $"{option}.{name}", values.IsDefault ? "null" : string.Join(", ", values),
                $"one {adjective} number a channel ({channels})");
    }
}

using MathNet.Numerics.Statistics;

namespace BadMinima.Experiments;

/// <summary>
/// The ratio of two means that were measured on the same seeds, with Fieller's interval (Journal of the Royal Statistical Society B 16,
/// 1954). The interval holds every ratio r for which a paired t test of "numerator = r times denominator" is not rejected. That is exact
/// for normal differences, however wide they spread; the mean of the seeds' own ratios has no such interval, since one seed with a small
/// denominator would decide it.
/// </summary>
/// <param name="Numerator">The mean numerator.</param>
/// <param name="Denominator">The mean denominator.</param>
/// <param name="DenominatorInterval">The Student interval of the mean denominator.</param>
/// <param name="Value">The ratio; null where the denominator's interval does not lie above 0: then any ratio fits, or nearly any.</param>
/// <param name="Interval">Fieller's interval of the ratio; null where there is no ratio.</param>
public sealed record RatioOfMeans(double Numerator, double Denominator, Interval DenominatorInterval, double? Value, Interval? Interval)
{
    /// <summary>The ratio of the means of pairs; null with fewer than two pairs.</summary>
    /// <param name="pairs">A numerator and a denominator for each seed; all finite.</param>
    /// <param name="level">Of the intervals, above 0 and below 1.</param>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The level is not between 0 and 1.</exception>
    public static RatioOfMeans? Of(
        IReadOnlyList<(double Numerator, double Denominator)> pairs, double level = Experiments.Interval.UsualLevel)
    {
        Experiments.Interval.CheckLevel(level);
        if (pairs.Count < 2)
        {
            return null;
        }

        Sample numerators = new(pairs.Select(p => p.Numerator)), denominators = new(pairs.Select(p => p.Denominator));
        Interval denominatorInterval = denominators.MeanInterval(level)!.Value;
        (double n, double d) = (numerators.Mean, denominators.Mean);
        if (!(denominatorInterval.Lower > 0))
        {
            return new(n, d, denominatorInterval, null, null);
        }

        // (n - r d)^2 <= t^2 (variance of n - 2 r covariance + r^2 variance of d), a quadratic in r that opens upwards, since the
        // denominator differs from 0; at r = n / d it holds, so that there are two ends.
        double squaredT = Math.Pow(StudentTail.Quantile((1 - level) / 2, pairs.Count - 1), 2);
        double covariance = Covariance(numerators, denominators) / pairs.Count;
        double a = (d * d) - (squaredT * Math.Pow(denominators.StandardError!.Value, 2));
        double b = (n * d) - (squaredT * covariance);
        double c = (n * n) - (squaredT * Math.Pow(numerators.StandardError!.Value, 2));
        double root = Math.Sqrt(Math.Max(0, (b * b) - (a * c)));
        return new(n, d, denominatorInterval, n / d, new Interval((b - root) / a, (b + root) / a, level));
    }

    /// <summary>0 where either does not vary but for rounding.</summary>
    private static double Covariance(Sample first, Sample second)
        => first.StandardDeviation == 0 || second.StandardDeviation == 0
            ? 0
            : ArrayStatistics.Covariance([.. first.Values], [.. second.Values]);
}

using MathNet.Numerics;

namespace BadMinima.Experiments;

/// <summary>Differences in units of a standard deviation. Null where there is no such unit: too few values, or nothing varies.</summary>
public static class EffectSize
{
    /// <summary>
    /// Cohen's d_z of pairs: the mean difference over the standard deviation of the differences (Cohen, Statistical Power Analysis for the
    /// Behavioral Sciences, 1988, section 2.3.5).
    /// </summary>
    /// <param name="differences">The differences by seed; null comes of fewer than two, or of equal ones.</param>
    public static double? CohenDz(PairedDifferences differences)
        => differences.Sample is { StandardDeviation: > 0 and double deviation } sample ? sample.Mean / deviation : null;

    /// <summary>
    /// Hedges' g of independent groups: the difference of the means over the pooled standard deviation, times J(m) = Gamma(m / 2) / (sqrt(m
    /// / 2) Gamma((m - 1) / 2)) with m = n1 + n2 - 2, which makes it unbiased under equal variances (Hedges, Journal of Educational
    /// Statistics 6, 1981; J exactly, not by 1 - 3 / (4m - 1)).
    /// </summary>
    /// <param name="first">One group; null comes of fewer than two values in either, or of none that vary.</param>
    /// <param name="second">The group whose mean is taken from the first's.</param>
    public static double? HedgesG(Sample first, Sample second)
    {
        if (first.StandardDeviation is not { } firstDeviation || second.StandardDeviation is not { } secondDeviation)
        {
            return null;
        }

        double degreesOfFreedom = first.Count + second.Count - 2;
        double pooled = double.Hypot(
            firstDeviation * Math.Sqrt((first.Count - 1) / degreesOfFreedom),
            secondDeviation * Math.Sqrt((second.Count - 1) / degreesOfFreedom));
        return pooled > 0 ? (first.Mean - second.Mean) / pooled * SmallSampleFactor(degreesOfFreedom) : null;
    }

    private static double SmallSampleFactor(double degreesOfFreedom)
        => Math.Exp(SpecialFunctions.GammaLn(degreesOfFreedom / 2) - SpecialFunctions.GammaLn((degreesOfFreedom - 1) / 2))
            / Math.Sqrt(degreesOfFreedom / 2);
}

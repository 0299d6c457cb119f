using MathNet.Numerics.Distributions;
using MathNet.Numerics.RootFinding;

namespace BadMinima.Experiments;

/// <summary>
/// The upper tail of Student's t distribution, always computed as the lower one: 1 - p keeps no digit of a p below 1e-16.
/// </summary>
internal static class StudentTail
{
    /// <summary>The probability of a value above t.</summary>
    public static double Probability(double t, double degreesOfFreedom) => StudentT.CDF(0, 1, degreesOfFreedom, -t);

    /// <summary>The value that is exceeded with a probability.</summary>
    /// <param name="probability">Above 0 and below 0.5.</param>
    /// <param name="degreesOfFreedom">At least 1, not necessarily whole.</param>
    public static double Quantile(double probability, double degreesOfFreedom)
    {
        // MathNet's own inverse looks no further than 800, which one degree of freedom passes at a level of 0.9993. The quantiles of one
        // degree of freedom, those of Cauchy's distribution, bound all others.
        double bound = 1 / Math.Tan(Math.PI * probability);
        return degreesOfFreedom == 1
            ? bound
            : Brent.FindRoot(
                t => Probability(t, degreesOfFreedom) / probability - 1, 0, bound * 1.001, accuracy: 1e-13, maxIterations: 1000);
    }
}

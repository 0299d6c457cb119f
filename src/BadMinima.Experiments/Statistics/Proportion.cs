using MathNet.Numerics.Distributions;

namespace BadMinima.Experiments;

/// <summary>A share of trials.</summary>
public static class Proportion
{
    /// <summary>
    /// The exact interval of Clopper and Pearson (Biometrika 26, 1934): it holds the true share at least as often as it says.
    /// </summary>
    /// <param name="successes">How many trials had it.</param>
    /// <param name="trials">How many there were, at least 1.</param>
    /// <param name="level">Above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no trials, or more successes than trials.</exception>
    public static Interval Interval(int successes, int trials, double level = Experiments.Interval.UsualLevel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        Experiments.Interval.CheckLevel(level);
        double tail = (1 - level) / 2;
        return new(
            successes == 0 ? 0 : Beta.InvCDF(successes, trials - successes + 1, tail),
            successes == trials ? 1 : Beta.InvCDF(successes + 1, trials - successes, 1 - tail), level);
    }
}

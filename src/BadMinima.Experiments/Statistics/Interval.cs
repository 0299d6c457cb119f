namespace BadMinima.Experiments;

/// <summary>A confidence interval.</summary>
/// <param name="Lower">Its lower end.</param>
/// <param name="Upper">Its upper end.</param>
/// <param name="Level">The share of such intervals that hold the true value, such as 0.95.</param>
public readonly record struct Interval(double Lower, double Upper, double Level)
{
    /// <summary>The level that is meant where none is given.</summary>
    public const double UsualLevel = 0.95;

    /// <summary>Whether a value lies in it, ends included.</summary>
    public bool Contains(double value) => value >= Lower && value <= Upper;

    /// <summary>The interval of an estimate by Student t.</summary>
    /// <param name="estimate">The estimate, its middle.</param>
    /// <param name="standardError">The estimate's standard error; 0 makes an interval without length.</param>
    /// <param name="degreesOfFreedom">Of the standard error, at least 1.</param>
    /// <param name="level">Above 0 and below 1.</param>
    public static Interval Of(double estimate, double standardError, double degreesOfFreedom, double level)
    {
        double half = standardError == 0 ? 0 : standardError * StudentTail.Quantile((1 - level) / 2, degreesOfFreedom);
        return new(estimate - half, estimate + half, level);
    }

    /// <summary>Refuses a level that is none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The level is not between 0 and 1.</exception>
    public static void CheckLevel(double level)
    {
        if (level is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(level), level, $"The confidence level is {level}; allowed are numbers above 0 and below 1, such as 0.95.");
        }
    }
}

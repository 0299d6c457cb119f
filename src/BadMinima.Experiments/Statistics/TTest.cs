namespace BadMinima.Experiments;

/// <summary>
/// A two-sided t test of a difference of means against a margin.
/// <para>
/// Where nothing varies (the values of each group, or all differences, are equal up to rounding) there is no t: <see cref="T"/> and
/// <see cref="DegreesOfFreedom"/> are null, the interval has no length, and p is 0, or 1 where difference and margin are equal up to
/// rounding.
/// Such a 0 says that no seed differed from another, not how sure the next one is to agree: look at <see cref="NothingVaries"/> before
/// making much of it.
/// </para>
/// </summary>
/// <param name="Difference">The mean difference, first minus second.</param>
/// <param name="Margin">What it is compared with.</param>
/// <param name="T">(difference - margin) / standard error; null where nothing varies.</param>
/// <param name="DegreesOfFreedom">n - 1 of paired differences; by Welch and Satterthwaite of independent groups, not whole in general; null
/// where nothing varies.</param>
/// <param name="P">Two-sided. Hypothesis: difference = margin.</param>
/// <param name="DifferenceInterval">The two-sided confidence interval of the difference.</param>
public sealed record TTest(
    double Difference,
    double Margin,
    double? T,
    double? DegreesOfFreedom,
    double P,
    Interval DifferenceInterval)
{
    /// <summary>Whether the values are equal up to rounding, so that p is 0 or 1 by convention.</summary>
    public bool NothingVaries => T is null;

    /// <summary>The paired t test. Null with fewer than two pairs.</summary>
    /// <param name="differences">The differences by seed.</param>
    /// <param name="margin">What the mean difference is compared with; finite.</param>
    /// <param name="level">Of the confidence interval, above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The margin is not finite, or the level is not between 0 and 1.</exception>
    public static TTest? Paired(PairedDifferences differences, double margin = 0, double level = Interval.UsualLevel)
    {
        Check(margin, level);
        return differences.Sample is { StandardError: { } error } sample
            ? Of(sample.Mean, margin, sample.AreEqual(sample.Mean, margin), error, sample.Count - 1, level)
            : null;
    }

    /// <summary>
    /// Welch's t test of two independent groups, which may differ in variance and size (Welch, Biometrika 34, 1947; degrees of freedom also
    /// Satterthwaite, Biometrics Bulletin 2, 1946). Null with fewer than two values in a group.
    /// </summary>
    /// <param name="first">One group.</param>
    /// <param name="second">The group whose mean is taken from the first's.</param>
    /// <param name="margin">What the difference of the means is compared with; finite.</param>
    /// <param name="level">Of the confidence interval, above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The margin is not finite, or the level is not between 0 and 1.</exception>
    public static TTest? Welch(Sample first, Sample second, double margin = 0, double level = Interval.UsualLevel)
    {
        Check(margin, level);
        if (first.StandardError is not { } firstError || second.StandardError is not { } secondError)
        {
            return null;
        }

        // By the shares of the two variances, whose own squares may be too small for a double.
        double error = double.Hypot(firstError, secondError);
        double share = error == 0 ? 0 : Math.Pow(firstError / error, 2);
        double degreesOfFreedom = 1 / (share * share / (first.Count - 1) + (1 - share) * (1 - share) / (second.Count - 1));
        double difference = first.Mean - second.Mean;
        bool equal = first.AreEqual(difference, margin) || second.AreEqual(difference, margin);
        return Of(difference, margin, equal, error, degreesOfFreedom, level);
    }

    private static TTest Of(double difference, double margin, bool equal, double error, double degreesOfFreedom, double level)
    {
        Interval interval = Interval.Of(difference, error, degreesOfFreedom, level);
        if (error == 0)
        {
            return new(difference, margin, null, null, equal ? 1 : 0, interval);
        }

        double t = (difference - margin) / error;
        return new(
            difference, margin, t, degreesOfFreedom, Math.Min(1, 2 * StudentTail.Probability(Math.Abs(t), degreesOfFreedom)), interval);
    }

    private static void Check(double margin, double level)
    {
        Interval.CheckLevel(level);
        if (!double.IsFinite(margin))
        {
            throw new ArgumentOutOfRangeException(
                nameof(margin), margin, $"The margin is {margin}; allowed are finite numbers, in the unit of the difference.");
        }
    }
}

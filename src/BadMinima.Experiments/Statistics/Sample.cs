using MathNet.Numerics.Statistics;

namespace BadMinima.Experiments;

/// <summary>
/// What is known of a quantity that was measured once a seed: its mean and how sure that is. No number of it is ever NaN; what one seed
/// cannot tell is null.
/// </summary>
public sealed class Sample
{
    /// <summary>
    /// What rounding may do to a value, as a share of the numbers that it was computed from. Values that differ by less are taken as equal:
    /// 0.52 - 0.42 and 0.72 - 0.62 differ in their last bit, and a standard error made of such bits would give any t.
    /// </summary>
    private const double Rounding = 1e-12;

    /// <summary>A sample.</summary>
    /// <param name="values">At least one; all finite.</param>
    /// <exception cref="ArgumentException">There is no value, or one is not finite.</exception>
    public Sample(IEnumerable<double> values) : this([.. values], magnitude: 0)
    {
    }

    private Sample(double[] values, double magnitude)
    {
        if (values.Length == 0)
        {
            throw new ArgumentException("A sample needs at least one value; none was given.", nameof(values));
        }

        if (Array.FindIndex(values, v => !double.IsFinite(v)) is >= 0 and int index)
        {
            throw new ArgumentException(
                $"Value {index + 1} of {values.Length} is {values[index]}; a sample takes finite numbers only, so leave "
                    + "out what diverged and say so.",
                nameof(values));
        }

        Values = values;
        Magnitude = Math.Max(magnitude, values.Max(Math.Abs));
        (double mean, double deviation) = ArrayStatistics.MeanStandardDeviation(values);
        Mean = mean;
        StandardDeviation = values.Length == 1 ? null : values.Max() - values.Min() <= Rounding * Magnitude ? 0 : deviation;
    }

    /// <summary>The values, in the order given.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>How many values: at least 1.</summary>
    public int Count => Values.Count;

    /// <summary>The arithmetic mean.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation, with n - 1; 0 where the values are equal up to rounding; null for a single value.</summary>
    public double? StandardDeviation { get; }

    /// <summary>The standard error of the mean: the deviation over the root of the count; null for a single value.</summary>
    public double? StandardError => StandardDeviation / Math.Sqrt(Count);

    /// <summary>The largest of the numbers that the values were computed from, without its sign: the measure of their rounding.</summary>
    private double Magnitude { get; }

    /// <summary>The sample, or null if there is no value.</summary>
    /// <inheritdoc cref="Sample(IEnumerable{double})" path="/param"/>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    public static Sample? OrNull(IEnumerable<double> values)
        => values.ToArray() is { Length: > 0 } some ? new Sample(some, magnitude: 0) : null;

    /// <summary>A sample of differences.</summary>
    /// <param name="differences">At least one; all finite.</param>
    /// <param name="magnitude">The largest of the numbers whose differences they are, without its sign.</param>
    public static Sample OfDifferences(IEnumerable<double> differences, double magnitude) => new([.. differences], magnitude);

    /// <summary>
    /// The confidence interval of the mean by Student t, with n - 1 degrees of freedom; null for a single value; without length where all
    /// are equal.
    /// </summary>
    /// <param name="level">Above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is not between 0 and 1.</exception>
    public Interval? MeanInterval(double level = Interval.UsualLevel)
    {
        Interval.CheckLevel(level);
        return StandardError is { } error ? Interval.Of(Mean, error, Count - 1, level) : null;
    }

    /// <summary>Whether a number computed from these values and a second one are equal up to rounding.</summary>
    public bool AreEqual(double number, double other) => Math.Abs(number - other) <= Rounding * Math.Max(Magnitude, Math.Abs(other));
}

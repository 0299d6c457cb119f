using MathNet.Numerics.LinearRegression;
using MathNet.Numerics.Statistics;

namespace BadMinima.Experiments;

/// <summary>
/// y = c x^e, fitted by least squares on the logarithms of x and y (simple linear regression): what varies about the line is taken to vary
/// alike everywhere, as the logarithm of an exponential time does.
/// </summary>
/// <param name="Exponent">e.</param>
/// <param name="StandardError">Of the exponent, from what varies about the line.</param>
/// <param name="Factor">c.</param>
/// <param name="Count">How many points.</param>
public sealed record PowerLaw(double Exponent, double StandardError, double Factor, int Count)
{
    /// <summary>The interval of the exponent by Student t, with n - 2 degrees of freedom.</summary>
    /// <param name="level">Above 0 and below 1.</param>
    public Interval Interval(double level = Experiments.Interval.UsualLevel)
        => Experiments.Interval.Of(Exponent, StandardError, Count - 2, level);

    /// <summary>y at x.</summary>
    public double At(double x) => Factor * Math.Pow(x, Exponent);

    /// <summary>The fit; null with fewer than three points, or with all x equal.</summary>
    /// <param name="points">Points with x and y above 0.</param>
    /// <exception cref="ArgumentException">A point has a number that is not above 0 and finite.</exception>
    public static PowerLaw? Fit(IReadOnlyList<(double X, double Y)> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        foreach ((double x, double y) in points)
        {
            if (!(x > 0 && y > 0 && double.IsFinite(x) && double.IsFinite(y)))
            {
                throw new ArgumentException($"A point is ({x}, {y}); a power law takes finite numbers above 0.", nameof(points));
            }
        }

        double[] logX = [.. points.Select(p => Math.Log(p.X))], logY = [.. points.Select(p => Math.Log(p.Y))];
        if (points.Count < 3 || logX.Max() == logX.Min())
        {
            return null;
        }

        (double intercept, double exponent) = SimpleRegression.Fit(logX, logY);
        double residual = logX.Zip(logY, (x, y) => y - intercept - exponent * x).Sum(r => r * r);
        double squares = (points.Count - 1) * ArrayStatistics.Variance(logX);
        return new(exponent, Math.Sqrt(residual / (points.Count - 2) / squares), Math.Exp(intercept), points.Count);
    }
}

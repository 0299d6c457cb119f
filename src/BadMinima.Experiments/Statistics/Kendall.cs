using MathNet.Numerics.Statistics;

namespace BadMinima.Experiments;

/// <summary>Kendall's rank correlation.</summary>
public static class Kendall
{
    private const int Resamples = 1_000;
    private const int Seed = 1;

    /// <summary>
    /// tau-b: pairs of the same order less pairs of the other order, over the root of the pairs not tied in x times those not tied in y
    /// (Kendall 1945). 1 where both rank alike, -1 where they rank the other way round.
    /// </summary>
    /// <param name="points">Pairs of finite numbers.</param>
    /// <returns>-1 to 1; null with fewer than two points, or where all x or all y are equal.</returns>
    public static double? Tau(IReadOnlyList<(double X, double Y)> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        (double concordant, double untiedX, double untiedY) = (0, 0, 0);
        for (int i = 0; i < points.Count; i++)
        {
            for (int j = i + 1; j < points.Count; j++)
            {
                int x = points[i].X.CompareTo(points[j].X), y = points[i].Y.CompareTo(points[j].Y);
                concordant += x * y;
                untiedX += x == 0 ? 0 : 1;
                untiedY += y == 0 ? 0 : 1;
            }
        }

        return untiedX == 0 || untiedY == 0 ? null : concordant / Math.Sqrt(untiedX * untiedY);
    }

    /// <summary>
    /// The percentile interval of tau by bootstrap: 1,000 times as many points drawn with replacement (Efron 1979), the same ones each time
    /// that it is called. Draws in which all x or all y are equal are left out.
    /// </summary>
    /// <param name="points">Pairs of finite numbers.</param>
    /// <param name="level">Above 0 and below 1.</param>
    /// <returns>Null with fewer than three points, or where tau is not known.</returns>
    public static Interval? Bootstrap(IReadOnlyList<(double X, double Y)> points, double level = Interval.UsualLevel)
    {
        ArgumentNullException.ThrowIfNull(points);
        Interval.CheckLevel(level);
        if (points.Count < 3 || Tau(points) is null)
        {
            return null;
        }

        Random random = new(Seed);
        double[] taus =
        [
            .. Enumerable.Range(0, Resamples)
                .Select(_ => Tau([.. Enumerable.Range(0, points.Count).Select(_ => points[random.Next(points.Count)])])).OfType<double>(),
        ];
        return new(ArrayStatistics.QuantileInplace(taus, (1 - level) / 2), ArrayStatistics.QuantileInplace(taus, (1 + level) / 2), level);
    }
}

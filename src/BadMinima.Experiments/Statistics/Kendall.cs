namespace BadMinima.Experiments;

/// <summary>Kendall's rank correlation.</summary>
public static class Kendall
{
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
}

namespace BadMinima.Experiments;

/// <summary>
/// Holm's step-down correction (Scandinavian Journal of Statistics 6, 1979): the chance of one wrong rejection or more in a family of tests
/// stays below the level, however the tests depend on each other.
/// </summary>
public static class Holm
{
    /// <summary>
    /// Corrects a family's p values: the i-th smallest of m becomes the largest of (m - j + 1) p_j over j up to i, at most 1. A hypothesis
    /// is rejected at a level if its corrected p is at most that.
    /// </summary>
    /// <param name="p">The p values of all tests of the family that were made, each 0 to 1, in any order.</param>
    /// <returns>The corrected ones, in the order given.</returns>
    /// <exception cref="ArgumentException">A p value is not between 0 and 1.</exception>
    public static double[] Correct(IReadOnlyList<double> p)
    {
        foreach (double value in p)
        {
            if (value is not (>= 0 and <= 1))
            {
                throw new ArgumentException($"A p value is {value}; allowed are 0 to 1.", nameof(p));
            }
        }

        double[] corrected = new double[p.Count];
        double largest = 0;
        foreach ((int rank, int index) in Enumerable.Range(0, p.Count).OrderBy(i => p[i]).Index())
        {
            largest = Math.Max(largest, Math.Min(1, (p.Count - rank) * p[index]));
            corrected[index] = largest;
        }

        return corrected;
    }
}

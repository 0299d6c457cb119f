using BadMinima.MLNet.Examples.Readers;
using BadMinima.MLNet.Examples.Views;
using Microsoft.ML;

namespace BadMinima.MLNet.Examples.Drawn;

/// <summary>
/// The two clouds of points of the paper's 2-D figure (Liu, Papailiopoulos, Achlioptas 2020, figure 1; means and deviation from the
/// authors' data). Point i of a class is a
/// function of (seed, split, class, i) alone, and the same to the bit on every platform.
/// </summary>
internal static class GaussianPoints
{
    private const double Deviation = 0.15;
    private const double JitterDeviation = 0.1;
    private static readonly (double X, double Y)[] Means = [(-0.45, 0.20), (0.85, 0.20)];

    public static IDataView Draw(DataOperationsCatalog catalog, Split split, int pointsPerClass, int seed, int jitteredCopies)
    {
        Guard.Split(split);
        OptionException.Check(pointsPerClass >= 1, nameof(pointsPerClass), pointsPerClass, "at least 1");
        OptionException.Check(jitteredCopies >= 0, nameof(jitteredCopies), jitteredCopies, "0 or more");
        CounterRandom random = CounterRandom.Create(seed).Stream((ulong)split);

        // Classes in turn, so that the first rows hold both; the copies after all points, so that their number changes no point.
        return FeatureRows.Load(
            catalog,
            [
                .. from copy in Enumerable.Range(0, 1 + jitteredCopies)
                   from i in Enumerable.Range(0, pointsPerClass)
                   from label in Enumerable.Range(0, Means.Length)
                   select (label, Point(random.Stream((ulong)label).Stream((ulong)i), Means[label], copy)),
            ],
            [2], ["0", "1"]);
    }

    /// <param name="random">The point's generator.</param>
    /// <param name="mean">Its class's mean.</param>
    /// <param name="copy">0: the point itself; others: moved by noise of their own.</param>
    private static float[] Point(CounterRandom random, (double X, double Y) mean, int copy)
    {
        var draws = RandomSequence.From(random.Stream(0));
        (double x, double y) = (mean.X + Deviation * draws.Normal(), mean.Y + Deviation * draws.Normal());
        if (copy > 0)
        {
            var noise = RandomSequence.From(random.Stream((ulong)copy));
            (x, y) = (x + JitterDeviation * noise.Normal(), y + JitterDeviation * noise.Normal());
        }

        return [(float)x, (float)y];
    }
}

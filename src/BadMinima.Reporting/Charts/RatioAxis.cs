using OxyPlot.Axes;

namespace BadMinima.Reporting;

/// <summary>
/// A logarithmic axis with ticks at 1, 3, 10, ...: OxyPlot's own names powers of ten alone, and between 0.003 and 0.3 there are two of
/// them.
/// </summary>
internal sealed class RatioAxis : LogarithmicAxis
{
    private static readonly double[] Powers = [1], Halves = [1, 3], Thirds = [1, 2, 5];

    public override void GetTickValues(
        out IList<double> majorLabelValues, out IList<double> majorTickValues, out IList<double> minorTickValues)
    {
        double decades = Math.Log10(ActualMaximum / ActualMinimum);
        double[] steps = decades > 4 ? Powers : decades > 1.2 ? Halves : Thirds;
        int first = (int)Math.Floor(Math.Log10(ActualMinimum)), last = (int)Math.Ceiling(Math.Log10(ActualMaximum));

        // Through text: 3 * 10^-3 is not quite the 0.003 that the label says.
        double[] ticks =
        [
            .. from power in Enumerable.Range(first, last - first + 1)
               from step in steps
               let tick = double.Parse($"{step}e{power}")
               where tick >= ActualMinimum * 0.999 && tick <= ActualMaximum * 1.001
               select tick,
        ];
        (majorLabelValues, majorTickValues, minorTickValues) = (ticks, ticks, []);
    }
}

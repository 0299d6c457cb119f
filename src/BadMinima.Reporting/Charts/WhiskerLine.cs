using OxyPlot;
using OxyPlot.Series;

namespace BadMinima.Reporting;

/// <summary>
/// A line with error bars of any two ends; OxyPlot's have equal arms, and are a second series with a second name in the legend.
/// </summary>
internal sealed class WhiskerLine : LineSeries
{
    /// <summary>Where each bar stands and reaches; an end outside the axis is cut off there, and has no cap.</summary>
    public IReadOnlyList<(double X, double Low, double High)> Whiskers { get; init; } = [];

    public override void Render(IRenderContext rc)
    {
        foreach ((double x, double low, double high) in Whiskers)
        {
            ScreenPoint from = Transform(new DataPoint(x, Math.Max(low, YAxis.ActualMinimum))),
                to = Transform(new DataPoint(x, Math.Min(high, YAxis.ActualMaximum)));
            Whisker.Draw(rc, from, to, Color, StrokeThickness, low >= YAxis.ActualMinimum, high <= YAxis.ActualMaximum);
        }

        base.Render(rc);
    }

    protected override void UpdateMaxMin()
    {
        base.UpdateMaxMin();
        foreach ((_, double low, double high) in Whiskers)
        {
            MinY = double.IsNaN(MinY) ? low : Math.Min(MinY, low);
            MaxY = double.IsNaN(MaxY) ? high : Math.Max(MaxY, high);
        }
    }
}

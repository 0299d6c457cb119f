using OxyPlot;
using OxyPlot.Series;

namespace BadMinima.Reporting;

/// <summary>Bars with error bars, each with its value beyond both: OxyPlot writes it at the bar's end, where the error bar is.</summary>
internal sealed class ValueBars : BarSeries
{
    private const double LabelDistance = 6;

    protected override void RenderItem(
        IRenderContext rc, double barValue, double categoryValue, double actualBarWidth, BarItem item, OxyRect rect)
    {
        base.RenderItem(rc, barValue, categoryValue, actualBarWidth, item, rect);
        Bar bar = (Bar)item;
        double y = rect.Center.Y, left = Math.Min(rect.Left, rect.Right), right = Math.Max(rect.Left, rect.Right);
        if (bar.Range is (double low, double high))
        {
            double minimum = XAxis.ActualMinimum, maximum = XAxis.ActualMaximum;
            ScreenPoint from = new(XAxis.Transform(Math.Clamp(low, minimum, maximum)), y),
                to = new(XAxis.Transform(Math.Clamp(high, minimum, maximum)), y);

            // Ink on a series is pale on pale in dark mode; within a seam of the page's color it stands out in both.
            Whisker.Draw(rc, from, to, Palette.Paper, 3.5, low >= minimum, high <= maximum);
            Whisker.Draw(rc, from, to, Palette.Ink, 1.25, low >= minimum, high <= maximum);
            (left, right) = (Math.Min(left, from.X), Math.Max(right, to.X));
        }

        rc.DrawText(
            new ScreenPoint(bar.Value < 0 ? left - LabelDistance : right + LabelDistance, y), bar.Label, Palette.Ink, ActualFont,
            ActualFontSize, ActualFontWeight, 0,
            bar.Value < 0 ? HorizontalAlignment.Right : HorizontalAlignment.Left, VerticalAlignment.Middle);
    }

    /// <summary>A bar, what is written at it, and its error bar.</summary>
    internal sealed class Bar : BarItem
    {
        public required string Label { get; init; }

        public (double Low, double High)? Range { get; init; }
    }
}

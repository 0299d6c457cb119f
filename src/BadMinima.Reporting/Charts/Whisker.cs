using OxyPlot;

namespace BadMinima.Reporting;

/// <summary>An error bar: a line with a cap across each end.</summary>
internal static class Whisker
{
    private const double HalfCap = 3.5;

    public static void Draw(IRenderContext rc, ScreenPoint from, ScreenPoint to, OxyColor color, double thickness, bool fromCap, bool toCap)
    {
        // Standing bars have lying caps, lying ones standing caps.
        ScreenVector cap = Math.Abs(from.X - to.X) < Math.Abs(from.Y - to.Y) ? new(HalfCap, 0) : new(0, HalfCap);
        Line(rc, from, to, color, thickness);
        if (fromCap)
        {
            Line(rc, from - cap, from + cap, color, thickness);
        }

        if (toCap)
        {
            Line(rc, to - cap, to + cap, color, thickness);
        }
    }

    private static void Line(IRenderContext rc, ScreenPoint from, ScreenPoint to, OxyColor color, double thickness) =>
        rc.DrawLine([from, to], color, thickness, EdgeRenderingMode.PreferGeometricAccuracy, null, LineJoin.Miter);
}

using SkiaSharp;

namespace BadMinima.Experiments;

/// <summary>Draws one panel: the probability as colors, the line p = 0.5, the points, the axes.</summary>
/// <param name="canvas">On what.</param>
/// <param name="pens">With what.</param>
/// <param name="area">Where the frame goes; title and ticks are outside.</param>
internal sealed class PanelDrawing(SKCanvas canvas, Pens pens, SKRect area)
{
    private const float PointRadius = 4;
    private const float TickLength = 4;

    private static readonly double[] TicksX = [-1, -0.5, 0, 0.5, 1, 1.5];
    private static readonly double[] TicksY = [-0.5, 0, 0.5, 1];

    public void Draw(Panel panel)
    {
        DrawProbabilities(panel.LogOdds);
        canvas.Save();
        canvas.ClipRect(area);
        using SKPath line = new();
        foreach (ZeroLine.Piece piece in panel.Line)
        {
            line.MoveTo(At(piece.X1, piece.Y1));
            line.LineTo(At(piece.X2, piece.Y2));
        }

        canvas.DrawPath(line, pens.Boundary);

        foreach (LabeledPoint point in panel.Points)
        {
            Point(At(point.X, point.Y), point.Label);
        }

        canvas.Restore();
        DrawAxes();
        PanelNumbers numbers = panel.Numbers;
        canvas.DrawText(numbers.Name, area.Left, area.Top - 26, pens.Title);
        canvas.DrawText(
            FormattableString.Invariant($"{100 * numbers.TrainingAccuracy:0.#} % of the points right, ")
                + FormattableString.Invariant($"jaggedness {numbers.Jaggedness:0.00}, ")
                + FormattableString.Invariant($"{numbers.Islands} {(numbers.Islands == 1 ? "island" : "islands")}"),
            area.Left, area.Top - 9, pens.Text);
    }

    /// <summary>A disc for class 0, a triangle for class 1: told apart without colors.</summary>
    public void Point(SKPoint at, int label)
    {
        (SKPaint fill, SKPaint outline) = (label == 1 ? pens.Class1 : pens.Class0, pens.Outline);
        if (label == 0)
        {
            canvas.DrawCircle(at, PointRadius, fill);
            canvas.DrawCircle(at, PointRadius, outline);
            return;
        }

        using SKPath triangle = new();
        triangle.AddPoly([new(at.X, at.Y - 1.3f * PointRadius), new(at.X + 1.2f * PointRadius, at.Y + 0.9f * PointRadius),
            new(at.X - 1.2f * PointRadius, at.Y + 0.9f * PointRadius)]);
        canvas.DrawPath(triangle, fill);
        canvas.DrawPath(triangle, outline);
    }

    private void DrawProbabilities(Field logOdds)
    {
        using SKBitmap bitmap = new(logOdds.Columns, logOdds.Rows, SKColorType.Rgba8888, SKAlphaType.Opaque)
        {
            // A bitmap's rows go down, a field's up.
            Pixels = [.. from row in Enumerable.Range(1, logOdds.Rows)
                         from column in Enumerable.Range(0, logOdds.Columns)
                         select ColorScale.Of(1 / (1 + Math.Exp(-logOdds[column, logOdds.Rows - row])))],
        };
        canvas.DrawBitmap(bitmap, area, pens.Picture);
    }

    private void DrawAxes()
    {
        canvas.DrawRect(area, pens.Axis);
        foreach (double x in TicksX)
        {
            SKPoint at = At(x, Frame.Paper.Bottom);
            canvas.DrawLine(at.X, at.Y, at.X, at.Y + TickLength, pens.Axis);
            canvas.DrawText(Pens.Number(x), at.X, at.Y + 18, pens.Centered);
        }

        foreach (double y in TicksY)
        {
            SKPoint at = At(Frame.Paper.Left, y);
            canvas.DrawLine(at.X, at.Y, at.X - TickLength, at.Y, pens.Axis);
            canvas.DrawText(Pens.Number(y), at.X - 8, at.Y + 4, pens.RightAligned);
        }
    }

    private SKPoint At(double x, double y) => new(
        (float)(area.Left + area.Width * (x - Frame.Paper.Left) / Frame.Paper.Width),
        (float)(area.Bottom - area.Height * (y - Frame.Paper.Bottom) / Frame.Paper.Height));
}

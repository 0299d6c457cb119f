using System.Globalization;
using SkiaSharp;

namespace BadMinima.Experiments;

/// <summary>Colors, strokes and lettering of the figure.</summary>
internal sealed class Pens : IDisposable
{
    private const float TextSize = 12.5f;

    private static readonly SKColor Ink = new(0x22, 0x22, 0x22);

    public SKPaint Title { get; } = new() { Color = Ink, TextSize = 16, IsAntialias = true, FakeBoldText = false };

    public SKPaint Text { get; } = Lettering(SKTextAlign.Left);

    public SKPaint Centered { get; } = Lettering(SKTextAlign.Center);

    public SKPaint RightAligned { get; } = Lettering(SKTextAlign.Right);

    public SKPaint Axis { get; } = Stroke(Ink, 1);

    public SKPaint Boundary { get; } = Stroke(SKColors.Black, 1.6f);

    public SKPaint Outline { get; } = Stroke(SKColors.White, 1);

    public SKPaint Class0 { get; } = Fill(ColorScale.DarkBlue);

    public SKPaint Class1 { get; } = Fill(ColorScale.DarkOrange);

    public SKPaint Picture { get; } = new() { FilterQuality = SKFilterQuality.High };

    /// <summary>An axis's number, with a minus sign in place of a hyphen.</summary>
    public static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture).Replace('-', '\u2212');

    public void Dispose()
    {
        foreach (SKPaint paint in new[] { Title, Text, Centered, RightAligned, Axis, Boundary, Outline, Class0, Class1, Picture })
        {
            paint.Dispose();
        }
    }

    private static SKPaint Lettering(SKTextAlign align)
        => new() { Color = Ink, TextSize = TextSize, TextAlign = align, IsAntialias = true };

    private static SKPaint Stroke(SKColor color, float width)
        => new()
        {
            Color = color,
            StrokeWidth = width,
            IsStroke = true,
            IsAntialias = true,
            StrokeCap = SKStrokeCap.Round,
            StrokeJoin = SKStrokeJoin.Round
        };

    private static SKPaint Fill(SKColor color) => new() { Color = color, IsAntialias = true };
}

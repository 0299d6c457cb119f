using System.Text;
using System.Xml.Linq;
using SkiaSharp;

namespace BadMinima.Experiments;

/// <summary>
/// The four panels in one picture, the same as PNG and as SVG: there the colors are embedded images, and all else is lines and letters.
/// </summary>
internal static class BoundaryFigure
{
    private const float Width = 980;
    private const float Height = 736;
    private const float PanelWidth = 390;
    private const float PanelHeight = PanelWidth * 2f / 3.05f;
    private const float Left = 66;
    private const float Top = 56;
    private const float GapX = 50;
    private const float GapY = 92;
    private const float ScaleWidth = 16;

    // Sharp in a text column on a dense screen, and no more than a few hundred kilobytes.
    private const float PixelsPerUnit = 1.5f;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>Whether this machine has any fonts: without them the figure has no letters.</summary>
    public static bool HasLetters => SKTypeface.Default.GlyphCount > 0;

    /// <summary>The figure as a PNG file.</summary>
    public static byte[] ToPng(IReadOnlyList<Panel> panels)
    {
        using SKBitmap bitmap = new((int)(Width * PixelsPerUnit), (int)(Height * PixelsPerUnit), SKColorType.Rgba8888, SKAlphaType.Opaque);
        using SKCanvas canvas = new(bitmap);
        canvas.Scale(PixelsPerUnit);
        Draw(canvas, panels);
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return png.ToArray();
    }

    /// <summary>The figure as an SVG document.</summary>
    public static string ToSvg(IReadOnlyList<Panel> panels)
    {
        using MemoryStream stream = new();
        using (SKCanvas canvas = SKSvgCanvas.Create(SKRect.Create(Width, Height), stream))
        {
            Draw(canvas, panels);
        }

        XElement root = XElement.Parse(Encoding.UTF8.GetString(stream.ToArray()));
        root.SetAttributeValue("viewBox", FormattableString.Invariant($"0 0 {Width} {Height}"));
        root.SetAttributeValue("role", "img");
        root.AddFirst(
            new XElement(Svg + "title", "Decision boundaries of the 2-D case: " + string.Join("; ", panels.Select(p => p.Numbers.Name))));
        foreach (XElement text in root.Descendants(Svg + "text"))
        {
            // The machine's own font first, whose widths the letters have been placed with; then those with the same widths as Liberation
            // Sans, the usual one.
            text.SetAttributeValue(
                "font-family",
                string.Join(
                    ", ",
                    new[] { (string?)text.Attribute("font-family"), "Liberation Sans", "Arial", "Helvetica", "sans-serif" }.OfType<string>()
                        .Distinct()));
        }

        return root.ToString(SaveOptions.DisableFormatting);
    }

    private static void Draw(SKCanvas canvas, IReadOnlyList<Panel> panels)
    {
        using Pens pens = new();
        canvas.Clear(SKColors.White);
        for (int i = 0; i < panels.Count; i++)
        {
            (float x, float y) = (Left + i % 2 * (PanelWidth + GapX), Top + i / 2 * (PanelHeight + GapY));
            new PanelDrawing(canvas, pens, SKRect.Create(x, y, PanelWidth, PanelHeight)).Draw(panels[i]);
        }

        float bottom = Top + 2 * PanelHeight + GapY;
        DrawScale(canvas, pens, SKRect.Create(Left + 2 * PanelWidth + GapX + 24, Top, ScaleWidth, bottom - Top));
        DrawLegend(canvas, pens, bottom + 58);
    }

    private static void DrawScale(SKCanvas canvas, Pens pens, SKRect area)
    {
        const int Steps = 256;
        using SKBitmap bitmap = new(1, Steps, SKColorType.Rgba8888, SKAlphaType.Opaque)
        {
            Pixels = [.. Enumerable.Range(0, Steps).Select(i => ColorScale.Of(1 - i / (Steps - 1.0)))]
        };
        canvas.DrawBitmap(bitmap, area, pens.Picture);
        canvas.DrawRect(area, pens.Axis);
        for (int i = 0; i <= 4; i++)
        {
            float y = area.Bottom - area.Height * i / 4;
            canvas.DrawLine(area.Right, y, area.Right + 4, y, pens.Axis);
            canvas.DrawText(FormattableString.Invariant($"{i / 4.0:0.##}"), area.Right + 8, y + 4, pens.Text);
        }

        canvas.DrawText("p (class 1)", area.MidX, area.Top - 9, pens.Centered);
    }

    private static void DrawLegend(SKCanvas canvas, Pens pens, float y)
    {
        PanelDrawing points = new(canvas, pens, SKRect.Empty);
        points.Point(new(Left + 8, y - 4), 0);
        canvas.DrawText("class 0", Left + 20, y, pens.Text);
        points.Point(new(Left + 98, y - 4), 1);
        canvas.DrawText("class 1", Left + 110, y, pens.Text);
        canvas.DrawLine(Left + 180, y - 4, Left + 208, y - 4, pens.Boundary);
        canvas.DrawText(
            "p = 0.5. Training points with their labels; in (b) with the random labels that were fitted there.", Left + 216, y, pens.Text);
    }
}

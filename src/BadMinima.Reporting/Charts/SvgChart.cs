using System.Text.RegularExpressions;
using System.Xml.Linq;
using OxyPlot;

namespace BadMinima.Reporting;

/// <summary>
/// Turns OxyPlot's drawing into SVG that takes its place in a page: as wide as its container, in the page's font and colors, with a name.
/// </summary>
internal static partial class SvgChart
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static string Draw(PlotModel model, double width, double height, string title, string description)
    {
        string drawing = new SvgExporter
        {
            Width = width,
            Height = height,
            IsDocument = false,
            TextMeasurer = new PageMeasurer()
        }.ExportToString(model);
        XElement root = XElement.Parse(StandIn().Replace(drawing, match => Palette.Css(byte.Parse(match.Groups[1].Value))));

        // Several charts share a page, and OxyPlot would give each the ids clipPath1, clipPath2, ... Nothing is drawn outside, so nothing
        // needs clipping.
        root.Descendants(Svg + "defs").Remove();
        root.Descendants().Attributes("clip-path").Remove();
        root.Descendants().Where(IsInvisible).Remove();
        foreach (XElement text in root.Descendants(Svg + "text"))
        {
            text.Attribute("font-family")?.Remove();
            text.SetAttributeValue("fill", "currentColor");
        }

        root.RemoveAttributes();
        root.Add(
            new XAttribute("viewBox", FormattableString.Invariant($"0 0 {width} {height}")),
            new XAttribute("role", "img"),
            new XAttribute("aria-label", description));
        root.AddFirst(new XElement(Svg + "title", title));
        return root.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>A drawing of <see cref="Draw"/> without the page around it: what the page gives it, it has itself.</summary>
    public static string Alone(string drawing, double width, double height)
    {
        XElement root = XElement.Parse(Variable().Replace(drawing, match => match.Groups[1].Value));
        root.SetAttributeValue("width", width);
        root.SetAttributeValue("height", height);
        root.SetAttributeValue(
            "style", $"color: {Palette.InkAlone}; font-family: system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', Arial, sans-serif");
        root.Element(Svg + "title")!.AddAfterSelf(new XElement(
            Svg + "rect", new XAttribute("width", "100%"), new XAttribute("height", "100%"), new XAttribute("fill", "#ffffff")));
        return root.ToString(SaveOptions.DisableFormatting) + "\n";
    }

    /// <summary>The width of the longest line of a text, as it may stand in a page.</summary>
    public static double TextWidth(string text, double fontSize)
    {
        PageMeasurer measurer = new();
        return text.Split('\n').Max(line => measurer.MeasureText(line, "Arial", fontSize, FontWeights.Normal).Width);
    }

    /// <summary>Breaks a text at spaces into lines no wider than <paramref name="width"/>, as far as its words allow.</summary>
    public static string Wrap(string text, double width, double fontSize)
    {
        List<string> lines = [];
        foreach (string word in text.Split(' '))
        {
            string? longer = lines.Count == 0 ? null : $"{lines[^1]} {word}";
            if (longer is not null && TextWidth(longer, fontSize) <= width)
            {
                lines[^1] = longer;
            }
            else
            {
                lines.Add(word);
            }
        }

        return string.Join('\n', lines);
    }

    private static bool IsInvisible(XElement element) =>
        ((string?)element.Attribute("style"))?.Contains("fill:none;stroke:none", StringComparison.Ordinal) == true;

    /// <summary>
    /// OxyPlot measures text in points (72 to the inch) where SVG draws pixels (96), and as Arial sets it where a page has the reader's own
    /// font; the widest of the usual ones, DejaVu Sans, runs 18 % wider. Of letters and signs beyond Latin-1, of unknown width for it,
    /// it counts none: here each is as wide as a W. Uncorrected, labels overlap and are cut off.
    /// </summary>
    private sealed class PageMeasurer : PdfRenderContext
    {
        public PageMeasurer()
            : base(1, 1, OxyColors.Undefined)
        {
        }

        public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight)
        {
            string known = string.Concat((text ?? "").Select(letter => letter switch { '\u00a0' => ' ', > '\u00ff' => 'W', _ => letter }));
            OxySize size = base.MeasureText(known, fontFamily, fontSize, fontWeight);
            return new OxySize(1.18 * 96 / 72 * size.Width, 96.0 / 72 * size.Height);
        }
    }

    [GeneratedRegex(@"var\(--[\w-]+, (#[0-9a-f]{6})\)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"rgb\(1,2,(\d+)\)")]
    private static partial Regex StandIn();
}

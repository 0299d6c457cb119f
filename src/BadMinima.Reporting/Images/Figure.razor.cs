using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace BadMinima.Reporting;

/// <summary>
/// A picture within the page. An SVG drawing too is embedded as an image: browsers run no script in an image and fetch nothing for it, and
/// the names within two
/// drawings cannot meet. It stands on white, in dark mode as well: a finished picture has its own colors.
/// </summary>
public sealed partial class Figure : Block
{
    private static ReadOnlySpan<byte> PngSignature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    private Figure(string caption, string alternative, string dataUri, double width, double height, string? file)
    {
        ArgumentException.ThrowIfNullOrEmpty(caption);
        ArgumentException.ThrowIfNullOrEmpty(alternative);
        Caption = caption;
        Alternative = alternative;
        DataUri = dataUri;
        Width = (int)Math.Ceiling(width);
        Height = (int)Math.Ceiling(height);
        File = file;
    }

    /// <summary>What the picture shows.</summary>
    public string Caption { get; }

    /// <summary>What a screen reader says in its place.</summary>
    public string Alternative { get; }

    /// <summary>The picture in a <c>data:</c> URI.</summary>
    public string DataUri { get; }

    /// <summary>Width in CSS pixels where there is room.</summary>
    public int Width { get; }

    /// <summary>Height in CSS pixels where there is room.</summary>
    public int Height { get; }

    /// <summary>Where the picture also lies as a file, relative to the page, for the page's Markdown; or nowhere.</summary>
    public string? File { get; }

    /// <summary>A drawing.</summary>
    /// <param name="caption">What it shows.</param>
    /// <param name="svg">An SVG document with a viewBox, or with width and height.</param>
    /// <param name="alternative">What a screen reader says in its place.</param>
    /// <param name="file">Where it also lies as a file, relative to the page: Markdown shows it from there.</param>
    /// <returns>The figure.</returns>
    /// <exception cref="ArgumentException">An empty text, or a drawing that is not SVG or has no size.</exception>
    public static Figure FromSvg(string caption, string svg, string alternative, string? file = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(svg);
        XElement root;
        try
        {
            root = XElement.Parse(svg);
        }
        catch (XmlException error)
        {
            throw new ArgumentException($"The drawing of '{caption}' is not XML: {error.Message}", nameof(svg), error);
        }

        double[] box =
        [
            .. ((string?)root.Attribute("viewBox") ?? "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(Length)
        ];
        (double width, double height) = box.Length == 4
            ? (box[2], box[3])
            : (Length((string?)root.Attribute("width")), Length((string?)root.Attribute("height")));
        if (root.Name != XName.Get("svg", "http://www.w3.org/2000/svg") || !(width > 0) || !(height > 0))
        {
            throw new ArgumentException(
                $"The drawing of '{caption}' is a '{root.Name}' of {width} x {height}; "
                + "give an svg element in its namespace with a viewBox, or with width and height.",
                nameof(svg));
        }

        return new Figure(
            caption, alternative,
            $"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(root.ToString(SaveOptions.DisableFormatting)))}",
            width, height, file);
    }

    /// <summary>A picture of pixels.</summary>
    /// <param name="caption">What it shows.</param>
    /// <param name="png">A PNG file.</param>
    /// <param name="alternative">What a screen reader says in its place.</param>
    /// <param name="scale">Pixels of the picture per CSS pixel where there is room: 2 for one drawn for dense screens.</param>
    /// <param name="file">Where it also lies as a file, relative to the page: Markdown shows it from there.</param>
    /// <returns>The figure; it keeps no reference to <paramref name="png"/>.</returns>
    /// <exception cref="ArgumentException">An empty text, bytes that are not a PNG file, or a scale that is not above 0.</exception>
    public static Figure FromPng(string caption, ReadOnlySpan<byte> png, string alternative, double scale = 1, string? file = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);

        // Signature, length and name of the first chunk, then its width and height (PNG specification, 11.2.1).
        if (png.Length < 24
            || !png.StartsWith(PngSignature)
            || BinaryPrimitives.ReadInt32BigEndian(png[16..]) <= 0
            || BinaryPrimitives.ReadInt32BigEndian(png[20..]) <= 0)
        {
            throw new ArgumentException($"The picture of '{caption}' is no PNG file ({png.Length} bytes); give one's bytes.", nameof(png));
        }

        return new Figure(
            caption, alternative, $"data:image/png;base64,{Convert.ToBase64String(png)}",
            BinaryPrimitives.ReadInt32BigEndian(png[16..]) / scale, BinaryPrimitives.ReadInt32BigEndian(png[20..]) / scale, file);
    }

    /// <summary>The picture where it lies as a file, and its caption; otherwise the caption and what a screen reader says.</summary>
    /// <inheritdoc/>
    public override string ToMarkdown() => File is null
        ? $"**{Markdown.Text(Caption)}**\n\n{Markdown.Text(Alternative)}"
        : $"**{Markdown.Text(Caption)}**\n\n![{Markdown.Text(Alternative)}](<{File.Replace(">", "%3E")}>)";

    private static double Length(string? text) =>
        double.TryParse(text?.Replace("px", ""), NumberStyles.Float, CultureInfo.InvariantCulture, out double length) ? length : double.NaN;
}

namespace BadMinima.MLNet.Examples.Readers;

/// <summary>Which files of a folder are images, by their endings: those of the formats that SkiaSharp decodes.</summary>
internal static class ImageFileTypes
{
    /// <summary>.jpe and .jfif are JPEG, .dib is BMP.</summary>
    public const string Endings = ".jpg .jpeg .jpe .jfif .png .bmp .dib .gif .webp .ico";

    private static readonly HashSet<string> Images = new(Endings.Split(' '), StringComparer.OrdinalIgnoreCase);

    // Beside the hidden ones, which are never listed.
    private static readonly HashSet<string> NoData = new(
        ["Thumbs.db", "desktop.ini", ImageClassNames.FileName], StringComparer.OrdinalIgnoreCase);

    public static bool IsImage(string file) => Images.Contains(Path.GetExtension(file));

    /// <summary>What a file that is no image counts as where those passed over are counted; null if nobody would take it for
    /// data.</summary>
    public static string? Kind(string file)
        => NoData.Contains(Path.GetFileName(file)) ? null
            : Path.GetExtension(file) is { Length: > 1 } ending ? ending.ToLowerInvariant()
            : "(no ending)";
}

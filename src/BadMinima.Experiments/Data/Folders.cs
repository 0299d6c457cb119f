namespace BadMinima.Experiments;

/// <summary>Looking into folders that may not be there.</summary>
internal static class Folders
{
    /// <summary>The names of the folders in a folder, in ordinal order.</summary>
    public static string[] In(string folder)
        => Directory.Exists(folder)
            ? [.. Directory.EnumerateDirectories(folder, "*", new EnumerationOptions()).Select(d => Path.GetFileName(d))
                .Order(StringComparer.Ordinal)]
            : [];

    /// <summary>How many images lie below a folder.</summary>
    public static int Images(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true })
            .Count(f => Path.GetExtension(f).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg")
        : 0;
}

namespace BadMinima.MLNet.Examples.Readers;

/// <summary>Where files and folders really lie: without symbolic links anywhere in their paths.</summary>
internal static class RealPath
{
    // As many as Linux follows.
    private const int MostLinks = 40;

    public static StringComparer Comparer { get; } = OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;

    /// <summary>Whether there is something at the end of all links. (<see cref="File.Exists"/> takes a link for a file.)</summary>
    public static bool Exists(string path) => Follow(path) is string real && Path.Exists(real);

    /// <exception cref="IOException">Links lead round in a circle.</exception>
    public static string Of(string path) => Follow(path) ?? throw new IOException($"{path}: its symbolic links lead round in a circle.");

    /// <summary>The folder, the one that it lies in, and so on up to the root.</summary>
    public static IEnumerable<string> WithParents(string realFolder)
    {
        for (string? folder = realFolder; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }

    /// <summary>Null where links lead round in a circle.</summary>
    private static string? Follow(string path)
    {
        int links = 0;
        return Real(Path.GetFullPath(path));

        // A link counts from where it really lies, which is not always where the path to it says.
        string? Real(string full)
        {
            if (Path.GetDirectoryName(full) is not string parent)
            {
                return full;
            }

            return Real(parent) is not string folder ? null
                : Path.Combine(folder, Path.GetFileName(full)) is var real && new FileInfo(real).LinkTarget is not string target ? real
                : ++links > MostLinks ? null
                : Real(Path.GetFullPath(target, folder));
        }
    }
}

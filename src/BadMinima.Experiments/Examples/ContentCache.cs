using System.Security.Cryptography;
using System.Text;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// Remembers in the user's cache folder what the data of a folder hash to, so that not every command and every worker reads a large set
/// again. A folder counts as unchanged as long as its files have the same paths, sizes and times of modification: whoever changes a file
/// and puts both size and time back is not seen.
/// </summary>
internal static class ContentCache
{
    // A file that was written this instant may be written again without another time of modification.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Where it lies: on Linux and where it is set, as other programs have it.
    private static string? Root => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
        : Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData) is { Length: > 0 } local ? local : null;

    /// <param name="folder">The folder.</param>
    /// <param name="rows">What of it is taken, in words.</param>
    /// <param name="compute">Reads it.</param>
    public static DataContent Get(string folder, string rows, Func<DataContent> compute)
    {
        string? kept = FileOf(folder, rows, out DateTime newest);
        if (kept is not null && TryRead(kept) is { } known)
        {
            return known;
        }

        using Timer notice = new(
            _ => Console.Error.WriteLine($"{folder}: its images are read once, to tell them from others; what came of it is remembered."),
            null, Patience, Timeout.InfiniteTimeSpan);
        DataContent content = compute();
        if (kept is not null && DateTime.UtcNow - newest > Settled)
        {
            TryWrite(kept, content);
        }

        return content;
    }

    /// <summary>Where it is remembered, by all that would tell of a change; null where nothing can be.</summary>
    private static string? FileOf(string folder, string rows, out DateTime newest)
    {
        newest = DateTime.MaxValue;
        try
        {
            string[] files = [.. LinesOf(new DirectoryInfo(Path.GetFullPath(folder)), [], out newest).Order(StringComparer.Ordinal)];
            string stamp = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', files.Prepend(rows)))));
            return files.Length > 0 && Root is { } root ? Path.Combine(root, "badminima", "content", stamp) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder in it that is closed to this user: whether the set needs it, its loader knows.
            return null;
        }
    }

    /// <summary>A line for each file below a folder. Links are followed, each real folder once.</summary>
    private static List<string> LinesOf(DirectoryInfo folder, HashSet<string> followed, out DateTime newest)
    {
        newest = DateTime.MinValue;
        List<string> lines = [];
        FileSystemInfo real = folder.ResolveLinkTarget(returnFinalTarget: true) ?? folder;
        if (!real.Exists || !followed.Add(real.FullName))
        {
            return lines;
        }

        foreach (FileSystemInfo entry in new DirectoryInfo(real.FullName).EnumerateFileSystemInfos())
        {
            FileSystemInfo target = entry.LinkTarget is null ? entry : entry.ResolveLinkTarget(returnFinalTarget: true)!;
            long length = target is FileInfo { Exists: true } file ? file.Length : 0;
            lines.Add($"{entry.FullName}\t{target.FullName}\t{length}\t{target.LastWriteTimeUtc.Ticks}");
            newest = target.LastWriteTimeUtc > newest ? target.LastWriteTimeUtc : newest;
            if (target is DirectoryInfo inner)
            {
                lines.AddRange(LinesOf(inner, followed, out DateTime ofInner));
                newest = ofInner > newest ? ofInner : newest;
            }
        }

        return lines;
    }

    private static DataContent? TryRead(string file)
    {
        try
        {
            return File.Exists(file) && File.ReadAllText(file).Split('\n') is [{ Length: 64 } train, { Length: 64 } test, ""]
                ? new(train, test)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void TryWrite(string file, DataContent content)
    {
        try
        {
            AtomicFile.Write(file, $"{content.Train}\n{content.Test}\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Where nothing can be remembered, the data are read each time.
        }
    }
}

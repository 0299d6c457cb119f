using System.Security.Cryptography;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>The file SHA256SUMS that `data get` leaves beside what it unpacked from an archive whose checksum it had verified: for sets of
/// many files nobody publishes one a file. `sha256sum -c` reads it, too.</summary>
internal static class ChecksumList
{
    public const string FileName = "SHA256SUMS";

    private const int NamedAtMost = 10;

    /// <summary>Writes the list.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="files">Paths from the folder on, with slashes, and their sha256.</param>
    public static void Write(string folder, IEnumerable<KeyValuePair<string, string>> files)
        => AtomicFile.Write(
            Path.Combine(folder, FileName),
            string.Concat(files.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Value}  {f.Key}\n")));

    /// <summary>Compares every file with the list; null where the folder has no list.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="report">Told how many files are done, and how many there are.</param>
    /// <param name="cancellation">Ends it.</param>
    public static Finding? Check(string folder, Action<int, int> report, CancellationToken cancellation)
    {
        string list = Path.Combine(folder, FileName);
        if (!File.Exists(list))
        {
            return null;
        }

        string[][] lines = [.. File.ReadLines(list).Select(l => l.Split("  ", 2))];
        if (lines.Length == 0 || lines.Any(l => l.Length < 2))
        {
            return new(FileName, false, "the list itself is damaged; delete it, or get the set again");
        }

        int done = 0;
        string?[] wrong = new string?[lines.Length];
        Parallel.For(
            0, lines.Length, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
            i =>
            {
                wrong[i] = Compare(folder, lines[i][0], lines[i][1]);
                report(Interlocked.Increment(ref done), lines.Length);
            });
        string[] bad = [.. wrong.OfType<string>()];
        string more = bad.Length > NamedAtMost ? $" and {bad.Length - NamedAtMost:N0} more" : "";
        return bad.Length == 0
            ? new(FileName, true, $"{lines.Length:N0} files, each as it was unpacked")
            : new(FileName, false, string.Join("; ", bad.Take(NamedAtMost)) + more);
    }

    private static string? Compare(string folder, string expected, string name)
    {
        string file = Path.Combine(folder, name);
        if (!File.Exists(file))
        {
            return $"{name} is not there";
        }

        try
        {
            using FileStream stream = File.OpenRead(file);
            return Convert.ToHexStringLower(SHA256.HashData(stream)) == expected ? null : $"{name} has changed";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{name} cannot be read ({e.Message})";
        }
    }
}

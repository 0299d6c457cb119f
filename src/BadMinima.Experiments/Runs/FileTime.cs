namespace BadMinima.Experiments;

/// <summary>The clock by which a file system says when files were written, which need not be that of this machine.</summary>
internal static class FileTime
{
    /// <summary>The time in a folder; where it cannot be written to, this machine's.</summary>
    public static DateTime Now(string folder)
    {
        string file = Path.Combine(folder, $".now.{Guid.NewGuid():N}.tmp");
        try
        {
            File.WriteAllBytes(file, [0]);
            DateTime now = File.GetLastWriteTimeUtc(file);
            File.Delete(file);
            return now;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return DateTime.UtcNow;
        }
    }
}

namespace BadMinima.Experiments;

/// <summary>Tells a full disk from other failures of writing.</summary>
internal static class DiskFull
{
    // ENOSPC on Linux and macOS; EDQUOT on Linux and on macOS; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL on Windows.
    private static readonly HashSet<int> Codes = OperatingSystem.IsWindows()
        ? [unchecked((int)0x80070070), unchecked((int)0x80070027)]
        : [28, 122, 69];

    public static bool IsCause(Exception e) => e is IOException && Codes.Contains(e.HResult);

    /// <summary>One message for the user.</summary>
    /// <param name="folder">Where was written to.</param>
    /// <param name="kept">What is left, and how to go on.</param>
    /// <param name="cause">What the system said.</param>
    public static IOException Explain(string folder, string kept, Exception cause)
        => new($"{folder}: the disk is full ({Free(folder)}). Free some space, or give another folder. {kept}", cause);

    private static string Free(string folder)
    {
        try
        {
            return $"{new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace / 1e6:N1} MB free";
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return "no space left";
        }
    }
}

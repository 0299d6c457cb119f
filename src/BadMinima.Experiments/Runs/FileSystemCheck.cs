using System.Diagnostics;

namespace BadMinima.Experiments;

/// <summary>
/// Tries out whether the file system of a folder does what the processes that share it rely on: see docs/protocol.md. It takes a few
/// operations, and tells before hours of training what would come of it.
/// </summary>
internal static class FileSystemCheck
{
    // Some keep times in steps of two seconds.
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan MostDifference = TimeSpan.FromMinutes(1);

    /// <param name="folder">The folder, which is there.</param>
    /// <param name="files">How it is read and written; for tests.</param>
    /// <returns>A note on clocks that differ; null where they agree.</returns>
    /// <exception cref="IOException">It does not; the message says what it lacks.</exception>
    public static string? Require(string folder, ISharedFiles? files = null)
    {
        files ??= Claimant.ThisProcess.Files;
        string name = $".check.{Guid.NewGuid():N}.tmp", file = Path.Combine(folder, name), other = $"{file}.tmp";
        try
        {
            Need(files.TryCreate(file, "a") && !files.TryCreate(file, "b"), "it lets two processes make one file");
            Need(files.Read(file) == "a" && files.Names(folder).Contains(name), "a file that was written is not there to be read");
            DateTime? first = files.WrittenAt(file);
            Need(first is not null && IsSeenToChange(), "it does not say when a file was written to");
            Need(files.TryPublish(other, stream => stream.Write("a"u8)) && !files.TryPublish(other, stream => stream.Write("b"u8))
                && files.Read(other) == "a", "it renames a file over another one that was to stay");
            TimeSpan difference = files.WrittenAt(file)!.Value - DateTime.UtcNow;
            return difference.Duration() < MostDifference ? null
                : $"{folder}: this machine's clock is {InWords(difference)} that of the file system. Nothing is lost by it; "
                    + "times in logs differ.";

            bool IsSeenToChange()
            {
                for (var clock = Stopwatch.StartNew(); clock.Elapsed < LongestStep; Thread.Sleep(2))
                {
                    files.Overwrite(file, "a");
                    if (files.WrittenAt(file) != first)
                    {
                        return true;
                    }
                }

                return false;
            }
        }
        finally
        {
            files.Delete(file);
            files.Delete(other);
        }

        void Need(bool isSo, string otherwise)
        {
            if (!isSo)
            {
                throw new IOException($"{folder}: processes cannot share this file system: {otherwise}. Name a folder on another one with "
                    + "--out: a local disk, NFS, SMB, Lustre, GPFS and CephFS do.");
            }
        }
    }

    private static string InWords(TimeSpan difference)
        => $"{difference.Duration().TotalMinutes:N0} minutes {(difference > TimeSpan.Zero ? "behind" : "ahead of")}";
}

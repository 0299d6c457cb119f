using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace BadMinima.Experiments;

/// <summary>
/// The right of one process to write to a folder, also where several machines share it. On one machine a lock of the operating system says who has it, and is gone with its process, however
/// that ends. Not every shared file system carries such locks from machine to machine; so the owner also keeps a file that it alone can have made, and renews it: what another machine has
/// not renewed for <see cref="Expiry"/> is free again.
/// </summary>
internal sealed class FolderLease : IDisposable
{
    // A machine that swaps or waits for its file system may be late by seconds; one that is silent for six renewals is taken for dead.
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan Expiry = 6 * Renewal;

    private const string OwnerFile = ".owner";
    private const string BootId = "/proc/sys/kernel/random/boot_id";

    private readonly FileStream _lock;
    private readonly string _file;
    private readonly string _owner;
    private readonly Timer _renewing;

    private FolderLease(FileStream held, string file, string owner)
    {
        (_lock, _file, _owner) = (held, file, owner);
        _renewing = new(_ => Renew(), null, Renewal, Renewal);
    }

    /// <summary>Takes a folder, which is there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="machine">What this machine is called, and since when it runs; for tests. Default: what it says of itself.</param>
    /// <returns>Null if another process has it.</returns>
    /// <exception cref="IOException">It cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static FolderLease? TryTake(string folder, string? machine = null)
    {
        if (TryLock(Path.Combine(folder, ".lock")) is not { } held)
        {
            return null;
        }

        try
        {
            string file = Path.Combine(folder, OwnerFile);
            string owner = $"{machine ?? ThisMachine} {Environment.ProcessId} {Guid.NewGuid():N}";
            if (IsFree(file, machine ?? ThisMachine) && TryMake(file, owner))
            {
                return new(held, file, owner);
            }
        }
        catch
        {
            held.Dispose();
            throw;
        }

        held.Dispose();
        return null;
    }

    /// <summary>Whether a process seems to be at a folder: one of this machine that is there, or one of another that has renewed its file lately. To look keeps none from taking it.</summary>
    public static bool IsTaken(string folder)
    {
        string file = Path.Combine(folder, OwnerFile);
        return Read(file) is { } owner
            && (owner.Split(' ') is [var machine, var process, _] && machine == ThisMachine ? IsThere(int.Parse(process, CultureInfo.InvariantCulture)) : DateTime.UtcNow - File.GetLastWriteTimeUtc(file) <= Expiry);
    }

    /// <summary>Whether it was lost: renewed too late, so that another machine took the folder for free.</summary>
    public bool IsLost => Read(_file) != _owner;

    public void Dispose()
    {
        using (ManualResetEvent ended = new(false))
        {
            if (_renewing.Dispose(ended))
            {
                ended.WaitOne();
            }
        }

        if (!IsLost)
        {
            File.Delete(_file);
        }

        _lock.Dispose();
    }

    /// <summary>Its name, and what it was given when it was started: two machines may have one name.</summary>
    private static string ThisMachine { get; } = $"{Environment.MachineName}/{(File.Exists(BootId) ? File.ReadAllText(BootId).Trim() : "")}";

    private static bool IsThere(int process)
    {
        try
        {
            using var there = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static FileStream? TryLock(string file)
    {
        try
        {
            return new(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(file))
        {
            return null;
        }
    }

    /// <summary>Whether no process can be at work there: one of this machine would hold the lock, and one of another would have renewed its file.</summary>
    private static bool IsFree(string file, string machine)
        => Read(file) is not { } owner || ((owner.Split(' ')[0] == machine || AgeOf(file) > Expiry) && TryRemove(file));

    /// <summary>By the file system's clock, which may be another than this machine's.</summary>
    private static TimeSpan AgeOf(string file)
    {
        string now = $"{file}.{Path.GetRandomFileName()}.tmp";
        File.WriteAllText(now, "");
        TimeSpan age = File.GetLastWriteTimeUtc(now) - File.GetLastWriteTimeUtc(file);
        File.Delete(now);
        return age;
    }

    /// <summary>Of several that want to remove the same file one can rename it; and it must be the file that was looked at.</summary>
    private static bool TryRemove(string file)
    {
        string? before = Read(file);
        string aside = $"{file}.{Path.GetRandomFileName()}.tmp";
        try
        {
            File.Move(file, aside);
            bool same = Read(aside) == before;
            File.Delete(aside);
            return same;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool TryMake(string file, string owner)
    {
        try
        {
            using FileStream made = new(file, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            made.Write(Encoding.UTF8.GetBytes(owner));
            return true;
        }
        catch (IOException) when (File.Exists(file))
        {
            return false;
        }
    }

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void Renew()
    {
        try
        {
            if (!IsLost)
            {
                // The same words over the old ones: the time of writing is the file system's, and no reader finds the file empty.
                using FileStream file = new(_file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                file.Write(Encoding.UTF8.GetBytes(_owner));
            }
        }
        catch (IOException)
        {
            // A file system that is away for a moment; the next renewal comes in time.
        }
    }
}

/// <summary>A process was silent for so long that another machine took its folder over.</summary>
internal sealed class LeaseLostException(string folder) : IOException($"{folder}: this process was silent for so long that another one took the run over, and will finish it.");

using System.Globalization;
using System.Text;

namespace BadMinima.Experiments;

/// <summary>
/// The right of one process to write to a folder, also where several machines share it. On one machine a lock of the operating system says
/// who has it, and is gone with its process, however that ends. Not every shared file system carries such locks, from machine to machine or
/// at all; so the owner also keeps a file .owner.N, which of several one alone can have made, and renews it. Who takes the folder over from
/// a dead owner, or from one that has not renewed its file for <see cref="Expiry"/>, makes the file N + 1: nobody ever writes to, or
/// removes, the file of somebody who may be alive, and the newest file says who has the folder.
/// </summary>
internal sealed class FolderLease : IDisposable
{
    private const string LockFile = ".lock";
    private const string OwnerPrefix = ".owner.";
    private const string Free = "free";

    // A file is made and then written to: an empty one that is so old was left by a process that was killed in between.
    private static readonly TimeSpan TimeToWrite = TimeSpan.FromSeconds(10);

    private readonly FileStream _lock;
    private readonly string _folder;
    private readonly int _number;
    private readonly string _owner;
    private readonly CancellationTokenSource _lost = new();
    private readonly Timer _renewing;

    private FolderLease(FileStream held, string folder, int number, string owner)
    {
        (_lock, _folder, _number, _owner) = (held, folder, number, owner);

        // A machine that swaps or waits for its file system may be late by seconds; one that is silent for six renewals is taken for dead.
        TimeSpan renewal = Expiry / 6;
        _renewing = new(_ => Renew(), null, renewal, renewal);
    }

    /// <summary>
    /// After how long another machine's silence means that it is dead. Set by tests alone: all who share a folder must agree.
    /// </summary>
    public static TimeSpan Expiry { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>What tells this machine from others: set by tests alone.</summary>
    public static string ThisMachine { get; set; } = ProcessIdentity.Machine;

    /// <summary>Takes a folder, which is there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="machine">What this machine is called; for tests. Default: <see cref="ThisMachine"/>.</param>
    /// <returns>Null if another process has it.</returns>
    /// <exception cref="IOException">It cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static FolderLease? TryTake(string folder, string? machine = null)
    {
        if (TryLock(Path.Combine(folder, LockFile)) is not { } held)
        {
            return null;
        }

        FolderLease? taken = null;
        try
        {
            return taken = TryTake(held, folder, machine ?? ThisMachine);
        }
        finally
        {
            if (taken is null)
            {
                held.Dispose();
            }
        }
    }

    /// <summary>
    /// Whether a process seems to be at a folder: one of this machine that is there, or one of another that has renewed its file lately. To
    /// look keeps none from taking it.
    /// </summary>
    public static bool IsTaken(string folder)
        => Directory.Exists(folder) && Newest(folder) is > 0 and var newest && Read(FileOf(folder, newest)) is { } owner
            && !IsOver(owner, ThisMachine, () => DateTime.UtcNow - File.GetLastWriteTimeUtc(FileOf(folder, newest)));

    /// <summary>Whether it was lost: renewed too late, so that another machine took the folder for free.</summary>
    public bool IsLost => Read(FileOf(_folder, _number)) != _owner || File.Exists(FileOf(_folder, _number + 1));

    /// <summary>Is canceled soon after it was lost.</summary>
    public CancellationToken Lost => _lost.Token;

    public void Dispose()
    {
        using (ManualResetEvent ended = new(false))
        {
            if (_renewing.Dispose(ended))
            {
                ended.WaitOne();
            }
        }

        Write(Free);
        _lock.Dispose();
        _lost.Dispose();
    }

    private static FolderLease? TryTake(FileStream held, string folder, string machine)
    {
        int newest = Newest(folder);
        if (newest > 0 && Read(FileOf(folder, newest)) is var before
            && (before is null || !IsOver(before, machine, () => AgeOf(held, FileOf(folder, newest)))))
        {
            return null;
        }

        int number = newest + 1;
        string owner = $"{machine} {ProcessIdentity.OfThis} {Guid.NewGuid():N}";
        if (!TryMake(FileOf(folder, number), owner))
        {
            return null;
        }

        // Who looked before others came and went makes a file of a number that is past.
        bool isNewest = Newest(folder) == number;
        foreach (int past in isNewest ? Numbers(folder).Where(n => n < number) : [number])
        {
            File.Delete(FileOf(folder, past));
        }

        return isNewest ? new(held, folder, number, owner) : null;
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

    /// <summary>
    /// Whether an owner can be at work no more: a process of this machine that is gone, or one of another that has long not renewed its
    /// file.
    /// </summary>
    private static bool IsOver(string owner, string machine, Func<TimeSpan> age) => owner.Split(' ') switch
    {
        [Free] => true,
        [""] => age() > TimeToWrite,
        [var its, var process, _] when its == machine => !ProcessIdentity.IsThere(process),
        _ => age() > Expiry,
    };

    /// <summary>By the file system's clock, which may be another than this machine's.</summary>
    private static TimeSpan AgeOf(FileStream held, string file)
    {
        held.Position = 0;
        held.WriteByte(0);
        held.Flush(flushToDisk: true);
        return File.GetLastWriteTimeUtc(held.Name) - File.GetLastWriteTimeUtc(file);
    }

    private static string FileOf(string folder, int number) => Path.Combine(folder, $"{OwnerPrefix}{number}");

    private static int Newest(string folder) => Numbers(folder).DefaultIfEmpty().Max();

    private static IEnumerable<int> Numbers(string folder) => Directory.GetFiles(folder, $"{OwnerPrefix}*")
        .Select(f => int.TryParse(
            Path.GetFileName(f)[OwnerPrefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : 0);

    private static bool TryMake(string file, string owner)
    {
        FileStream made;
        try
        {
            made = new(file, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (IOException) when (File.Exists(file))
        {
            return false;
        }

        try
        {
            using (made)
            {
                made.Write(Encoding.UTF8.GetBytes(owner));
            }

            return true;
        }
        catch
        {
            File.Delete(file);
            throw;
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
        // The same words over the old ones: the time of writing is the file system's, and no reader finds the file empty.
        Write(_owner);
        try
        {
            if (IsLost)
            {
                _lost.Cancel();
            }
        }
        catch (UnauthorizedAccessException)
        {
            // As below.
        }
    }

    /// <summary>Writes to the owner's own file, if it is there.</summary>
    private void Write(string text)
    {
        try
        {
            using FileStream file = new(FileOf(_folder, _number), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            file.Write(bytes);
            file.SetLength(bytes.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file system that is away for a moment; the next renewal comes in time.
        }
    }
}

/// <summary>A process was silent for so long that another machine took its folder over.</summary>
internal sealed class LeaseLostException(string folder)
    : IOException($"{folder}: this process was silent for so long that another one "
        + "took the run over, and will finish it.");

using System.Globalization;

namespace BadMinima.Experiments;

/// <summary>
/// The right of one process to write to a folder, also where several machines share it: the protocol of docs/protocol.md. On one machine a
/// lock of the operating system says who has it, and is gone with its process, however that ends. Not every shared file system carries such
/// locks, from machine to machine or at all; so the owner also keeps a file .owner.N, which of several one alone can have made, and renews
/// it. Who takes the folder over from a dead owner, or from one that has not renewed its file for <see cref="Expiry"/>, makes the file
/// N + 1: nobody ever writes to the file of another, and the newest file says who has the folder.
/// </summary>
internal sealed class FolderLease : IDisposable
{
    private const string LockFile = ".lock";
    private const string OwnerPrefix = ".owner.";
    private const string AsideSuffix = ".tmp";
    private const string Free = "free";

    // A file is made and then written to: one that stays empty for so long was left by a process that was killed in between.
    private static readonly TimeSpan TimeToWrite = TimeSpan.FromSeconds(10);

    private readonly Claimant _claimant;
    private readonly IDisposable _lock;
    private readonly string _folder;
    private readonly int _number;
    private readonly string _owner;
    private readonly CancellationTokenSource _lost = new();
    private readonly ITimer _renewing;

    private FolderLease(Claimant claimant, IDisposable held, string folder, int number, string owner)
    {
        (_claimant, _lock, _folder, _number, _owner) = (claimant, held, folder, number, owner);

        // A machine that swaps or waits for its file system may be late by seconds; one that is silent for six renewals is taken for dead.
        TimeSpan renewal = Expiry / 6;
        _renewing = claimant.Time.CreateTimer(_ => Renew(), null, renewal, renewal);
    }

    /// <summary>
    /// After how long another machine's silence means that it is dead. Set by tests alone: all who share a folder must agree.
    /// </summary>
    public static TimeSpan Expiry { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>Takes a folder, which is there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="claimant">Who takes it. Default: this process.</param>
    /// <returns>Null if another process has it, or may have it: a further call may get it.</returns>
    /// <exception cref="IOException">It cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static FolderLease? TryTake(string folder, Claimant? claimant = null)
    {
        claimant ??= Claimant.ThisProcess;
        if (claimant.Files.TryLock(Path.Combine(folder, LockFile)) is not { } held)
        {
            claimant.SawAlive(folder, Expiry);
            return null;
        }

        FolderLease? taken = null;
        try
        {
            return taken = TryTake(held, folder, claimant);
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
    {
        Claimant claimant = Claimant.ThisProcess;
        return Directory.Exists(folder) && Newest(claimant.Files.Names(folder)) is > 0 and var newest
            && FileOf(folder, newest) is var file && claimant.Files.Read(file) is { } owner && owner != Free
            && (claimant.IsThere(owner) ?? FileTime.Now(folder) - claimant.Files.WrittenAt(file) <= Expiry);
    }

    /// <summary>
    /// Whether the owner of a folder that could not be taken may be dead: it seems to be silent, and has not been watched for long enough.
    /// </summary>
    public static bool IsDoubtful(string folder) => !Claimant.ThisProcess.HasSeenAlive(folder) && !IsTaken(folder);

    /// <summary>Whether it was lost: renewed too late, so that another process took the folder for free.</summary>
    public bool IsLost
        => Newest(_claimant.Files.Names(_folder)) != _number || _claimant.Files.Read(FileOf(_folder, _number)) != _owner;

    /// <summary>Is canceled soon after it was lost.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>
    /// Writes a file that is final, unless there is one of its name. A process that was silent between making sure of its right and writing
    /// cannot replace what another one has written meanwhile.
    /// </summary>
    /// <param name="name">The file's name.</param>
    /// <param name="write">Writes the whole content.</param>
    /// <returns>Whether this process has written it.</returns>
    /// <exception cref="LeaseLostException">It was lost.</exception>
    public bool TryPublish(string name, Action<Stream> write)
        => IsLost ? throw new LeaseLostException(_folder) : _claimant.Files.TryPublish(Path.Combine(_folder, name), write);

    /// <summary>Says that its process is alive, and looks whether it was lost.</summary>
    public void Renew()
    {
        try
        {
            // The same words over the old ones: no reader finds the file empty.
            _claimant.Files.Overwrite(FileOf(_folder, _number), _owner);
            if (IsLost)
            {
                _lost.Cancel();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file system that is away for a moment; the next renewal comes in time.
        }
    }

    public void Dispose()
    {
        _renewing.DisposeAsync().AsTask().GetAwaiter().GetResult();
        try
        {
            _claimant.Files.Overwrite(FileOf(_folder, _number), Free);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Others find out by its silence.
        }

        _lock.Dispose();
        _lost.Dispose();
    }

    private static FolderLease? TryTake(IDisposable held, string folder, Claimant claimant)
    {
        ISharedFiles files = claimant.Files;
        int before = Newest(files.Names(folder));
        if (before > 0 && !IsOver(folder, before, claimant))
        {
            return null;
        }

        int number = before + 1;
        string owner = claimant.NewOwner();
        if (!files.TryCreate(FileOf(folder, number), owner))
        {
            return null;
        }

        string[] names = files.Names(folder);
        if (Newest(names) != number)
        {
            // Who looked before others came and went has made a file of a number that is past.
            files.Delete(FileOf(folder, number));
            return null;
        }

        // The oldest first: an owner's file is there as long as that of one before it. And what a killed process was writing aside.
        foreach (string past in names.Select(NumberOf).Where(n => n > 0 && n < number).Order().Select(n => FileOf(folder, n))
            .Concat(names.Where(n => n.EndsWith(AsideSuffix, StringComparison.Ordinal)).Select(n => Path.Combine(folder, n))))
        {
            files.Delete(past);
        }

        return new(claimant, held, folder, number, owner);
    }

    /// <summary>
    /// Whether an owner can be at work no more: it gave the folder back, or is a process of this machine that is gone, or is one of
    /// another, or of one of which nobody can tell, and was watched for long enough.
    /// </summary>
    private static bool IsOver(string folder, int number, Claimant claimant)
    {
        long lookedAt = claimant.Time.GetTimestamp();
        string file = FileOf(folder, number);
        if (claimant.Files.Read(file) is not { } owner || claimant.Files.WrittenAt(file) is not { } writtenAt)
        {
            return false;
        }

        if (owner == Free)
        {
            return true;
        }

        if (claimant.IsThere(owner) is { } isThere)
        {
            claimant.SawAlive(folder, Expiry);
            return !isThere;
        }

        return claimant.IsSilent(
            folder, $"{number} {writtenAt:O} {owner}", lookedAt, owner.Length == 0 ? TimeToWrite : Expiry);
    }

    private static string FileOf(string folder, int number) => Path.Combine(folder, $"{OwnerPrefix}{number}");

    private static int Newest(IEnumerable<string> names) => names.Select(NumberOf).DefaultIfEmpty().Max();

    /// <summary>0 for the name of another file.</summary>
    private static int NumberOf(string name)
        => name.StartsWith(OwnerPrefix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(OwnerPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : 0;
}

/// <summary>A process was silent for so long that another one took its folder over.</summary>
internal sealed class LeaseLostException(string folder)
    : IOException($"{folder}: this process was silent for so long that another one "
        + "took the run over, and will finish it.");

using System.Collections.Concurrent;

namespace BadMinima.Experiments;

/// <summary>
/// A process that takes folders which it shares with others: what it is called, what it knows of others, and which owners it watches. Of a
/// process on another machine it knows only whether that goes on writing, and it finds out by its own stopwatch: clocks of machines and of
/// file systems may differ by hours.
/// </summary>
/// <param name="machine">What tells its machine from others.</param>
/// <param name="process">What tells it from others of its machine.</param>
/// <param name="isThere">Whether a process of its machine is there; null: it cannot tell.</param>
/// <param name="files">How it reads and writes.</param>
/// <param name="time">Its stopwatch, and what wakes it.</param>
/// <param name="newName">A name that nothing else has.</param>
internal sealed class Claimant(
    string machine, string process, Func<string, bool?> isThere, ISharedFiles files, TimeProvider time, Func<string> newName)
{
    private readonly ConcurrentDictionary<string, Watch> _watched = new();

    /// <summary>This process. Another one is set by tests alone.</summary>
    public static Claimant ThisProcess { get; set; } = Of(ProcessIdentity.Machine);

    /// <summary>What tells its machine from others.</summary>
    public string Machine => machine;

    public ISharedFiles Files => files;

    public TimeProvider Time => time;

    /// <summary>This process, on a machine that is called otherwise.</summary>
    public static Claimant Of(string machine)
        => new(
            machine, ProcessIdentity.OfThis, ProcessIdentity.IsThere, new SharedFiles(), TimeProvider.System, () => $"{Guid.NewGuid():N}");

    /// <summary>A name under which it owns a folder, once.</summary>
    public string NewOwner() => $"{machine} {process} {newName()}";

    /// <summary>Whether an owner is a process of this machine that is there, or is gone; null: who can tell?</summary>
    public bool? IsThere(string owner)
        => owner.Split(' ') is [var its, var number, _] && its == machine ? isThere(number) : null;

    /// <summary>
    /// Whether an owner has been silent for so long, in all of which this process has watched it. It begins to watch by the first call.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="sign">What the owner changes as long as it is alive.</param>
    /// <param name="lookedAt">A time stamp of before it was looked at.</param>
    /// <param name="patience">How long.</param>
    public bool IsSilent(string folder, string sign, long lookedAt, TimeSpan patience)
    {
        if (_watched.TryGetValue(folder, out Watch? watch) && watch.Sign == sign)
        {
            return time.GetElapsedTime(watch.Since, lookedAt) > patience;
        }

        // What has changed since a look of hours ago says nothing of now.
        bool isAlive = watch is not null && time.GetElapsedTime(watch.LookedAt) <= patience;
        _watched[folder] = new(sign, time.GetTimestamp(), lookedAt, isAlive, patience);
        return false;
    }

    /// <summary>It need not watch a folder, whose owner is there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="patience">For how long that says that the owner is alive.</param>
    public void SawAlive(string folder, TimeSpan patience)
        => _watched[folder] = new("", 0, time.GetTimestamp(), IsAlive: true, patience);

    /// <summary>Whether it has seen lately that the owner of a folder is alive.</summary>
    public bool HasSeenAlive(string folder)
        => _watched.TryGetValue(folder, out Watch? watch) && watch.IsAlive && time.GetElapsedTime(watch.LookedAt) <= watch.Patience;

    /// <summary>Who it is and what it has seen, for tests.</summary>
    public override string ToString() => $"{machine} {process} {string.Join(' ', _watched.Select(w => $"{w.Key}: {w.Value}"))}";

    private sealed record Watch(string Sign, long Since, long LookedAt, bool IsAlive, TimeSpan Patience);
}

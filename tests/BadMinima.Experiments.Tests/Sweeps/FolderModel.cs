using System.IO.Enumeration;
using System.Text;

namespace BadMinima.Experiments.Tests;

/// <summary>Whom a lock of a file keeps out.</summary>
public enum Locks
{
    /// <summary>Nobody: there are none.</summary>
    None,

    /// <summary>Processes of the same machine.</summary>
    OfMachine,

    /// <summary>All processes.</summary>
    Everywhere,
}

/// <summary>What is to be explored.</summary>
internal sealed record Setting
{
    /// <summary>Each process's machine.</summary>
    public required string[] Machines { get; init; }

    public Locks Locks { get; init; }

    /// <summary>How many processes are killed at most, each between any two of its operations.</summary>
    public int Crashes { get; init; } = 1;

    /// <summary>How often, between any two operations, time goes by that is longer than an owner may be silent.</summary>
    public int Silences { get; init; } = 1;

    /// <summary>How often a process tries to take the folder.</summary>
    public int Tries { get; init; } = 2;

    /// <summary>Whether a file that is written aside and named stays where it is the first: a file system that replaces it is to be found
    /// out.</summary>
    public bool PublishesOnce { get; init; } = true;

    /// <summary>Whether processes of one machine tell whether others are there.</summary>
    public bool SeesProcesses { get; init; } = true;

    /// <summary>How many states to look at: a million takes minutes.</summary>
    public int MostStates { get; init; } = 1_000_000;
}

/// <summary>
/// All courses that several processes can take that want to do one job in one folder. Each runs <see cref="FolderLease"/> itself, over files
/// that exist in memory: it is run anew from its beginning up to the operation after those whose outcomes it has, so that between any two
/// operations any other process may go on, be killed, or time go by.
/// </summary>
internal sealed class FolderModel(Setting setting)
{
    private readonly HashSet<(ulong, ulong)> _seen = [];

    /// <summary>What is wrong; null for nothing.</summary>
    public string? Fault { get; private set; }

    /// <summary>How many different states there are.</summary>
    public int States => _seen.Count;

    /// <summary>How many of them have an owner that has lost the folder and does not know.</summary>
    public int Stale { get; private set; }

    /// <summary>In how many a process found the model of another one that had not finished.</summary>
    public int Adopted { get; private set; }

    public FolderModel Explore()
    {
        Stack<World> open = new([new World(setting)]);
        while (Fault is null && open.TryPop(out World? world))
        {
            if (!_seen.Add(world.Key()))
            {
                continue;
            }

            if (States > setting.MostStates)
            {
                Fault = "too many states";
                break;
            }

            Check(world);
            foreach (World next in Nexts(world))
            {
                CheckStep(world, next);
                open.Push(next);
            }
        }

        return this;
    }

    private IEnumerable<World> Nexts(World world)
    {
        bool someoneRuns = false;
        for (int i = 0; i < world.Processes.Length; i++)
        {
            if (world.Processes[i].IsOver)
            {
                continue;
            }

            someoneRuns = true;
            World next = new(world);
            next.Step(i);
            yield return next;
            if (world.Crashes < setting.Crashes)
            {
                World without = new(world) { Crashes = world.Crashes + 1 };
                without.Kill(i);
                yield return without;
            }
        }

        if (someoneRuns && world.Time < setting.Silences)
        {
            yield return new(world) { Time = world.Time + 1 };
        }
    }

    private void Check(World world)
    {
        Course[] owners = [.. world.Processes.Where(p => !p.IsOver && p.Lease is not null)];
        int valid = owners.Count(p => p.IsOwner(world));
        Stale += owners.Length > valid ? 1 : 0;
        if (valid > 1)
        {
            Fault = $"two owners at a time\n{world}";
        }
        else if (world.Text("result.json") is { } result && result != $"of {world.Text("model.zip")}")
        {
            Fault = $"a result of another model\n{world}";
        }
        else
        {
            CheckThatItGoesOn(world);
        }

        Adopted += world.Processes.Any(p => p.HasAdopted) ? 1 : 0;
    }

    private void CheckStep(World before, World after)
    {
        foreach (string final in new[] { "model.zip", "result.json" })
        {
            if (before.Text(final) is { } text && after.Text(final) != text)
            {
                Fault = $"{final} was replaced\n{after}";
            }
        }
    }

    /// <summary>Whatever state processes leave a folder in: when all are killed, the next that comes does the job, and clears up.</summary>
    private void CheckThatItGoesOn(World left)
    {
        foreach (string machine in new[] { setting.Machines[0], "new" })
        {
            World world = new(left);
            for (int i = 0; i < world.Processes.Length; i++)
            {
                world.Kill(i);
            }

            world.Arrive(machine);
            string[] files = [.. world.Files.Keys];
            if (world.Text("result.json") is null)
            {
                Fault = $"nobody can finish the job any more\n{left}\nthen\n{world}";
            }
            else if (left.Text("result.json") is null && (files.Count(IsOwner) > 1 || files.Any(name => name.EndsWith(".tmp", StringComparison.Ordinal))))
            {
                Fault = $"files are left: {string.Join(' ', files)}\n{left}";
            }
        }

        static bool IsOwner(string name) => FileSystemName.MatchesSimpleExpression(".owner.*", name);
    }
}

/// <summary>A file: what it holds, how often it was written to, and which of those that had its name it is.</summary>
internal sealed record ModelFile(string Text, int Writes, string Identity);

/// <summary>A state: of the files and of the processes.</summary>
internal sealed class World
{
    public World(Setting setting)
    {
        Setting = setting;
        Files = new(StringComparer.Ordinal);
        Locks = [];
        Processes = [.. setting.Machines.Select((machine, i) => new Course(i, machine, [], setting.Tries))];
    }

    public World(World other)
    {
        (Setting, Time, Crashes) = (other.Setting, other.Time, other.Crashes);
        Files = new(other.Files, StringComparer.Ordinal);
        Locks = new(other.Locks);
        Processes = [.. other.Processes];
    }

    public Setting Setting { get; }

    public SortedDictionary<string, ModelFile> Files { get; }

    /// <summary>Which process holds the lock of a machine, or of all.</summary>
    public Dictionary<string, int> Locks { get; }

    public Course[] Processes { get; private set; }

    /// <summary>How often much time went by.</summary>
    public int Time { get; set; }

    public int Crashes { get; init; }

    public string? Text(string name) => Files.GetValueOrDefault(name)?.Text;

    public void Step(int process)
    {
        Course course = Processes[process];
        Processes[process] = new(process, course.Machine, course.Outcomes, Setting.Tries);
        Processes[process].Run(this);
    }

    public void Kill(int process)
    {
        Processes[process] = Processes[process].Killed();
        foreach (string scope in Locks.Where(l => l.Value == process).Select(l => l.Key).ToArray())
        {
            Locks.Remove(scope);
        }
    }

    /// <summary>A new process does all that it can, undisturbed and patiently.</summary>
    public void Arrive(string machine)
    {
        Processes = [.. Processes, new(Processes.Length, machine, [], tries: 4) { Undisturbed = this }];
        Processes[^1].Run(this);
    }

    public bool IsThere(string process) => Processes.Any(p => p.Name == process && !p.IsOver);

    public string? ScopeOfLock(string machine) => Setting.Locks switch
    {
        Tests.Locks.None => null,
        Tests.Locks.OfMachine => machine,
        _ => "all",
    };

    public (ulong, ulong) Key()
    {
        string text = State;
        ulong first = 14695981039346656037, second = 88172645463325252;
        foreach (char c in text)
        {
            first = (first ^ c) * 1099511628211;
            second = ((second << 5) | (second >> 59)) + (c * 11400714819323198485);
        }

        return (first, second);
    }

    public override string ToString() => $"""
        time {Time}, killed {Crashes}
        {string.Join('\n', Files.Select(f => $"{f.Key}: {f.Value}"))}
        {string.Join('\n', Locks.Select(l => $"lock of {l.Key}: {l.Value}"))}
        {string.Join('\n', Processes.Select(p => p.ToString()))}
        """;

    /// <summary>All that what comes depends on: of a process what it knows, and nothing of one that is over.</summary>
    private string State => $"""
        {Time} {Crashes}
        {string.Join('\n', Files)}
        {string.Join('\n', Locks)}
        {string.Join('\n', Processes.Select(p => p.Knowledge))}
        """;
}

/// <summary>A process, as far as it has come: the outcomes of its operations are all that its further course depends on.</summary>
internal sealed class Course : TimeProvider, ISharedFiles
{
    private static readonly DateTime Beginning = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly int _number;
    private readonly int _tries;
    private readonly List<object?> _outcomes;
    private int _next;
    private int _names;
    private int _since;
    private string _before = "";
    private bool _hasStepped;
    private bool _hasYielded;
    private World _world = null!;

    public Course(int number, string machine, IReadOnlyList<object?> outcomes, int tries)
        => (_number, Machine, _outcomes, _tries) = (number, machine, [.. outcomes], tries);

    public string Machine { get; }

    public string Name => $"process{_number}";

    public IReadOnlyList<object?> Outcomes => _outcomes;

    /// <summary>The world that it has for itself; null: after an operation it is the others' turn.</summary>
    public World? Undisturbed { get; set; }

    public FolderLease? Lease { get; private set; }

    public bool HasAdopted { get; private set; }

    public bool IsOver { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public Course Killed() => new(_number, Machine, _outcomes, _tries) { IsOver = true };

    public bool IsOwner(World world)
    {
        Undisturbed = world;
        bool isOwner = !Lease!.IsLost;
        Undisturbed = null;
        return isOwner;
    }

    /// <summary>Runs it through the operations that it has done, and one more.</summary>
    public void Run(World world)
    {
        _world = world;
        try
        {
            Work();
            IsOver = true;
        }
        catch (Yield)
        {
        }
    }

    /// <summary>What a worker does with a job: <see cref="WorkerLoop"/>, <see cref="RunFolder"/> and <see cref="Runner"/> without the training.</summary>
    private void Work()
    {
        Claimant claimant = new(Machine, Name, process => _world.Setting.SeesProcesses ? Do(w => w.IsThere(process)) : null, this, this, () => $"{_names++}");
        for (int i = 0; i < _tries && Read("result.json") is null; i++)
        {
            // Of what was before a try only this matters.
            (_before, _since, _names) = ($"{i} {claimant}", _next, 10 * i);
            using FolderLease? lease = FolderLease.TryTake("job", claimant);
            if (lease is null)
            {
                if (Undisturbed is not null)
                {
                    _world.Time++;
                }

                continue;
            }

            Lease = lease;
            try
            {
                if (Read("result.json") is not null)
                {
                    return;
                }

                lease.Renew();
                if (lease.Lost.IsCancellationRequested)
                {
                    continue;
                }

                string model = $"model of {Name} {i}";
                if (!lease.TryPublish("model.zip", stream => stream.Write(Encoding.UTF8.GetBytes(model))))
                {
                    HasAdopted = true;
                    model = Read("model.zip")!;
                }

                lease.TryPublish("result.json", stream => stream.Write(Encoding.UTF8.GetBytes($"of {model}")));
                return;
            }
            catch (IOException)
            {
                // Lost, or what it was writing aside is gone.
            }
            finally
            {
                if (!_hasYielded)
                {
                    Lease = null;
                }
            }
        }
    }

    private T Do<T>(Func<World, T> operation, bool isStep = true)
    {
        if (Undisturbed is { } alone)
        {
            return operation(alone);
        }

        if (_next < _outcomes.Count)
        {
            return _outcomes[_next++] is FileNotFoundException missing ? throw missing : (T)_outcomes[_next - 1]!;
        }

        if (_hasStepped && isStep)
        {
            _hasYielded = true;
            throw new Yield();
        }

        _hasStepped |= isStep;
        _next++;
        try
        {
            T outcome = operation(_world);
            _outcomes.Add(outcome);
            return outcome;
        }
        catch (FileNotFoundException e)
        {
            _outcomes.Add(e);
            throw;
        }
    }

    public override long GetTimestamp() => Do(w => w.Time * FolderLease.Expiry.Ticks * 2, isStep: false);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NoTimer();

    public string[] Names(string folder) => Do(w => w.Files.Keys.ToArray());

    public string? Read(string file) => Do(w => w.Text(Path.GetFileName(file)));

    public DateTime? WrittenAt(string file)
        => Do(w => w.Files.TryGetValue(Path.GetFileName(file), out ModelFile? there) ? Beginning.AddSeconds(there.Writes) : (DateTime?)null);

    public bool TryCreate(string file, string text)
    {
        string identity = $"{Name} {_names++}";
        if (!Do(w => !w.Files.ContainsKey(Path.GetFileName(file)) && Put(w, file, new("", 0, identity))))
        {
            return false;
        }

        Write(file, identity, text);
        return true;
    }

    public void Overwrite(string file, string text)
    {
        (string Identity, bool IsMixed)? there = Do<(string, bool)?>(w =>
        {
            if (!w.Files.TryGetValue(Path.GetFileName(file), out ModelFile? old))
            {
                return null;
            }

            bool isLonger = old.Text.Length > text.Length;
            Put(w, file, old with { Text = isLonger ? text + old.Text[text.Length..] : text, Writes = old.Writes + 1 });
            return (old.Identity, isLonger);
        });
        if (there is { IsMixed: true } mixed)
        {
            Write(file, mixed.Identity, text);
        }
    }

    public bool TryPublish(string file, Action<Stream> write)
    {
        using MemoryStream stream = new();
        write(stream);
        string aside = $"{file}.{Name}.{_names++}.tmp", text = Encoding.UTF8.GetString(stream.ToArray());
        Do(w => Put(w, aside, new(text, 0, aside)));
        bool isFirst = Do(w => !w.Files.ContainsKey(Path.GetFileName(aside)) ? throw new FileNotFoundException(aside)
            : (!w.Setting.PublishesOnce || !w.Files.ContainsKey(Path.GetFileName(file))) && Put(w, file, new(text, 0, aside)));
        Delete(aside);
        return isFirst;
    }

    public void Delete(string file) => Do(w => w.Files.Remove(Path.GetFileName(file)));

    public IDisposable? TryLock(string file)
        => Do(w => w.ScopeOfLock(Machine) is not { } scope || w.Locks.TryAdd(scope, _number)) ? new Unlocking(this) : null;

    /// <summary>What its further course depends on.</summary>
    public string Knowledge => IsOver ? "" : $"{_before}: {Words(_outcomes.Skip(_since))}";

    public override string ToString()
        => $"{Name} on {Machine}{(IsOver ? " is over" : "")}: {Words(_outcomes)}";

    private static string Words(IEnumerable<object?> outcomes)
        => string.Join("; ", outcomes.Select(o => o is string[] names ? string.Join(' ', names) : o is Exception ? "fails" : $"{o ?? "-"}"));

    private void Write(string file, string identity, string text) => Do(w => w.Files.TryGetValue(Path.GetFileName(file), out ModelFile? there) && there.Identity == identity
        && Put(w, file, there with { Text = text, Writes = there.Writes + 1 }));

    private static bool Put(World world, string file, ModelFile content)
    {
        world.Files[Path.GetFileName(file)] = content;
        return true;
    }

    private sealed class Unlocking(Course course) : IDisposable
    {
        public void Dispose() => course.Do(w => w.ScopeOfLock(course.Machine) is { } scope && w.Locks.Remove(scope));
    }

    private sealed class NoTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Yield : Exception;
}

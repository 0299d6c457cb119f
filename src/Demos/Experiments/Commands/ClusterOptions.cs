using System.CommandLine;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// The options of a command that hands a sweep to a cluster: the scheduler, a task's share of the cluster, and what to do instead of
/// submitting.
/// </summary>
internal sealed class ClusterOptions
{
    private readonly (Launcher Launcher, Option<bool> Chosen, Option<string[]> Lines)[] _launchers =
    [
        .. Launcher.All.Select(launcher => (
            launcher,
            new Option<bool>($"--{launcher.Name}")
            {
                Description = $"Submit the sweep to {launcher.Title}: an array of tasks that take cells from the folder, which lies on a "
                    + "file system that all nodes share. The same command again submits what is left"
            },
            new Option<string[]>($"--{launcher.LineOption}")
            {
                Description = $"With --{launcher.Name}, as often as needed: a further line of the job script's head",
                HelpName = "LINE"
            })),
    ];

    private readonly Option<int?> _tasks = new("--tasks")
    {
        Description = "On a cluster: how many tasks share the sweep. Default: one for each job that is left, up to 32",
        HelpName = "N"
    };

    private readonly Option<int?> _limit = new("--array-limit")
    {
        Description = "On a cluster: how many tasks run at a time at most. Default: as many as there is room for",
        HelpName = "N"
    };

    private readonly Option<string?> _partition = new("--partition") { Description = "On a cluster: the partition", HelpName = "NAME" };

    private readonly Option<string?> _account = new("--account") { Description = "On a cluster: the account to charge", HelpName = "NAME" };

    private readonly Option<string?> _time = new("--time")
    {
        Description = "On a cluster: a task's time limit, as the scheduler has it, such as 90 (minutes) or 12:00:00. A task ends before "
            + "it by itself, is queued again, and continues. Default: the partition's limit",
        HelpName = "TIME"
    };

    private readonly Option<int?> _cpus = new("--cpus")
    {
        Description = "On a cluster: a task's cores. Default: --parallel times --threads, where given. Without --parallel a task runs one "
            + "cell per core",
        HelpName = "N"
    };

    private readonly Option<string?> _gpus = new("--gpus")
    {
        Description = "On a cluster: a task's GPU, as 1 or with its kind, as a100:1. More GPUs are more --tasks",
        HelpName = "[KIND:]1"
    };

    private readonly Option<string?> _memory = new("--mem")
    {
        Description = "On a cluster: a task's memory, such as 8G; a cell takes up to 2 GB",
        HelpName = "SIZE"
    };

    private readonly Option<string?> _signal = new("--signal")
    {
        Description = "On a cluster: the signal before a task's time limit, and how many seconds before; SIGTERM is understood besides. "
            + "Default: USR1@60",
        HelpName = "NAME[@SECONDS]"
    };

    private readonly Option<string[]> _shell = new("--shell")
    {
        Description = "On a cluster, as often as needed: a line of shell that a task runs first, such as \"module load cuda\"",
        HelpName = "LINE"
    };

    private readonly Option<bool> _status = new("--status")
    {
        Description = "On a cluster: show what is finished, failed, running and left, and the tasks; submit nothing"
    };

    private readonly Option<bool> _cancel = new("--cancel") { Description = "On a cluster: end this sweep's tasks, queued and running" };

    private readonly Option<bool> _clean = new("--clean")
    {
        Description = "On a cluster: remove logs, job script and leftovers of finished jobs; results stay"
    };

    /// <summary>All of them, in the order of the help.</summary>
    public IReadOnlyList<Option> All =>
    [
        .. _launchers.Select(l => l.Chosen), _tasks, _limit, _partition, _account, _time, _cpus, _gpus, _memory, _signal,
        .. _launchers.Select(l => l.Lines), _shell, _status, _cancel, _clean,
    ];

    /// <summary>The scheduler that was chosen; null for none.</summary>
    /// <exception cref="ArgumentException">Several were, or none with an option that needs one.</exception>
    public Launcher? Choose(ParseResult parsed)
    {
        var chosen = _launchers.Where(l => parsed.GetValue(l.Chosen)).ToArray();
        string all = string.Join(", ", _launchers.Select(l => l.Chosen.Name));
        if (chosen.Length > 1)
        {
            throw new ArgumentException($"{string.Join(" and ", chosen.Select(l => l.Chosen.Name))} do not go together: name one.");
        }

        Option[] allowed = chosen is [var one] ? [.. All.Except(_launchers.Where(l => l != one).Select(l => (Option)l.Lines))] : [];
        return All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false } && !allowed.Contains(option)) is { } alone
            ? throw new ArgumentException($"{alone.Name} is for a cluster: it goes with {all} alone.")
            : chosen is [var only] ? only.Launcher : null;
    }

    /// <summary>Whether to show how a sweep stands.</summary>
    public bool ShowsStatus(ParseResult parsed) => parsed.GetValue(_status);

    /// <summary>Does with a sweep on a cluster what was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="launcher">The scheduler.</param>
    /// <param name="session">The sweep.</param>
    /// <param name="program">How this program is started.</param>
    /// <param name="workers">What was asked of a task's workers.</param>
    /// <param name="dryRun">Whether to print the job script and do nothing.</param>
    /// <param name="json">Whether to show how it stands as JSON.</param>
    /// <returns>The exit code.</returns>
    public int Run(
        ParseResult parsed, Launcher launcher, SweepSession session, IReadOnlyList<string> program, SweepOptions workers, bool dryRun,
        bool json)
    {
        SweepLaunch launch = new(
            session, launcher, new LaunchOptions
            {
                Tasks = Positive(parsed, _tasks),
                ArrayLimit = Positive(parsed, _limit),
                Partition = parsed.GetValue(_partition),
                Account = parsed.GetValue(_account),
                Time = parsed.GetValue(_time),
                Gpus = parsed.GetValue(_gpus),
                Cpus = Positive(parsed, _cpus),
                Memory = parsed.GetValue(_memory),
                Signal = parsed.GetValue(_signal),
                Lines = [.. parsed.GetValue(_launchers.Single(l => l.Launcher == launcher).Lines) ?? []],
                Shell = [.. parsed.GetValue(_shell) ?? []],
                Workers = workers,
            },
            program, Console.Out);
        (bool Asked, string Name, Action Do)[] instead =
        [
            (dryRun, "--dry-run", launch.Print), (ShowsStatus(parsed), _status.Name, () => launch.ShowStatus(json)),
            (parsed.GetValue(_cancel), _cancel.Name, launch.Cancel), (parsed.GetValue(_clean), _clean.Name, launch.Clean),
        ];
        (bool Asked, string Name, Action Do)[] asked = [.. instead.Where(i => i.Asked)];
        if (asked.Length > 1)
        {
            throw new ArgumentException($"{string.Join(" and ", asked.Select(a => a.Name))} do not go together: one at a time.");
        }

        (asked is [var one] ? one.Do : launch.Submit)();
        return ConsoleProgram.Done;
    }

    private static int? Positive(ParseResult parsed, Option<int?> option)
        => parsed.GetValue(option) is { } value and < 1
            ? throw new ArgumentException($"{option.Name} is {value}; allowed is a whole number from 1 on.")
            : parsed.GetValue(option);
}

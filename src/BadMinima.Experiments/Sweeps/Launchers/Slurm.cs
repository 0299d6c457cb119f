using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace BadMinima.Experiments;

/// <summary>
/// Slurm, from 20.02 on, with or without accounting: an array job whose tasks ask to be queued again when their time is over. Source: the
/// manual pages of sbatch, squeue and scontrol, https://slurm.schedmd.com/.
/// </summary>
internal sealed partial class Slurm : Launcher
{
    private const string DefaultSignal = "USR1";
    private const double DefaultLead = 60;
    private const int LongestLead = 65535;

    // The signals that ask a program to end, or mean nothing else to it.
    private static readonly string[] Signals = ["USR1", "USR2", "TERM", "INT", "HUP", "QUIT"];

    public override string Name => "slurm";

    public override string Title => "Slurm";

    public override string LineOption => "sbatch";

    public override string Script(LaunchPlan plan, LaunchOptions options)
    {
        TimeSpan? limit = options.Time is { } time ? LimitOf(time) : null;
        (string signal, double lead) = SignalOf(options.Signal, limit);
        string?[] head =
        [
            $"--job-name={plan.Name}",
            $"--array=0-{plan.Tasks - 1}{(options.ArrayLimit is { } most ? $"%{most}" : "")}",
            "--nodes=1",
            "--ntasks=1",
            Line("--cpus-per-task", options.CpusOfTask?.ToString(CultureInfo.InvariantCulture)),
            Line("--gpus", options.Gpus is { } gpus ? GpusOf(gpus) : null),
            Line("--mem", options.Memory),
            Line("--partition", options.Partition),
            Line("--account", options.Account),
            Line("--time", options.Time),
            $"--signal=B:{signal}@{lead}",
            "--requeue",
            $"--chdir={Quoted(plan.Directory)}",
            $"--output={Quoted(plan.Logs.Replace("%", "%%", StringComparison.Ordinal) + "/%A_%a.txt")}",
            "--open-mode=append",
            .. options.Lines.Select(LineOf),
        ];

        // Slurm may send the signal up to a minute early; the minutes end before it as a rule, and what does not end then ends by it.
        string minutes = limit is { } all
            ? $" --minutes {((all.TotalSeconds - (2 * lead)) / 60).ToString("0.##", CultureInfo.InvariantCulture)}"
            : "";
        string arguments = string.Join(' ', plan.Arguments.Select(InShell));
        return $$"""
            #!/bin/bash
            # Made by `badminima sweep FILE --slurm`, which writes it anew: change its options, not this file.
            {{string.Join('\n', head.OfType<string>().Select(line => $"#SBATCH {line}"))}}

            # Whoever asks the task to end, the program leaves its cells so that another task can continue them.
            signals=0 seen=-1 child=
            end() { signals=$((signals + 1)); [ -z "$child" ] || kill -TERM "$child" 2>/dev/null; }
            trap end {{string.Join(' ', new[] { signal, "TERM" }.Distinct())}}

            {{string.Join('\n', plan.Environment.Select(v => $"export {v.Name}={InShell(v.Value)}").Concat(options.Shell.Select(ShellOf)))}}

            program=({{string.Join(' ', plan.Program.Select(InShell))}})
            folder={{InShell(plan.Folder)}}
            task=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
            echo "$(date -u +%FT%TZ) task $task on $(hostname), restarts: ${SLURM_RESTART_COUNT:-0}"

            missing() { echo "$1 is not on $(hostname): $2" >&2; exit 127; }
            command -v "${program[0]}" >/dev/null || missing "${program[0]}" "install the program where all nodes find it."
            for file in "${program[@]:1}"; do
              [[ $file != /* || -e $file ]] || missing "$file" "install the program where all nodes find it."
            done
            [ -d "$folder" ] || missing "$folder" "a sweep's folder has to lie on a file system that all nodes share."

            # The task's cores, also where it sees all of the node's.
            export DOTNET_PROCESSOR_COUNT={{options.CpusOfTask?.ToString(CultureInfo.InvariantCulture) ?? "$SLURM_CPUS_ON_NODE"}}

            "${program[@]}" {{arguments}} --index "$SLURM_ARRAY_TASK_ID" --of {{plan.Tasks}}{{minutes}} &
            child=$!
            [ "$signals" -eq 0 ] || kill -TERM "$child" 2>/dev/null
            while [ "$seen" -ne "$signals" ]; do
              seen=$signals
              wait "$child"
              code=$?
            done

            # With work left, its minutes over (3) or asked to end, it is queued again; not where it was cancelled.
            if [ "$code" -eq 3 ] || { [ "$signals" -gt 0 ] && [ "$code" -gt 128 ]; }; then
              for try in 1 2 3; do
                state=$(squeue --noheader --jobs="$task" --format=%T) && break
                sleep 2
              done
              if [ "$state" = RUNNING ]; then
                echo "$(date -u +%FT%TZ) asks to be queued again"
                scontrol requeue "$task" || echo "It is not queued again; what is left, the same \`badminima sweep\` submits."
              fi
            fi
            echo "$(date -u +%FT%TZ) ends with code $code"
            exit "$code"

            """;
    }

    public override string Submit(string script)
    {
        try
        {
            return Run("sbatch", "--parsable", script).Trim().Split(';')[0];
        }
        catch (IOException e) when (e.InnerException is null)
        {
            throw new IOException($"Slurm refused the job: {e.Message} The script is {script}.", e);
        }
    }

    public override ImmutableArray<LaunchedTask> Tasks(string name) =>
    [
        .. Run("squeue", "--noheader", "--array", $"--name={name}", "--format=%F|%T|%N|%r|%o")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('|', 5)).Where(fields => fields.Length == 5)
            .Select(fields => fields[1] == "PENDING"
                ? new LaunchedTask(fields[0], fields[4], false, fields[3])
                : new LaunchedTask(fields[0], fields[4], true, fields[2])),
    ];

    public override void Cancel(IReadOnlyList<string> arrays) => Run("scancel", arrays);

    /// <summary>A time limit in one of Slurm's forms; it counts whole minutes, up.</summary>
    /// <exception cref="SettingException">It is in none, or none at all.</exception>
    internal static TimeSpan LimitOf(string time)
    {
        Match form = TimeForm().Match(time);
        double minutes = (24 * 60 * Number("d")) + (60 * Number("h")) + Number("m") + Math.Ceiling(Number("s") / 60);
        if (minutes > 0)
        {
            return TimeSpan.FromMinutes(minutes);
        }

        throw new SettingException(
            "time", $"is {time}; allowed are Slurm's forms, such as 90 (minutes), 30:00 (minutes:seconds), 12:00:00, 2-12 (days-hours) and "
            + "2-12:00:00. Without --time the partition's limit holds.");

        double Number(string group) => form.Groups[group] is { Success: true } digits ? int.Parse(digits.ValueSpan) : 0;
    }

    private static (string Name, double Lead) SignalOf(string? signal, TimeSpan? limit)
    {
        string[] parts = (signal ?? DefaultSignal).Split('@');
        string name = parts[0].StartsWith("SIG", StringComparison.Ordinal) ? parts[0][3..] : parts[0];
        double lead = Math.Floor(Math.Min(DefaultLead, limit?.TotalSeconds / 4 ?? DefaultLead));
        bool isKnown = Signals.Contains(name) && parts.Length <= 2;
        if (isKnown && parts.Length == 2)
        {
            isKnown = int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int given)
                && given is > 0 and <= LongestLead;
            lead = given;
        }

        return !isKnown
            ? throw new SettingException(
                "signal", $"is {signal}; allowed are {string.Join(", ", Signals)}, also with @ and how many seconds before the time limit, "
                + $"up to {LongestLead}: {DefaultSignal}@120.")
            : 2 * lead >= limit?.TotalSeconds
            ? throw new SettingException(
                "signal", $"is {signal} with a time limit of {limit.Value.TotalMinutes:0.##} minutes: a task works until twice these "
                + "seconds before its limit. Give fewer seconds or a longer --time.")
            : (name, lead);
    }

    private static string GpusOf(string gpus) => GpuForm().IsMatch(gpus)
        ? gpus
        : throw new SettingException(
            "gpus", $"is {gpus}; allowed are 1, and a kind and 1, as in a100:1. A cell trains on one GPU: for more GPUs give more "
            + "--tasks.");

    private static string LineOf(string line) => line.StartsWith('-') && !line.Contains('\n', StringComparison.Ordinal)
        ? line
        : throw new SettingException("sbatch", $"is {line}; allowed is an option of sbatch with its dashes, as in --constraint=a100.");

    private static string ShellOf(string line) => !string.IsNullOrWhiteSpace(line) && !line.Contains('\n', StringComparison.Ordinal)
        ? line
        : throw new SettingException("shell", $"is '{line}'; allowed is a line of shell, as in 'module load cuda'; give it once for each.");

    private static string? Line(string option, string? value) => value is null ? null : $"{option}={value}";

    /// <summary>A path in a line for sbatch.</summary>
    private static string Quoted(string path)
        => $"\"{path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>A word of a shell command.</summary>
    private static string InShell(string word)
        => PlainWord().IsMatch(word) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(
        @"^(?:(?<d>\d{1,6})-(?<h>\d{1,6})(?::(?<m>\d{1,6})(?::(?<s>\d{1,6}))?)?"
        + @"|(?<h>\d{1,6}):(?<m>\d{1,6}):(?<s>\d{1,6})|(?<m>\d{1,6})(?::(?<s>\d{1,6}))?)$")]
    private static partial Regex TimeForm();

    [GeneratedRegex(@"^(?:[\w.-]+:)?1$")]
    private static partial Regex GpuForm();

    [GeneratedRegex(@"^[\w./:=+-]+$")]
    private static partial Regex PlainWord();
}

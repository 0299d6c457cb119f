using System.Collections.Immutable;
using System.Text.Json;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// A sweep on a cluster: submitting what is left of it, how it stands, ending it, and clearing up. What is done and what has failed is
/// read from the sweep's folder, what is queued and running asked of the scheduler: no accounting is needed, and nothing that is kept here
/// can be out of date.
/// </summary>
/// <param name="session">The sweep.</param>
/// <param name="launcher">The scheduler.</param>
/// <param name="options">What is asked for.</param>
/// <param name="program">How this program is started.</param>
/// <param name="output">Where to say what was done.</param>
internal sealed class SweepLaunch(
    SweepSession session, Launcher launcher, LaunchOptions options, IReadOnlyList<string> program, TextWriter output)
{
    private const int MostTasks = 32;
    private const int LongestWord = 200;

    // What a program of this kind finds its files by.
    private static readonly string[] Passed = ["BADMINIMA_DATA", "BADMINIMA_LIBTORCH", "DOTNET_ROOT"];
    private const int LongestName = 40;

    /// <summary>The folder of a launcher's files.</summary>
    private string Place => Path.GetFullPath(Path.Combine(session.Folder.Name, launcher.Name));

    private string Record => Path.Combine(Place, "submitted.json");

    private LaunchPlan Plan => new(
        "badminima-" + string.Concat(Path.GetFileName(Path.GetFullPath(session.Folder.Name).TrimEnd('/')).Take(LongestName)
            .Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-')),
        Path.Combine(Place, "job.sh"), Path.Combine(Place, "logs"), Path.GetFullPath(session.Folder.Name), Environment.CurrentDirectory,
        program, [.. Arguments()], options.Tasks ?? Math.Clamp(Left.Length, 1, MostTasks),
        [
            .. Passed.Select(name => (name, Value: Environment.GetEnvironmentVariable(name)))
                .Where(v => !string.IsNullOrEmpty(v.Value)).Select(v => (v.name, Path.GetFullPath(v.Value!))),
        ]);

    /// <summary>What would be submitted.</summary>
    private ImmutableArray<SweepJob> Left
        => [.. session.Jobs.Where(job => !job.IsFinished && (options.Workers.RetryFailed || job.Failure is null))];

    /// <summary>Prints the job script, and submits nothing.</summary>
    public void Print() => output.Write(launcher.Script(Plan, options));

    /// <summary>Submits what is left, unless tasks of an earlier call are at it.</summary>
    /// <exception cref="IOException">The scheduler is not here or refuses, or the folder cannot be written to.</exception>
    public void Submit()
    {
        // What is wrong with an option is told before anything is made.
        LaunchPlan plan = Plan;
        string script = launcher.Script(plan, options);
        ImmutableArray<SweepJob> left = Left;
        SweepSession.RequireData(left);
        Directory.CreateDirectory(plan.Logs);

        // One call at a time submits.
        using RunFolder place = RunFolder.Open(Place);
        if (Tasks() is { Length: > 0 } there)
        {
            output.WriteLine($"{Of(there)} at this sweep; nothing was submitted. --status shows how it stands, --cancel ends it.");
            return;
        }

        session.Prepare();
        if (left.Length == 0)
        {
            output.WriteLine($"Nothing is left to do, and nothing was submitted.{Next(0)}");
            return;
        }

        AtomicFile.Write(plan.ScriptFile, script);
        string array = Submit(plan.ScriptFile, left);
        AtomicFile.Write(Record, JsonSerializer.Serialize(
            Submissions().Append(
                new Submission(array, DateTime.UtcNow, Environment.MachineName, left.Length, plan.Tasks, plan.Arguments, options)),
            JsonOutput.Options) + "\n");
        int failed = session.Failed.Count();
        string jobs = SweepSession.JobsInWords(session.Jobs.Length, session.Jobs.Length - left.Length - failed, failed);
        output.WriteLine($"{session.Folder.Name}: {jobs} "
            + $"{launcher.Title}'s job {array} has {plan.Tasks} {(plan.Tasks == 1 ? "task" : "tasks")}. Next: the same command with "
            + "--status");
        int waiting = left.Count(job => job.Needs is { IsFinished: false }), ready = Math.Max(1, left.Length - waiting);
        if (waiting > 0 && ready < plan.Tasks)
        {
            output.WriteLine($"note: {waiting} jobs wait for adversarial starts, and until one is trained {plan.Tasks - ready} of the "
                + "tasks have nothing to do but wait.");
        }
    }

    /// <summary>Submits the script. What had failed is tried again; where nothing was submitted it stays as it was.</summary>
    private string Submit(string script, ImmutableArray<SweepJob> jobs)
    {
        (SweepJob Job, Failure Failure)[] failed = [.. jobs.Where(j => j.Failure is not null).Select(j => (j, j.Failure!))];
        foreach ((SweepJob job, _) in failed)
        {
            JobFolder.Forgive(job.Folder);
        }

        try
        {
            return launcher.Submit(script);
        }
        catch
        {
            foreach ((SweepJob job, Failure failure) in failed)
            {
                JobFolder.Fail(job.Folder, failure);
            }

            throw;
        }
    }

    /// <summary>Says how the sweep stands, with everything that has failed.</summary>
    /// <param name="json">Whether to say it as JSON, for programs.</param>
    /// <exception cref="IOException">The scheduler does not answer; how the folder stands is told before, but for JSON.</exception>
    public void ShowStatus(bool json)
    {
        RequireBegun();
        int[] counts = new int[Enum.GetValues<JobState>().Length];
        List<(SweepJob Job, Failure Failure)> failed = [];
        foreach (SweepJob job in session.Jobs)
        {
            JobState state = StateOf(job);
            counts[(int)state]++;
            if (state == JobState.Failed && job.Failure is { } failure)
            {
                failed.Add((job, failure));
            }
        }

        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(
                new
                {
                    Folder = session.Folder.Name,
                    Jobs = session.Jobs.Length,
                    States = Enum.GetValues<JobState>().ToDictionary(
                        state => JsonNamingPolicy.CamelCase.ConvertName($"{state}"), state => counts[(int)state]),
                    Failed = failed.Select(f => new { f.Job.Title, f.Job.Folder, f.Failure.Error, f.Failure.Time, f.Failure.Machine }),
                    Tasks = Tasks().Select(t => new { t.Array, t.IsRunning, t.Where }),
                },
                JsonOutput.Options));
            return;
        }

        output.WriteLine($"{session.Folder.Name}: {session.Jobs.Length} jobs: {string.Join(", ", Enum.GetValues<JobState>()
            .Select(state => $"{counts[(int)state]} {state.ToString().ToLowerInvariant()}"))}");
        foreach ((SweepJob job, Failure failure) in failed)
        {
            output.WriteLine($"failed: {job.Title} ({job.Folder}): {failure.Error}");
        }

        ImmutableArray<LaunchedTask> tasks = Tasks();
        int left = session.Jobs.Length - counts[(int)JobState.Finished] - counts[(int)JobState.Failed];
        output.WriteLine(tasks.Length > 0
            ? $"{Of(tasks)} at it."
            : $"No task of {launcher.Title}'s is queued or running.{Next(left)}");
    }

    /// <summary>Ends what is queued and running; what it was at can be continued.</summary>
    /// <exception cref="IOException">The scheduler is not here, or refuses.</exception>
    public void Cancel()
    {
        RequireBegun();
        ImmutableArray<LaunchedTask> tasks = Tasks();
        if (tasks.Length == 0)
        {
            output.WriteLine($"No task of {launcher.Title}'s is queued or running; nothing was cancelled.");
            return;
        }

        launcher.Cancel([.. tasks.Select(task => task.Array).Distinct()]);
        output.WriteLine($"Cancelled: {Of(tasks)} at this sweep. The same command without --cancel continues it.");
    }

    /// <summary>
    /// Removes what serves no more: logs and script of the tasks, and what finished jobs left that served to continue them. Results stay.
    /// </summary>
    /// <exception cref="InvalidOperationException">Somebody is at the sweep.</exception>
    public void Clean()
    {
        RequireBegun();
        if (Tasks() is { Length: > 0 } there)
        {
            throw new InvalidOperationException($"{Of(there)} at this sweep; nothing was removed. Wait for its end, or --cancel it first.");
        }

        if (session.Jobs.FirstOrDefault(job => FolderLease.IsTaken(job.Folder)) is { } taken)
        {
            throw new InvalidOperationException($"{taken.Folder}: a process is at it; nothing was removed. Wait for its end.");
        }

        long bytes = 0;
        int logs = Remove(Files(Path.Combine(Place, "logs"), "*_*.txt"));
        int others = Remove([.. Files(Place, "job.sh"), .. Files(Place, "submitted.json"), .. Files(Place, "*.tmp")]);
        int leftovers = 0;
        foreach (SweepJob job in session.Jobs.Where(job => job.IsFinished))
        {
            leftovers += Remove([.. Files(RunFolder.CheckpointsOf(job.Folder), "*"), .. Files(job.Folder, "*.tmp")]);
            RemoveEmpty(RunFolder.CheckpointsOf(job.Folder));
        }

        _ = Remove([.. Files(Place, ".lock"), .. Files(Place, ".owner.*")]);
        RemoveEmpty(Path.Combine(Place, "logs"));
        RemoveEmpty(Place);
        output.WriteLine($"Removed {logs} logs, {others} files of the launcher, and {leftovers} files that served to continue jobs which "
            + $"are finished; {bytes / 1e6:0.0} MB.");

        int Remove(IReadOnlyCollection<FileInfo> files)
        {
            foreach (FileInfo file in files)
            {
                bytes += file.Length;
                file.Delete();
            }

            return files.Count;
        }

        static FileInfo[] Files(string folder, string pattern) => Directory.Exists(folder)
            ? new DirectoryInfo(folder).GetFiles(pattern, SearchOption.AllDirectories)
            : [];

        static void RemoveEmpty(string folder)
        {
            if (Directory.Exists(folder) && Files(folder, "*").Length == 0)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <summary>What earlier calls submitted, the first first.</summary>
    private Submission[] Submissions()
    {
        try
        {
            return File.Exists(Record) ? JsonSerializer.Deserialize<Submission[]>(File.ReadAllText(Record), JsonOutput.Options)! : [];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{Record}: no list of submissions ({e.Message}). Remove it to begin a new one.", e);
        }
    }

    /// <summary>
    /// This sweep's tasks that are queued or running: arrays of another sweep may have its name, and its folder may have several paths.
    /// </summary>
    private ImmutableArray<LaunchedTask> Tasks()
    {
        LaunchPlan plan = Plan;
        HashSet<string> arrays = [.. Submissions().Select(s => s.Array)];
        return [.. launcher.Tasks(plan.Name).Where(task => task.Script == plan.ScriptFile || arrays.Contains(task.Array))];
    }

    private IEnumerable<string> Arguments()
    {
        yield return "work";
        yield return Path.GetFullPath(session.Folder.Name);
        foreach ((string option, int? value) in new[]
        {
            ("--parallel", options.Workers.Workers), ("--threads", options.Workers.Threads), ("--lanes", options.Workers.Lanes),
        })
        {
            if (value is not null)
            {
                yield return option;
                yield return $"{value}";
            }
        }

        if (options.Gpus is not null)
        {
            yield return "--gpu";
        }
    }

    private void RequireBegun()
    {
        if (!session.Folder.Exists)
        {
            throw new InvalidOperationException($"{session.Folder.Name}: no sweep was begun there. The same command without --status, "
                + "--cancel and --clean submits it; --out names another folder.");
        }
    }

    /// <summary>Where to look when tasks have ended with work left; empty where there is no log.</summary>
    private string LastLog()
    {
        string logs = Path.Combine(Place, "logs");
        if (!Directory.Exists(logs) || new DirectoryInfo(logs).GetFiles("*.txt").MaxBy(f => f.LastWriteTimeUtc) is not { } newest)
        {
            return "";
        }

        string? said = File.ReadLines(newest.FullName).LastOrDefault(
            line => line.StartsWith("error: ", StringComparison.Ordinal) || line.Contains(" is not on ", StringComparison.Ordinal));
        return $" The newest log is {newest.FullName}"
            + (said is null ? "." : $", which says: {(said.Length > LongestWord ? said[..LongestWord] + "..." : said)}");
    }

    private string Next(int left)
    {
        int failed = session.Failed.Count();
        return left > 0 ? $" Left: {left}. The same command without --status submits what is left.{LastLog()}"
            : failed > 0 ? $" {failed} failed (--retry-failed submits them again)."
            : $" Next: badminima report {session.Folder.Name}";
    }

    private static JobState StateOf(SweepJob job)
        => job.IsFinished ? JobState.Finished
            : job.Failure is not null ? JobState.Failed
            : FolderLease.IsTaken(job.Folder) ? JobState.Running
            : RunFolder.IsBegunIn(job.Folder) ? JobState.Interrupted
            : JobState.Waiting;

    private string Of(ImmutableArray<LaunchedTask> tasks)
    {
        LaunchedTask[] running = [.. tasks.Where(t => t.IsRunning)], queued = [.. tasks.Where(t => !t.IsRunning)];
        string arrays = string.Join(" and ", tasks.Select(t => t.Array).Distinct());
        string noun = running.Length == 1 ? "task" : "tasks";
        return $"{launcher.Title}'s job {arrays} has {running.Length} {noun} running{Where(running)} and {queued.Length} "
            + $"queued{Where(queued)}";

        static string Where(LaunchedTask[] some)
            => some.Length == 0 ? "" : $" ({string.Join(", ", some.Select(t => t.Where).Distinct().Order(StringComparer.Ordinal))})";
    }

    /// <summary>How a job stands, by its folder.</summary>
    private enum JobState
    {
        Finished,
        Failed,
        Running,
        Interrupted,
        Waiting,
    }

    /// <summary>What submitted.json keeps of a call.</summary>
    private sealed record Submission(
        string Array, DateTime Time, string Machine, int Jobs, int Tasks, IReadOnlyList<string> Arguments, LaunchOptions Options);
}

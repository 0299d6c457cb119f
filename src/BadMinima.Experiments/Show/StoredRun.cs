using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>How a run stands.</summary>
internal enum RunState
{
    /// <summary>It has its result.</summary>
    Finished,

    /// <summary>A process is at it.</summary>
    Running,

    /// <summary>It was ended or killed.</summary>
    Interrupted,

    /// <summary>It ended with an error.</summary>
    Failed,
}

/// <summary>A run as its folder tells it. Reading takes no torch.</summary>
/// <param name="Folder">The folder, as it was named.</param>
/// <param name="State">How it stands.</param>
/// <param name="Error">What it failed of; null if it did not.</param>
/// <param name="Config">config.json.</param>
/// <param name="Result">result.json; null before the end.</param>
/// <param name="Epochs">Those of metrics.csv.</param>
internal sealed record StoredRun(
    string Folder, RunState State, string? Error, JsonObject Config, RunResult? Result, IReadOnlyList<EpochMetrics> Epochs)
{
    /// <summary>config.json's settings.</summary>
    public JsonObject Settings => (JsonObject)Config["settings"]!;

    /// <summary>
    /// The command that makes the same run: of a finished one on the same device, with the same threads. Null for an adversarial start of a
    /// sweep, which no command makes alone.
    /// </summary>
    public string? Command
    {
        get
        {
            if (Config["command"] is not JsonArray { Count: > 0 } noted)
            {
                return null;
            }

            List<string> options = [.. noted.Select(o => $"{o}")];
            foreach ((string name, string? value) in new[] { ("--device", Result?.Device), ("--threads", $"{Result?.Threads}") })
            {
                if (Result is not null && !options.Contains(name))
                {
                    options.AddRange([name, value!]);
                }
            }

            return string.Join(' ', options.Prepend("run").Prepend("badminima").Select(RunOptions.Quote));
        }
    }

    /// <summary>The command that goes on with it: for a sweep's, the sweep's. Null where nothing is to be done.</summary>
    public string? ContinuedBy
    {
        get
        {
            string inSweep = Path.GetDirectoryName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Folder))))
                ?? "";
            var sweep = new SweepFolder(Path.GetRelativePath(".", inSweep));
            return State is RunState.Finished or RunState.Running ? null
                : sweep.Exists
                    ? $"badminima sweep {RunOptions.Quote(sweep.SweepFile)} --out "
                        + $"{RunOptions.Quote(sweep.Name)}{(State == RunState.Failed ? " --retry-failed" : "")}"
                : Command is { } command ? $"{command} --out {RunOptions.Quote(Folder)}" : null;
        }
    }

    /// <exception cref="IOException">There is no run, or the folder cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or none of a run.</exception>
    public static StoredRun Read(string folder)
    {
        string? failure = JobFolder.FailureOf(folder)?.Error ?? RunLog.LastError(RunFolder.LogOf(folder));
        if (!RunFolder.IsBegunIn(folder))
        {
            throw new IOException(failure is not null ? $"{folder}: the run failed before it began: {failure}"
                : Directory.Exists(folder)
                    ? $"{folder} is no run's folder: it has no config.json. Give the folder that `badminima run` named, which is "
                        + "below runs/ without --out."
                : $"{folder}: no such folder.");
        }

        // Before its result is looked for: a run that ends meanwhile is a finished one.
        bool taken = FolderLease.IsTaken(folder);
        RunResult? result = JobFolder.IsFinished(folder) ? RunFolder.ReadResult(folder) : null;
        RunState state = result is not null
            ? RunState.Finished
            : taken ? RunState.Running
            : failure is not null ? RunState.Failed
            : RunState.Interrupted;
        using var metrics = new MetricsFile(RunFolder.MetricsOf(folder));
        return new(folder, state, state == RunState.Failed ? failure : null, RunFolder.ReadConfig(folder), result, metrics.Read());
    }

    /// <summary>All of it for --json.</summary>
    public object Describe() => new
    {
        Folder,
        State,
        Error,
        Command,
        ContinuedBy,
        Config,
        Result,
        metrics = Epochs.Select(e => new
        {
            e.Phase,
            e.Epoch,
            e.Epochs,
            e.LearningRate,
            loss = double.IsFinite(e.Loss) ? e.Loss : (double?)null,
            e.RunningAccuracy,
            trainAccuracy = e.TrainingAccuracy,
            e.TestAccuracy,
            e.ImagesPerSecond,
            elapsedSeconds = e.Elapsed.TotalSeconds,
            e.Measures,
        }),
    };
}

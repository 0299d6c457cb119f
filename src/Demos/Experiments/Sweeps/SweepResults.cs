using System.Collections.Immutable;
using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>What a sweep's folder holds: finished cells and starts with their results, failed ones, and those that are still missing.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Manifest">What belongs to the sweep.</param>
/// <param name="Cells">The finished cells, in the sweep's order.</param>
/// <param name="Starts">The finished adversarial starts, by id.</param>
/// <param name="Failed">The failed cells, and those whose files cannot be read.</param>
/// <param name="Missing">The cells that are not finished and have not failed.</param>
internal sealed record SweepResults(
    SweepFolder Folder,
    SweepManifest Manifest,
    ImmutableArray<FinishedCell> Cells,
    ImmutableDictionary<string, FinishedRun> Starts,
    ImmutableArray<(ManifestCell Cell, string Error)> Failed,
    ImmutableArray<ManifestCell> Missing)
{
    /// <summary>Reads a sweep's folder. A cell that cannot be read is a failed one: the others are as good as before.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="withEpochs">Whether to read the learning curves too, which of thousands of cells takes longer than all else.</param>
    /// <exception cref="DirectoryNotFoundException">It is none.</exception>
    /// <exception cref="InvalidDataException">Its cells.json was changed by hand.</exception>
    public static SweepResults Read(string path, bool withEpochs = false)
    {
        SweepFolder folder = new(path);
        if (!folder.Exists)
        {
            throw new DirectoryNotFoundException($"{path} is no sweep's folder: there is no cells.json. `badminima sweep FILE --out {path}` makes one.");
        }

        var manifest = SweepManifest.Read(folder.Manifest);
        var cells = ImmutableArray.CreateBuilder<FinishedCell>();
        var failed = ImmutableArray.CreateBuilder<(ManifestCell, string)>();
        var missing = ImmutableArray.CreateBuilder<ManifestCell>();
        foreach (ManifestCell cell in manifest.Cells)
        {
            (FinishedRun? run, string? error) = FinishedRun.TryRead(folder.Cell(cell.Id), isCell: true, withEpochs);
            if (run is not null)
            {
                cells.Add(new(cell, run));
            }
            else if ((error ?? SweepFolder.FailureOf(folder.Cell(cell.Id))?.Error) is { } why)
            {
                failed.Add((cell, why));
            }
            else
            {
                missing.Add(cell);
            }
        }

        return new(
            folder, manifest, cells.ToImmutable(),
            manifest.Starts.Select(s => (s.Id, FinishedRun.TryRead(folder.Start(s.Id), isCell: false, withEpochs).Run)).Where(s => s.Run is not null).ToImmutableDictionary(s => s.Id, s => s.Run!),
            failed.ToImmutable(), missing.ToImmutable());
    }
}

/// <summary>A cell with its result.</summary>
internal sealed record FinishedCell(ManifestCell Cell, FinishedRun Run);

/// <summary>What a finished run's folder says.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Config">Its config.json: settings, machine, versions.</param>
/// <param name="Result">Its result.json.</param>
/// <param name="Epochs">Of its metrics.csv the epochs in which an accuracy was measured, in both phases; none where they were not to be read.</param>
internal sealed record FinishedRun(string Folder, JsonObject Config, RunResult Result, ImmutableArray<EpochMetrics> Epochs)
{
    /// <summary>Every setting as resolved: see <see cref="RunPlan.Settings"/>.</summary>
    public JsonObject Settings => Config["settings"]!.AsObject();

    /// <summary>The data's name; of a folder, its last part.</summary>
    public string DataName => Path.GetFileName(Path.TrimEndingDirectorySeparator(NameOf(Config)!));

    public int TrainImages => (int)Config["data"]!["train"]!;

    /// <summary>What a run's config.json calls its data: a name, or where a folder of the user's lay; null where it does not.</summary>
    public static string? NameOf(JsonObject config) => (At(config, "settings", "data", "name") ?? At(config, "data", "folder")) is { } name && name.Is<string>() ? (string)name! : null;

    /// <summary>The run in a folder, or what is wrong with its files; neither where it is not finished.</summary>
    public static (FinishedRun? Run, string? Error) TryRead(string folder, bool isCell, bool withEpochs)
    {
        try
        {
            return SweepFolder.IsFinished(folder) ? (Read(folder, isCell, withEpochs), null) : (null, null);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return (null, e.Message);
        }
    }

    private static FinishedRun Read(string folder, bool isCell, bool withEpochs)
    {
        JsonObject config = RunFolder.ReadConfig(folder);
        RunResult result = RunFolder.ReadResult(folder);
        JsonNode settings = config["settings"]!;
        Check("config.json", NameOf(config) is not null && settings["data"] is JsonObject && At(settings, "start").Is<string>() && At(settings, "regularizers").Is<string>() && At(config, "data", "train").Is<int>()
            && (!isCell || (At(settings, "training", "learningRate").Is<double>() && At(settings, "training", "momentum").Is<double>())));
        Check("result.json", result.Train is { Accuracy: >= 0 and <= 1 } && result.Test is { Accuracy: >= 0 and <= 1 } && (isCell ? result.Training is not null : result.RandomLabels is not null));
        using MetricsFile metrics = new(RunFolder.MetricsOf(folder));
        return new(folder, config, result, [.. (withEpochs ? metrics.Read() : []).Where(e => e.TrainingAccuracy is not null || e.TestAccuracy is not null)]);

        void Check(string file, bool isRight)
        {
            if (!isRight)
            {
                throw new InvalidDataException($"{Path.Combine(folder, file)}: not that of a finished {(isCell ? "cell" : "start")}. Delete its folder and run the sweep again.");
            }
        }
    }

    private static JsonValue? At(JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
        {
            node = (node as JsonObject)?[name];
        }

        return node as JsonValue;
    }
}

/// <summary>What a JSON value is.</summary>
internal static class JsonValues
{
    public static bool Is<T>(this JsonValue? value) => value is not null && value.TryGetValue<T>(out _);
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>What a finished run's folder says.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Config">Its config.json: settings, machine, versions.</param>
/// <param name="Result">Its result.json.</param>
/// <param name="Epochs">Of its metrics.csv the epochs in which an accuracy was measured, in both phases; none where they were not to be
/// read.</param>
public sealed record FinishedRun(string Folder, JsonObject Config, RunResult Result, ImmutableArray<EpochMetrics> Epochs)
{
    /// <summary>Every setting as resolved: see <see cref="RunPlan.Settings"/>.</summary>
    public JsonObject Settings => Config["settings"]!.AsObject();

    /// <summary>The data's name; of a folder, its last part.</summary>
    public string DataName => Path.GetFileName(Path.TrimEndingDirectorySeparator(NameOf(Config)!));

    /// <summary>How many images it was trained on.</summary>
    public int TrainImages => (int)Config["data"]!["train"]!;

    /// <summary>What a run's config.json calls its data: a name, or where a folder of the user's lay; null where it does not.</summary>
    public static string? NameOf(JsonObject config)
        => (At(config, "settings", "data", "name") ?? At(config, "data", "folder")) is { } name && name.Is<string>() ? (string)name! : null;

    /// <summary>The run in a folder, or what is wrong with its files; neither where it is not finished.</summary>
    public static (FinishedRun? Run, string? Error) TryRead(string folder, bool isCell, bool withEpochs)
    {
        try
        {
            return JobFolder.IsFinished(folder) ? (Read(folder, isCell, withEpochs), null) : (null, null);
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
        Check(
            "config.json",
            NameOf(config) is not null && settings["data"] is JsonObject && At(settings, "start").Is<string>()
                && At(settings, "regularizers").Is<string>() && At(config, "data", "train").Is<int>()
            && (!isCell || (At(settings, "training", "learningRate").Is<double>() && At(settings, "training", "momentum").Is<double>())));
        Check(
            "result.json",
            result.Train is { Accuracy: >= 0 and <= 1 } && result.Test is { Accuracy: >= 0 and <= 1 }
                && (isCell ? result.Training is not null : result.RandomLabels is not null));
        using MetricsFile metrics = new(RunFolder.MetricsOf(folder));
        return new(
            folder, config, result,
            [.. (withEpochs ? metrics.Read() : []).Where(e => e.TrainingAccuracy is not null || e.TestAccuracy is not null)]);

        void Check(string file, bool isRight)
        {
            if (!isRight)
            {
                throw new InvalidDataException($"{Path.Combine(folder, file)}: not that of a finished {(isCell ? "cell" : "start")}. "
                    + "Delete its folder and run the sweep again.");
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

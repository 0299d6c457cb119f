using System.Collections.Immutable;
using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>What a finished run's folder says. Of its files only the result stays in memory, for there may be 100,000 of them.</summary>
public sealed record FinishedRun
{
    /// <summary>"Fits all": 99.9 % of the training images right, as measured in inference mode.</summary>
    internal const double FittedAccuracy = 0.999;

    private FinishedRun(string folder, RunResult result, RunConfig shared, int? epochsToFit)
        => (Folder, Result, Shared, EpochsToFit) = (folder, result, shared, epochsToFit);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Its result.json.</summary>
    public RunResult Result { get; }

    /// <summary>Its config.json: settings, machine, versions. The file is read anew by each call.</summary>
    /// <exception cref="IOException">It is gone.</exception>
    public JsonObject Config => RunFolder.ReadConfig(Folder);

    /// <summary>Every setting as resolved: see <see cref="RunPlan.Settings"/>. Of <see cref="Config"/>, and read as that is.</summary>
    public JsonObject Settings => Config["settings"]!.AsObject();

    /// <summary>
    /// Of its metrics.csv the epochs in which an accuracy was measured, in both phases. The file is read anew by each call.
    /// </summary>
    /// <exception cref="InvalidDataException">The file was changed by hand.</exception>
    public ImmutableArray<EpochMetrics> Epochs => EpochsOf(Folder);

    /// <summary>The data's name; of a folder, its last part.</summary>
    public string DataName => Shared.DataName;

    /// <summary>How many images it was trained on.</summary>
    public int TrainImages => Shared.TrainImages;

    /// <summary>What it has in common with the runs that differ from it in their seed alone.</summary>
    internal RunConfig Shared { get; }

    /// <summary>
    /// The first epoch, of those in which it was measured, by which it fits its training set; null for one that never did, and where the
    /// epochs were not looked at.
    /// </summary>
    internal int? EpochsToFit { get; }

    /// <summary>What a run's config.json calls its data: a name, or where a folder of the user's lay; null where it does not.</summary>
    public static string? NameOf(JsonObject config)
        => (At(config, "settings", "data", "name") ?? At(config, "data", "folder")) is { } name && name.Is<string>() ? (string)name! : null;

    /// <summary>The run in a folder, or what is wrong with its files; neither where it is not finished.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isCell">Whether it is a sweep's cell, or a start.</param>
    /// <param name="withEpochs">Whether to look at the epochs too.</param>
    /// <param name="pool">What runs have in common.</param>
    internal static (FinishedRun? Run, string? Error) TryRead(string folder, bool isCell, bool withEpochs, RunConfigs pool)
    {
        try
        {
            return JobFolder.IsFinished(folder) ? (Read(folder, isCell, withEpochs, pool), null) : (null, null);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return (null, e.Message);
        }
    }

    private static FinishedRun Read(string folder, bool isCell, bool withEpochs, RunConfigs pool)
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
        return new(
            folder, pool.Shared(result), pool.Of(config),
            withEpochs
                ? EpochsOf(folder).FirstOrDefault(e => e.Phase == PhaseKind.Training && e.TrainingAccuracy >= FittedAccuracy)?.Epoch
                : null);

        void Check(string file, bool isRight)
        {
            if (!isRight)
            {
                throw new InvalidDataException($"{Path.Combine(folder, file)}: not that of a finished {(isCell ? "cell" : "start")}. "
                    + "Delete its folder and run the sweep again.");
            }
        }
    }

    private static ImmutableArray<EpochMetrics> EpochsOf(string folder)
    {
        using MetricsFile metrics = new(RunFolder.MetricsOf(folder));
        return [.. metrics.Read().Where(e => e.TrainingAccuracy is not null || e.TestAccuracy is not null)];
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

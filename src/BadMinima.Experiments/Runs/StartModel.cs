using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>A saved model that training starts from.</summary>
/// <param name="Path">Its file.</param>
/// <param name="WeightsSha256">Its <see cref="WeightsDigest"/>.</param>
/// <param name="MadeBy">The config.json of the run that made it; null where none lies beside it.</param>
internal sealed record StartModel(string Path, string WeightsSha256, JsonObject? MadeBy)
{
    private const string WeightsName = "weightsSha256";

    /// <summary>Looks at a file.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or holds another kind of model; or the config.json beside it is
    /// damaged.</exception>
    public static StartModel Read(string path)
    {
        using TwoPhaseTransformer model = Load(new MLContext(), path);
        string weights = WeightsDigest.Of(model.Network);
        return new(path, weights, ReadMaker(path, weights));
    }

    /// <summary>Saves a start, and beside it what run made it.</summary>
    /// <param name="path">The start's file.</param>
    /// <param name="model">The start.</param>
    /// <param name="config">The run's config.json.</param>
    /// <param name="write">Writes the model.</param>
    public static void Save(string path, TwoPhaseTransformer model, object config, Action<Stream> write)
    {
        JsonObject maker = JsonSerializer.SerializeToNode(config, JsonOutput.Options)!.AsObject();
        maker[WeightsName] = WeightsDigest.Of(model.Network);
        AtomicFile.Write(ConfigOf(path), maker.ToJsonString(JsonOutput.Options) + '\n');
        AtomicFile.Write(path, write);
    }

    /// <summary>The data that it was trained on, for config.json; null where that is not known.</summary>
    public JsonObject? Data => MadeBy is null
        ? null
        : new() { ["settings"] = DataOf(MadeBy).DeepClone(), ["content"] = MadeBy["data"]?["content"]?.DeepClone() };

    /// <summary>That it was trained on other data than a run is to train on; null where it was not, or that is not known.</summary>
    /// <param name="data">The run's data.</param>
    /// <param name="seed">The run's seed, by which images may be drawn of them.</param>
    public string? OtherDataThan(RunData data, int seed) => MadeBy is not null && AreOther(data, seed)
        ? $"{Path} was trained on other data: "
            + $"{Describe(FinishedRun.NameOf(MadeBy), DataContent.In(MadeBy), DataOf(MadeBy), MadeBy["settings"]!["seed"])} there, "
            + $"{Describe(data.Name, data.Content, data.Describe(), JsonValue.Create(seed))} now."
        : null;

    /// <summary>The model; dispose it.</summary>
    public TwoPhaseTransformer Load(MLContext ml) => Load(ml, Path);

    /// <summary>The start that cells of a sweep share; dispose it.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or not there, though it was trained: somebody has removed it.</exception>
    public static TwoPhaseTransformer LoadShared(MLContext ml, string path)
    {
        try
        {
            return Load(ml, path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidDataException(
                $"The adversarial start is gone: there is no {path}. Delete {System.IO.Path.GetDirectoryName(path)}, and the same sweep "
                + "with --retry-failed trains it again.", e);
        }
    }

    /// <summary>The model in a file; dispose it.</summary>
    public static TwoPhaseTransformer Load(MLContext ml, string path) => ml.Model.LoadTwoPhase(path, out _);

    private static string ConfigOf(string path) => path + ".config.json";

    /// <summary>
    /// What made a model: of a run's model.zip its folder says it, of a saved start the file beside it, unless another model has taken its
    /// place.
    /// </summary>
    private static JsonObject? ReadMaker(string path, string weights)
    {
        string folder = System.IO.Path.GetDirectoryName(path) ?? "";
        return File.Exists(ConfigOf(path))
            ? RunFolder.ReadConfigFile(ConfigOf(path)) is var saved && $"{saved[WeightsName]}" == weights ? saved : null
            : path == RunFolder.ModelOf(folder) && RunFolder.IsBegunIn(folder) ? RunFolder.ReadConfig(folder) : null;
    }

    private bool AreOther(RunData data, int seed) => (DataContent.In(MadeBy!), data.Content) switch
    {
        ({ } there, { } now) => there.Train != now.Train || !JsonNode.DeepEquals(
            DrawOf(DataOf(MadeBy!), MadeBy!["settings"]!["seed"]), DrawOf(data.Describe(), JsonValue.Create(seed))),
        (null, null) => JsonDifferences.Between(ToTrain(DataOf(MadeBy!)), ToTrain(data.Describe())).Any(),
        _ => FinishedRun.NameOf(MadeBy!) != data.Name,
    };

    private static JsonObject DataOf(JsonObject config) => config["settings"]!["data"] as JsonObject ?? [];

    /// <summary>Which images were drawn of a set, and by which seed; null where they were not drawn.</summary>
    private static JsonArray? DrawOf(JsonObject data, JsonNode? seed)
        => TrainingImages.AreDrawnBySeed(data) ? [data["train"]?.DeepClone(), seed?.DeepClone()] : null;

    /// <summary>What of drawn data the training part depends on.</summary>
    private static JsonNode ToTrain(JsonObject settings)
    {
        JsonNode copy = JsonNode.Parse(settings.ToJsonString())!;
        copy.AsObject().Remove("test");
        return copy;
    }

    private static string Describe(string? name, DataContent? content, JsonObject settings, JsonNode? seed)
    {
        string drawn = DrawOf(settings, seed) is [var images, var by] ? $", {images} images drawn by seed {by}" : "";
        return content is null
            ? ToTrain(settings).ToJsonString()
            : $"{name} (SHA-256 {content.Train[..DataContent.ShownDigits]}...{drawn})";
    }
}

using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace BadMinima.MLNet.Recipes;

/// <summary>
/// The JSON in model files and checkpoints, by generated code: a program that switches reflection off for JSON, as the templates for native
/// compilation do, can save, load and resume. Enums are numbers.
/// </summary>
internal static class HistoryJson
{
    public static string Write(TrainingHistory history) => JsonSerializer.Serialize(history, StoredJson.Default.TrainingHistory);

    public static string Write(Progress progress) => JsonSerializer.Serialize(progress, StoredJson.Default.Progress);

    /// <exception cref="InvalidDataException">The text is not what <see cref="Write(TrainingHistory)"/> writes.</exception>
    public static TrainingHistory ReadHistory(string text)
        => Read(text, nameof(TrainingHistory.Phases), StoredJson.Default.TrainingHistory, h =>
            h is { Architecture: not null, Device: not null, Version: not null } && AreWhole(h.Phases));

    /// <exception cref="InvalidDataException">The text is not what <see cref="Write(Progress)"/> writes.</exception>
    public static Progress ReadProgress(string text)
        => Read(text, nameof(Progress.Finished), StoredJson.Default.Progress, p =>
            p is { Settings: not null, Running: { Epochs: not null, Step: >= 0 } } && AreWhole(p.Finished)
            && p.Running.Epochs.Select((e, i) => e?.Epoch == i + 1).All(inOrder => inOrder));

    private static T Read<T>(string text, string phases, JsonTypeInfo<T> type, Predicate<T> isWhole) where T : class
    {
        try
        {
            JsonNode? node = JsonNode.Parse(text);
            foreach (JsonNode? phase in node?[phases] as JsonArray ?? [])
            {
                Complete(phase?[nameof(PhaseHistory.Settings)] as JsonObject);
            }

            return node.Deserialize(type) is { } read && isWhole(read) ? read : throw new JsonException("something is missing in it.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NotSupportedException or ArgumentException)
        {
            throw new InvalidDataException($"The stored {typeof(T).Name} cannot be read: {e.Message}", e);
        }
    }

    private static bool AreWhole(ImmutableArray<PhaseHistory> phases)
        => !phases.IsDefault
        && phases.All(p => p is { Settings: { Schedule: not null, Augmentation: not null }, Epochs.IsDefault: false }
            && p.Epochs.All(e => e is not null));

    /// <summary>
    /// Gives settings that the text lacks, since they are younger than it, their defaults: generated code would set them to 0 and null.
    /// </summary>
    private static void Complete(JsonObject? settings)
    {
        if (settings is null)
        {
            return;
        }

        bool first = settings["$type"] is JsonValue type && type.TryGetValue(out string? name) && name == "randomLabels";
        Fill(settings, first
            ? JsonSerializer.SerializeToNode(new RandomLabelPhase(), StoredJson.Default.RandomLabelPhase)
            : JsonSerializer.SerializeToNode(new Recipe(), StoredJson.Default.Recipe));
        if (settings[nameof(Phase.EarlyStopping)] is JsonObject early)
        {
            Fill(early, JsonSerializer.SerializeToNode(new EarlyStopping(), StoredJson.Default.EarlyStopping));
        }
    }

    private static void Fill(JsonObject settings, JsonNode? defaults)
    {
        foreach ((string name, JsonNode? value) in defaults!.AsObject())
        {
            if (!settings.ContainsKey(name))
            {
                settings[name] = value?.DeepClone();
            }
            else if (settings[name] is JsonObject inner && value is JsonObject)
            {
                Fill(inner, value);
            }
        }
    }
}

/// <summary>The code behind <see cref="HistoryJson"/>.</summary>
[JsonSerializable(typeof(TrainingHistory))]
[JsonSerializable(typeof(Progress))]
internal sealed partial class StoredJson : JsonSerializerContext;

/// <summary>The JSON in which a run's settings holds and compares settings. Enums are names.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(Normalization))]
[JsonSerializable(typeof(RandomLabelPhase))]
[JsonSerializable(typeof(Recipe))]
internal sealed partial class SettingsJson : JsonSerializerContext;

using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>What a run's result depends on, as a checkpoint stores it, and how two of these differ.</summary>
internal static class RunSettings
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    /// <param name="options">The trainer's options.</param>
    /// <param name="seed">The seed in force.</param>
    /// <param name="classifier">Architecture, sizes, normalization and device in force.</param>
    /// <param name="train">The training set.</param>
    /// <param name="validation">The validation set; null without one.</param>
    /// <param name="start">The model that training starts from; null for a fresh network.</param>
    public static JsonObject Of(TwoPhaseTrainer.Options options, int seed, ImageClassifier classifier, ImageSet train, ImageSet? validation, TwoPhaseTransformer? start) => new()
    {
        [nameof(options.Architecture)] = options.Architecture,
        [nameof(options.Initialization)] = options.Initialization.ToString(),
        [nameof(options.Seed)] = seed,
        [nameof(options.Precision)] = options.Precision.ToString(),
        [nameof(options.Device)] = classifier.Device.type.ToString(),
        [nameof(options.Normalization)] = JsonSerializer.SerializeToNode(classifier.Normalization, Json),
        [nameof(options.RandomLabels)] = JsonSerializer.SerializeToNode(options.RandomLabels, Json),
        [nameof(options.Training)] = JsonSerializer.SerializeToNode(options.Training, Json),
        ["TrainingData"] = Describe(train),
        ["ValidationData"] = validation is null ? null : Describe(validation),
        ["Start"] = start is null ? null : Digest(hash => AppendWeights(hash, start)),
    };

    /// <summary>Every setting that is not the same, as "name: stored value in the checkpoint, other value now".</summary>
    public static IEnumerable<string> Differences(JsonNode? stored, JsonNode? now, string name = "")
    {
        if (stored is JsonObject a && now is JsonObject b)
        {
            return a.Select(p => p.Key).Union(b.Select(p => p.Key)).SelectMany(key => Differences(a[key], b[key], name.Length == 0 ? key : $"{name}.{key}"));
        }

        return JsonNode.DeepEquals(stored, now) ? [] : [$"{name}: {Text(stored)} in the checkpoint, {Text(now)} now"];
    }

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "null";

    private static JsonObject Describe(ImageSet set) => new()
    {
        ["Examples"] = set.Count,
        ["Shape"] = set.Format.ToString(),
        ["Classes"] = set.Classes,
        ["InMemory"] = set is ResidentImages,
        ["Content"] = Digest(set.AppendContent),
    };

    private static void AppendWeights(IncrementalHash hash, TwoPhaseTransformer model)
    {
        foreach ((_, Tensor weight) in model.Network.state_dict().OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            hash.AppendTensor(weight);
        }
    }

    private static string Digest(Action<IncrementalHash> append)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        append(hash);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}

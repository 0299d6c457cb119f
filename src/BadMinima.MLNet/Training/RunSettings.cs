using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.MLNet.Examples;
using BadMinima.MLNet.Labels;
using BadMinima.MLNet.Models;
using BadMinima.MLNet.Recipes;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Training;

/// <summary>What a run's result depends on, as a checkpoint stores it, and how two of these differ.</summary>
internal static class RunSettings
{
    /// <summary>What the setting is called that describes the training set.</summary>
    public const string TrainingData = "TrainingData";

    /// <summary>What the setting is called that describes the validation set.</summary>
    public const string ValidationData = "ValidationData";

    private const string ClassNames = "ClassNames";

    /// <param name="options">The trainer's options.</param>
    /// <param name="seed">The seed in force.</param>
    /// <param name="classifier">Architecture, sizes, normalization and device in force.</param>
    /// <param name="train">The training set.</param>
    /// <param name="validation">The validation set; null without one.</param>
    /// <param name="start">The model that training starts from; null for a fresh network.</param>
    public static JsonObject Of(
        TwoPhaseTrainer.Options options, int seed, ImageClassifier classifier, ImageSet train, ImageSet? validation,
        TwoPhaseTransformer? start)
        => new()
        {
            [nameof(options.Architecture)] = options.Architecture,
            [nameof(options.Initialization)] = options.Initialization.ToString(),
            [nameof(options.Seed)] = seed,
            [nameof(options.Precision)] = options.Precision.ToString(),
            [nameof(options.Device)] = classifier.Device.type.ToString(),
            [nameof(options.Normalization)] = JsonSerializer.SerializeToNode(classifier.Normalization, SettingsJson.Default.Normalization),
            [nameof(options.RandomLabels)] = options.RandomLabels is null
                ? null
                : JsonSerializer.SerializeToNode(OfAnyNumber(options.RandomLabels), SettingsJson.Default.RandomLabelPhase),
            [nameof(options.Training)] = options.Training is null
                ? null
                : JsonSerializer.SerializeToNode(OfAnyNumber(options.Training), SettingsJson.Default.Recipe),
            [TrainingData] = Describe(train, train.ClassNames),
            [ValidationData] = validation is null ? null : Describe(validation),
            ["Start"] = start is null ? null : Digest(hash => AppendWeights(hash, start)),
        };

    /// <summary>
    /// Settings as an earlier version described them, which recorded names and sizes of image files and not what is in them: null where the
    /// checkpoint is of no such version.
    /// </summary>
    /// <param name="now">What <see cref="Of"/> gives.</param>
    /// <param name="stored">The checkpoint's.</param>
    /// <param name="sets">The data sets, by the names of their settings.</param>
    public static JsonObject? AsEarlier(JsonObject now, JsonObject stored, params ReadOnlySpan<(string Name, ImageSet? Set)> sets)
    {
        JsonObject? earlier = null;
        foreach ((string name, ImageSet? set) in sets)
        {
            if (set is StreamedImages files && stored[name] is JsonObject data && data.ContainsKey("Content"))
            {
                earlier ??= now.DeepClone().AsObject();
                JsonObject described = earlier[name]!.AsObject();
                described.Remove(ContentOf(set));
                described["Content"] = Digest(files.AppendNames);
            }
        }

        return earlier;
    }

    // A run goes on with other workers than those that it was begun with.
    private static T OfAnyNumber<T>(T phase) where T : Phase
        => phase.Averaging is { } averaging ? phase with { Averaging = averaging with { Workers = null } } : phase;

    /// <summary>Every setting that is not the same, as "name: stored value in the checkpoint, other value now".</summary>
    /// <param name="stored">What one has.</param>
    /// <param name="now">What the other has.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="ofStored">Whose the one is.</param>
    /// <param name="ofNow">Whose the other is.</param>
    public static IEnumerable<string> Differences(
        JsonNode? stored, JsonNode? now, string name = "", string ofStored = "in the checkpoint", string ofNow = "now")
    {
        if (stored is JsonObject a && now is JsonObject b)
        {
            return a.Select(p => p.Key)
                .Union(b.Select(p => p.Key))
                .SelectMany(key => Differences(a[key], b[key], name.Length == 0 ? key : $"{name}.{key}", ofStored, ofNow));
        }

        return JsonNode.DeepEquals(stored, now) ? [] : [$"{name}: {Text(stored)} {ofStored}, {Text(now)} {ofNow}"];
    }

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "null";

    /// <summary>
    /// The names of a checkpoint's classes, in its order; null where they have none, or it is of an earlier version, which did not record
    /// them.
    /// </summary>
    public static NamedClasses? ClassesOf(JsonObject? stored)
        => (stored?[TrainingData] as JsonObject)?[ClassNames] is JsonArray names ? new(names.Select(n => $"{n}")) : null;

    /// <summary>
    /// A checkpoint's normalization where it is the measured one but for rounding: another number of threads adds in another order. Else
    /// the measured one, which then is a difference.
    /// </summary>
    /// <param name="stored">The checkpoint's settings; null: there is none.</param>
    /// <param name="measured">What the data have now.</param>
    public static Normalization NormalizationOf(JsonObject? stored, Normalization measured)
    {
        const double rounding = 1e-6;
        return stored?[nameof(TwoPhaseTrainer.Options.Normalization)]?.Deserialize(SettingsJson.Default.Normalization) is { } then
            && AreClose(then.Mean, measured.Mean) && AreClose(then.Deviation, measured.Deviation) ? then : measured;

        static bool AreClose(ImmutableArray<double> one, ImmutableArray<double> other) => one.Length == other.Length
            && one.Zip(other).All(p => Math.Abs(p.First - p.Second) <= rounding * Math.Max(Math.Abs(p.First), Math.Abs(p.Second)));
    }

    /// <summary>Settings without those that a checkpoint of an earlier version does not have.</summary>
    public static JsonObject KnownTo(JsonObject stored, JsonObject now)
    {
        JsonObject known = now.DeepClone().AsObject();
        if (ClassesOf(stored) is null)
        {
            known[TrainingData]!.AsObject().Remove(ClassNames);
        }

        return known;
    }

    private static JsonObject Describe(ImageSet set, NamedClasses? names = null)
    {
        var described = new JsonObject
        {
            ["Examples"] = set.Count,
            ["Shape"] = set.Shape.ToString(),
            ["Classes"] = set.Classes,
            ["InMemory"] = set is ResidentImages,
            [ContentOf(set)] = Digest(set.AppendContent),
        };
        if (names is not null)
        {
            described[ClassNames] = new JsonArray([.. names.All.Select(name => JsonValue.Create(name))]);
        }

        return described;
    }

    // Of files, "Content" was their names and sizes.
    private static string ContentOf(ImageSet set) => set is ResidentImages ? "Content" : "FileContent";

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

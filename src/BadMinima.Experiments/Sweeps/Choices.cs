using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>What a sweep trains on.</summary>
/// <param name="Name">A set of <see cref="Catalogue"/>, a folder of images, synthetic, synthetic-color or points.</param>
public sealed record DataChoice(string Name)
{
    /// <summary>Training images, at most. Default: all; of drawn images 2,000.</summary>
    public int? Train { get; init; }

    /// <summary>
    /// Which training images these are, of a set in files. Default: the first; in a <see cref="League"/>, where <see cref="Train"/> limits
    /// them, drawn by each seed.
    /// </summary>
    public Draw? Draw { get; init; }

    /// <summary>Test images, at most. Default: all; of drawn images 2,000.</summary>
    public int? Test { get; init; }

    /// <summary>
    /// Rows and columns, in pixels, that folders of images are brought to. Default: the set's; 32 for folders of your own.
    /// </summary>
    public int? Size { get; init; }

    /// <summary>The seed of drawn images and points, and of the division of a folder without a test part. Default: 1.</summary>
    public int? Seed { get; init; }

    /// <summary>All of the data of that name.</summary>
    /// <param name="name">See <see cref="Name"/>.</param>
    public static implicit operator DataChoice(string name) => new(name);

    internal JsonObject ToJson()
    {
        JsonObject json = new(new[] { ("train", Train), ("test", Test), ("size", Size), ("seed", Seed) }
            .Where(limit => limit.Item2 is not null).Select(limit => KeyValuePair.Create(limit.Item1, (JsonNode?)limit.Item2))
            .Prepend(KeyValuePair.Create("name", (JsonNode?)Name)));
        if (Draw is { } draw and not Experiments.Draw.First)
        {
            json[DrawNames.Setting] = draw.ToName();
        }

        return json;
    }
}

/// <summary>Where training on the true labels starts.</summary>
public sealed record StartChoice
{
    private readonly JsonNode _json;

    private StartChoice(JsonNode json) => _json = json;

    /// <summary>From random weights.</summary>
    public static StartChoice Random { get; } = new(RunRequest.RandomStart);

    /// <summary>From a network that has fitted random labels, with the protocol's settings and those of the grid.</summary>
    public static StartChoice Adversarial { get; } = new(RunRequest.AdversarialStart);

    /// <summary>From a network that has fitted random labels with other settings.</summary>
    /// <param name="randomLabels">The settings, on top of the grid's: see <see cref="SweepGrid.RandomLabels"/>.</param>
    public static StartChoice AdversarialWith(JsonObject randomLabels)
        => new(new JsonObject { [RunRequest.AdversarialStart] = randomLabels.DeepClone() });

    /// <summary>From a network that has fitted random labels with just these settings.</summary>
    /// <param name="randomLabels">The whole phase.</param>
    /// <exception cref="ArgumentException">A setting of the phase cannot be written in a sweep.</exception>
    public static StartChoice AdversarialWith(RandomLabelPhase randomLabels) => AdversarialWith(WrittenSettings.Of(randomLabels));

    internal JsonNode ToJson() => _json.DeepClone();
}

/// <summary>How a sweep trains on the true labels.</summary>
public sealed record RecipeChoice
{
    private readonly JsonNode _json;

    private RecipeChoice(JsonNode json) => _json = json;

    /// <summary>The protocol's settings with some of its explicit regularizers, and other settings on top.</summary>
    /// <param name="name">What reports call it.</param>
    /// <param name="regularizers">Which of the protocol's explicit regularizers are on.</param>
    /// <param name="training">The settings, on top of the grid's: see <see cref="SweepGrid.Training"/>.</param>
    public RecipeChoice(string name, Regularizers regularizers, JsonObject? training = null)
    {
        JsonObject json = training?.DeepClone().AsObject() ?? [];
        json["name"] = name;
        json["regularizers"] = regularizers.ToName();
        _json = json;
    }

    /// <summary>Just these settings, whatever the protocol's are.</summary>
    /// <param name="name">What reports call it.</param>
    /// <param name="recipe">The whole recipe.</param>
    /// <param name="regularizers">Which of the explicit regularizers the recipe has, for the report's claims.</param>
    /// <exception cref="ArgumentException">A setting of the recipe cannot be written in a sweep.</exception>
    public RecipeChoice(string name, Recipe recipe, Regularizers regularizers = Regularizers.None)
        : this(name, regularizers, WrittenSettings.Of(recipe))
    {
    }

    /// <summary>
    /// The protocol's settings by name: none, all, any of augmentation, l2, momentum joined by +, or grid for all eight subsets.
    /// </summary>
    /// <param name="regularizers">The name.</param>
    public static implicit operator RecipeChoice(string regularizers) => new(JsonValue.Create(regularizers));

    internal JsonNode ToJson() => _json.DeepClone();
}

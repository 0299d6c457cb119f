using System.Text.Json.Nodes;

namespace BadMinima.Experiments;

/// <summary>
/// A grid of runs: every combination of data, networks, starts, recipes and seeds. What is not given has the default of sweep files:
/// the synthetic digits, the network cnn, both starts, all eight subsets of the regularizers, seeds 1 to 5.
/// </summary>
public sealed record SweepGrid
{
    /// <summary>What is trained on. Default: synthetic.</summary>
    public IReadOnlyList<DataChoice> Data { get; init; } = [];

    /// <summary>
    /// Names of networks: built-in ones, and those that the program has registered with Architectures.Register. Default: cnn.
    /// </summary>
    public IReadOnlyList<string> Architectures { get; init; } = [];

    /// <summary>Where training on the true labels starts. Default: random and adversarial.</summary>
    public IReadOnlyList<StartChoice> Starts { get; init; } = [];

    /// <summary>How it trains. Default: all eight subsets of augmentation, l2 and momentum.</summary>
    public IReadOnlyList<RecipeChoice> Recipes { get; init; } = [];

    /// <summary>The seeds of initial weights, order, random labels and augmentation. Default: 1 to 5.</summary>
    public IReadOnlyList<int> Seeds { get; init; } = [];

    /// <summary>
    /// Settings of training on the true labels, on top of the protocol's, by their names in sweep files: <c>["epochs"] = 20</c>,
    /// <c>["learningRate"] = new JsonArray(0.01, 0.1)</c> for two variants, <c>["stopAt"] = "off"</c>.
    /// </summary>
    public JsonObject Training { get; init; } = [];

    /// <summary>
    /// The same for the phase that fits random labels, which has <c>replicas</c>, <c>zeroOut</c>, <c>zeroOutOf</c> and <c>labeling</c>
    /// besides.
    /// </summary>
    public JsonObject RandomLabels { get; init; } = [];

    /// <summary>
    /// What holds for all cells: <c>protocol</c>, <c>initialization</c>, <c>precision</c>, <c>views</c>, <c>normalization</c>,
    /// <c>device</c>.
    /// </summary>
    public JsonObject Settings { get; init; } = [];

    /// <summary>The grid as a sweep file has it.</summary>
    internal JsonObject ToJson()
    {
        JsonObject json = [];
        Add("data", Data.Select(d => d.ToJson()));
        Add("architectures", Architectures.Select(a => (JsonNode?)a));
        Add("starts", Starts.Select(s => s.ToJson()));
        Add("recipes", Recipes.Select(r => r.ToJson()));
        Add("seeds", Seeds.Select(s => (JsonNode?)s));
        json["training"] = Training.DeepClone();
        json["randomLabels"] = RandomLabels.DeepClone();
        foreach ((string name, JsonNode? value) in Settings)
        {
            json[name] = value?.DeepClone();
        }

        return json;

        void Add(string axis, IEnumerable<JsonNode?> choices)
        {
            JsonArray list = [.. choices];
            if (list.Count > 0)
            {
                json[axis] = list;
            }
        }
    }
}

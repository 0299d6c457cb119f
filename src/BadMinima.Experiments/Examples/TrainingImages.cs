using System.Globalization;
using System.Text.Json.Nodes;

namespace BadMinima.Experiments;

/// <summary>Which images a run was trained on, in words.</summary>
internal static class TrainingImages
{
    /// <summary>Whether they were drawn by seed, as a description of data has it.</summary>
    /// <param name="data">See <see cref="RunData.Describe"/>.</param>
    public static bool AreDrawnBySeed(JsonNode? data) => $"{(data as JsonObject)?[DrawNames.Setting]}" == DrawNames.BySeed;

    /// <summary>"5,000 images drawn by seed", "the first 5,000 images", or "2,000 images" where there is no choice.</summary>
    /// <param name="data">See <see cref="RunData.Describe"/>.</param>
    /// <param name="count">How many there were.</param>
    public static string InWords(JsonNode? data, int count)
    {
        string images = string.Create(CultureInfo.InvariantCulture, $"{count:N0} images");
        bool isLimited = data is JsonObject described && described["train"] is JsonValue limit && limit.TryGetValue(out int most)
            && most <= count && described["seed"] is null;
        return !isLimited ? images : AreDrawnBySeed(data) ? $"{images} drawn by seed" : $"the first {images}";
    }

    /// <summary>What intervals over seeds speak of; null where the images are all that there are, or made.</summary>
    /// <param name="data">See <see cref="RunData.Describe"/>.</param>
    /// <param name="count">How many there were.</param>
    public static string? Population(JsonNode? data, int count) => InWords(data, count) switch
    {
        var words when words.StartsWith("the first ", StringComparison.Ordinal) =>
            $"Trained on {words}, the same for every seed: intervals over seeds speak of that one set.",
        var words when words.EndsWith(" drawn by seed", StringComparison.Ordinal) =>
            $"Trained on {words}, others for each seed: intervals over seeds speak of sets drawn so, and not of one.",
        _ => null,
    };
}

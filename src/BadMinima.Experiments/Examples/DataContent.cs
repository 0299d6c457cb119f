using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>
/// What data in files are, wherever they lie: a hash of the images that are trained on, or that those are drawn of, and one of those that
/// are tested on.
/// </summary>
/// <param name="Train">See <see cref="ImageDataCatalog.HashImages"/>.</param>
/// <param name="Test">See <see cref="ImageDataCatalog.HashImages"/>.</param>
public sealed record DataContent(string Train, string Test)
{
    /// <summary>Digits of a hash that messages show.</summary>
    internal const int ShownDigits = 8;

    /// <summary>Enough of it to tell sets apart.</summary>
    [JsonIgnore]
    internal string Short => $"{Train[..ShownDigits]} {Test[..ShownDigits]}";

    /// <summary>Reads what data hold, or remembers it; see <see cref="ContentCache"/>.</summary>
    /// <param name="folder">Where they lie.</param>
    /// <param name="rows">What of them is taken, in words.</param>
    /// <param name="load">Loads both parts; images in files can stay there.</param>
    internal static DataContent Of(string folder, string rows, Func<MLContext, (IDataView Train, IDataView Test)> load)
        => ContentCache.Get(folder, rows, () =>
    {
        MLContext ml = new();
        (IDataView train, IDataView test) = load(ml);
        return new(ml.Data.HashImages(train), ml.Data.HashImages(test));
    });

    /// <summary>What a run's config.json says of its data; null where it says nothing.</summary>
    internal static DataContent? In(JsonObject config)
        => config["data"]?["content"] is JsonObject content && content["train"] is JsonValue train && content["test"] is JsonValue test
            ? new($"{train}", $"{test}")
            : null;

    internal JsonObject Describe() => new() { ["train"] = Train, ["test"] = Test };

    /// <summary>In what the data differ from those of a stored run; null if in nothing.</summary>
    /// <param name="there">The stored run's.</param>
    internal string? DifferenceFrom(DataContent there)
    {
        string[] parts =
        [
            .. new[] { ("training", there.Train, Train), ("test", there.Test, Test) }.Where(part => part.Item2 != part.Item3)
                .Select(part => $"other {part.Item1} images (SHA-256 {part.Item2[..ShownDigits]}... there, "
                    + $"{part.Item3[..ShownDigits]}... now)"),
        ];
        return parts.Length == 0 ? null : $"data content differs: {string.Join(" and ", parts)}";
    }
}

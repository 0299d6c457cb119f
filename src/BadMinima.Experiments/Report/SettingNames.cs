using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>
/// Names things by what tells them apart: a word, and where several share it but not their settings, the settings in which they differ.
/// </summary>
internal static class SettingNames
{
    // What settings are called in tables, where their own name is not the field's.
    private static readonly ImmutableDictionary<string, string> Words = new Dictionary<string, string>
    {
        ["learningRate"] = "rate",
        ["batchSize"] = "batch",
        ["replicas"] = "R",
        ["zeroOutRatio"] = "q",
        ["schedule.shape"] = "schedule",
        ["augmentation.cropPadding"] = "crop",
        ["augmentation.horizontalFlip"] = "flip",
        ["augmentation.cropReflects"] = "crop reflects",
        ["augmentation.alternatingFlip"] = "flips alternate",
        ["augmentation.cutout"] = "cutout",
        ["stopAtAccuracy"] = "stop at",
        ["escapes"] = "with",
    }.ToImmutableDictionary();

    /// <summary>A name for each item: such as "vanilla", or "vanilla, rate 0.003" where another vanilla one has another rate.</summary>
    public static Dictionary<T, string> Of<T>(IEnumerable<T> items, Func<T, string> word, Func<T, JsonNode?> settings) where T : notnull
    {
        Dictionary<T, string> names = [];
        foreach (IGrouping<string, T> alike in items.GroupBy(word))
        {
            (T Item, Dictionary<string, string> Settings)[] flat = [.. alike.Select(
                item => (item, Flat(settings(item)).ToDictionary(s => s.Name, s => s.Value)))];
            string[] varying = [.. flat.SelectMany(f => f.Settings.Keys).Distinct()
                .Where(name => flat.Select(f => f.Settings.GetValueOrDefault(name)).Distinct().Skip(1).Any())];
            foreach ((T item, Dictionary<string, string> values) in flat)
            {
                names[item] = string.Join(
                    ", ", varying.Where(values.ContainsKey).Select(name => $"{WordOf(name)} {values[name]}").Prepend(alike.Key));
            }
        }

        return names;
    }

    private static IEnumerable<(string Name, string Value)> Flat(JsonNode? node, string name = "") => node switch
    {
        JsonObject o => o.SelectMany(p => Flat(p.Value, name.Length == 0 ? p.Key : $"{name}.{p.Key}")),
        JsonArray escapes when name == "escapes" => [(name, JsonSerializer.Deserialize<EscapeList>(escapes).ToString())],
        JsonArray a => [(name, string.Join(' ', a.Select(item => item?.ToJsonString())))],
        null => name.Length == 0 ? [] : [(name, "off")],
        JsonValue value when value.TryGetValue(out double number) => [(name, number.ToString("G6", CultureInfo.InvariantCulture))],
        _ => [(name, node.ToString())],
    };

    private static string WordOf(string name)
        => Words.GetValueOrDefault(name)
            ?? string.Concat(name.Split('.')[^1].Select(c => char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{c}"));
}

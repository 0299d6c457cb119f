using System.Text.Json.Nodes;

namespace BadMinima.Experiments;

/// <summary>In what two JSON values differ.</summary>
internal static class JsonDifferences
{
    /// <summary>Every value that is not the same, as "training.momentum: 0.9 there, 0 now".</summary>
    public static IEnumerable<string> Between(JsonNode? there, JsonNode? now, string name = "")
        => there is JsonObject a && now is JsonObject b
            ? a.Select(p => p.Key).Union(b.Select(p => p.Key))
                .SelectMany(key => Between(a[key], b[key], name.Length == 0 ? key : $"{name}.{key}"))
            : JsonNode.DeepEquals(there, now) ? [] : [$"{name}: {Text(there)} there, {Text(now)} now"];

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "null";
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>
/// The name of a cell's folder: the first 16 hexadecimal digits of the SHA-256 of its settings, as JSON whose names are sorted. Settings of
/// the phases that have the library's default are left out, so that a setting that a later version adds changes no name.
/// </summary>
internal static class CellId
{
    private const int Digits = 16;

    private static readonly JsonObject TrainingDefaults = Defaults(new Recipe());
    private static readonly JsonObject RandomLabelDefaults = Defaults(new RandomLabelPhase());

    public static string Of(RunPlan plan) => Of(plan.Settings);

    /// <summary>The name that earlier versions gave to a cell of a folder of the user's, by its path; null for one of other data.</summary>
    public static string? FormerOf(RunPlan plan)
    {
        if (plan.Data.FormerDescription is not { } former)
        {
            return null;
        }

        JsonObject settings = plan.Settings;
        settings["data"] = former;
        return Of(settings);
    }

    private static string Of(JsonObject settings)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(JsonOutput.Sorted(WithoutDefaults(settings))!.ToJsonString()));
        return Convert.ToHexStringLower(hash)[..Digits];
    }

    /// <summary>The settings of a run without those of its phases that have the library's default.</summary>
    public static JsonObject WithoutDefaults(JsonObject settings)
    {
        settings["training"] = Without(settings["training"], TrainingDefaults);
        settings["randomLabels"] = Without(settings["randomLabels"], RandomLabelDefaults);
        return settings;
    }

    private static JsonObject? Without(JsonNode? phase, JsonObject defaults)
        => phase is JsonObject settings
            ? new JsonObject(settings.Where(s => !JsonNode.DeepEquals(s.Value, defaults[s.Key]))
                .Select(s => KeyValuePair.Create(s.Key, s.Value?.DeepClone())))
            : null;

    private static JsonObject Defaults<T>(T phase) => JsonSerializer.SerializeToNode(phase, JsonOutput.Options)!.AsObject();
}

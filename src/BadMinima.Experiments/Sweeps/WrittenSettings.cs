using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>A phase of the library as the settings of a sweep file.</summary>
internal static class WrittenSettings
{
    public static JsonObject Of(Recipe recipe) => Of(recipe, new Recipe(), PhaseSettings.All);

    public static JsonObject Of(RandomLabelPhase phase)
    {
        JsonObject settings = Of(
            phase, new RandomLabelPhase { Replicas = phase.Replicas, ZeroOutRatio = phase.ZeroOutRatio }, PhaseSettings.All);
        foreach (Setting<RandomLabelPhase> setting in PhaseSettings.OfRandomLabels)
        {
            settings[setting.Property] = Json(setting, setting.TextOf(phase)!);
        }

        return settings;
    }

    private static JsonObject Of(Phase phase, Phase fresh, IEnumerable<Setting<Phase>> settings)
    {
        (Setting<Phase> Setting, string Text)[] written = [.. settings.Select(s => (s, s.TextOf(phase)!))];
        return written.Aggregate(fresh, (changed, s) => s.Setting.Apply(changed, s.Text)) == phase
            ? new(written.Select(s => KeyValuePair.Create(s.Setting.Property, Json(s.Setting, s.Text))))
            : throw new ArgumentException("The phase has a setting that a sweep has no name for, such as EarlyStopping.MinDelta; allowed "
                + "are those of docs/sweep.schema.json.");
    }

    private static JsonNode? Json(ISetting setting, string text)
        => setting.Types.Contains("boolean") || (setting.Types.Contains("number") && text != Text.Off) ? JsonNode.Parse(text) : text;
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>The settings of a phase as a sweep file and a program write them, in JSON.</summary>
internal static class WrittenSettings
{
    private static readonly ImmutableArray<ISetting> All = [.. PhaseSettings.All, .. PhaseSettings.OfRandomLabels];

    /// <summary>A phase of the library.</summary>
    public static JsonObject Of(Recipe recipe) => Of(recipe, new Recipe(), PhaseSettings.All);

    /// <inheritdoc cref="Of(Recipe)"/>
    public static JsonObject Of(RandomLabelPhase phase)
    {
        RandomLabelPhase fresh = PhaseSettings.OfRandomLabels.Aggregate(new RandomLabelPhase(), (p, s) => s.Apply(p, s.TextOf(phase)!));
        JsonObject settings = Of(phase, fresh, PhaseSettings.All);
        foreach (Setting<RandomLabelPhase> setting in PhaseSettings.OfRandomLabels)
        {
            settings[setting.Property] = Json(setting, setting.TextOf(phase)!);
        }

        return settings;
    }

    /// <summary>What is typed on the command line, by the names of options.</summary>
    public static JsonObject Of(IReadOnlyDictionary<string, string> typed)
        => new(All.Where(s => typed.ContainsKey(s.Name)).Select(s => KeyValuePair.Create(s.Property, Json(s, typed[s.Name]))));

    /// <summary>The other way round: written settings as they would be typed.</summary>
    /// <param name="written">The settings.</param>
    /// <param name="ofRandomLabels">Of which phase they are.</param>
    /// <exception cref="ArgumentException">There is no such setting, or what it is set to is no value of one.</exception>
    public static ImmutableDictionary<string, string> Typed(JsonObject written, bool ofRandomLabels)
    {
        IReadOnlyList<ISetting> known = ofRandomLabels ? All : [.. PhaseSettings.All];
        return written.Select(w =>
        {
            ISetting setting = known.FirstOrDefault(s => s.Property == w.Key) ?? throw new ArgumentException(
                $"\"{w.Key}\" is no setting of {(ofRandomLabels ? "the random-label phase" : "training")}; allowed are "
                + $"{string.Join(", ", known.Select(s => s.Property))}.");
            return KeyValuePair.Create(setting.Name, TextOf(setting, w.Value));
        }).ToImmutableDictionary();
    }

    private static string TextOf(ISetting setting, JsonNode? value)
    {
        try
        {
            return value switch
            {
                JsonValue one => one.ToString(),
                JsonArray list when setting.IsList => Text.Of(list.Deserialize<EscapeList>(JsonOutput.Options))!,
                JsonObject one when setting.IsList => TextOf(setting, new JsonArray(one.DeepClone())),
                _ => throw new JsonException("one value is expected; several make the variants of a sweep."),
            };
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"\"{setting.Property}\" is {value?.ToJsonString() ?? "null"}: {e.Message}", e);
        }
    }

    private static JsonObject Of(Phase phase, Phase fresh, IEnumerable<Setting<Phase>> settings)
    {
        // How several workers average has no value where there is one.
        (Setting<Phase> Setting, string Text)[] written
            = [.. settings.Where(s => s.TextOf(phase) is not null).Select(s => (s, s.TextOf(phase)!))];
        return written.Aggregate(fresh, (changed, s) => s.Setting.Apply(changed, s.Text)) == phase
            ? new(written.Select(s => KeyValuePair.Create(s.Setting.Property, Json(s.Setting, s.Text))))
            : throw new ArgumentException("The phase has a setting that a sweep has no name for, such as EarlyStopping.MinDelta; allowed "
                + "are those of docs/sweep.schema.json.");
    }

    /// <summary>A value, given as it would be typed.</summary>
    public static JsonNode? Json(ISetting setting, string text)
        => setting.Types.Contains("boolean") && bool.TryParse(text, out bool on) ? on
            : setting.Types.Contains("number") && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                && double.IsFinite(number) ? number
            : text;
}

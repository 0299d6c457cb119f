using System.Globalization;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Newtonsoft.Json.Linq;

namespace BadMinima.Experiments;

/// <summary>Where in a sweep file a cell comes from, and with that, which of its places an error is about.</summary>
/// <param name="Grid">The grid.</param>
/// <param name="Data">Of the axis data.</param>
/// <param name="Architecture">Of the axis architectures.</param>
/// <param name="Recipe">Of the axis recipes.</param>
/// <param name="Training">The settings of training, with the grid's.</param>
/// <param name="RandomLabels">Those of the random-label phase.</param>
internal sealed record SweepBlame(JObject Grid, JToken Data, JToken Architecture, JToken Recipe, JObject Training, JObject RandomLabels)
{
    /// <summary>
    /// The place, and the message in the file's words: "learningRate" where the library has Option Training.LearningRate and the command
    /// line --learning-rate.
    /// </summary>
    public (JToken At, string Message) Of(Exception e) => e switch
    {
        OptionException option when option.Option.Split('.', 2) is [var phase, var name] && SettingsOf(phase) is { } settings
            => PropertyOf(settings, name) is { } property
                ? (ValueOf(property.Value, option.Value), $"\"{property.Name}\" is {option.Value ?? "null"}; allowed is {option.Allowed}.")
                : (Recipe, ConsoleProgram.MessageOf(option)),
        SettingException setting => (
            PlaceOf(setting.Setting),
            setting.Complaint is { } complaint ? $"\"{Text.PropertyOf(NameOf(setting.Setting))}\" {complaint}" : setting.Message),
        IOException or InvalidDataException => (Data, e.Message),
        _ => (Grid["device"] ?? Recipe, ConsoleProgram.MessageOf(e)),
    };

    private JObject? SettingsOf(string phase) => phase switch { "Training" => Training, "RandomLabels" => RandomLabels, _ => null };

    private JToken PlaceOf(string setting)
        => setting switch
        {
            "architecture" => Architecture,
            "protocol" => Grid["protocol"] ?? Recipe,
            _ when IsOfRandomLabels(setting) => RandomLabels[Text.PropertyOf(NameOf(setting))] ?? Data,
            _ => Training[Text.PropertyOf(setting)] ?? Data,
        };

    private static bool IsOfRandomLabels(string setting)
        => setting != NameOf(setting) || PhaseSettings.OfRandomLabels.Any(s => s.Name == setting);

    /// <summary>Without what the command line has before the random-label phase's settings.</summary>
    private static string NameOf(string setting)
        => setting.StartsWith(PhaseSettings.RandomLabelPrefix, StringComparison.Ordinal)
            ? setting[PhaseSettings.RandomLabelPrefix.Length..]
            : setting;

    /// <summary>The library's StopAtAccuracy is the file's stopAt, its Augmentation.CropPadding crop.</summary>
    private static JProperty? PropertyOf(JObject settings, string name)
        => settings.Properties().Where(p => name.Contains(p.Name, StringComparison.OrdinalIgnoreCase)).MaxBy(p => p.Name.Length);

    /// <summary>Of a list, the item that was given.</summary>
    private static JToken ValueOf(JToken value, object? given)
        => value is JArray list
            ? list.FirstOrDefault(item => GridCells.TextOf(item) == Convert.ToString(given, CultureInfo.InvariantCulture)) ?? value
            : value;
}

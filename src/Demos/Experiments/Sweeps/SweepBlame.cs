using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace BadMinima.Experiments;

/// <summary>Where in a sweep file a cell comes from, and with that, which of its places a message of the library or of the command line is about.</summary>
/// <param name="Grid">The grid.</param>
/// <param name="Data">Of the axis data.</param>
/// <param name="Architecture">Of the axis architectures.</param>
/// <param name="Recipe">Of the axis recipes.</param>
/// <param name="Training">The settings of training, with the grid's.</param>
/// <param name="RandomLabels">Those of the random-label phase.</param>
internal sealed partial record SweepBlame(JObject Grid, JToken Data, JToken Architecture, JToken Recipe, JObject Training, JObject RandomLabels)
{
    /// <summary>The place, and the message in the file's words: "learningRate" where the library has Option Training.LearningRate and the command line --learning-rate.</summary>
    public (JToken At, string Message) Of(Exception e)
    {
        string text = TextOf(e);
        if (PhaseSetting().Match(text) is { Success: true } phase)
        {
            JObject settings = phase.Groups["phase"].Value == "Training" ? Training : RandomLabels;
            return PropertyOf(settings, phase.Groups["name"].Value) is { } property
                ? (ValueOf(property.Value, phase.Groups["value"].Value), text.Replace(phase.Groups["option"].Value, $"\"{property.Name}\"", StringComparison.Ordinal))
                : (Recipe, text);
        }

        JToken at = Option().Match(text) is { Success: true } option
            ? option.Groups[1].Value == "architecture" ? Architecture : Data
            : Quoted().Match(text) is { Success: true } quoted ? Having(quoted.Groups[1].Value) : Grid["device"] ?? Recipe;
        return (at, Option().Replace(text, match => $"\"{SweepSchema.NameOf(match.Groups[1].Value)}\""));
    }

    /// <summary>A message without the name of the method's parameter that .NET adds.</summary>
    public static string TextOf(Exception e) => e is ArgumentException { ParamName: { } parameter } ? e.Message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal) : e.Message;

    /// <summary>The library's StopAtAccuracy is the file's stopAt, its Augmentation.CropPadding crop.</summary>
    private static JProperty? PropertyOf(JObject settings, string name)
        => settings.Properties().Where(p => name.Contains(p.Name, StringComparison.OrdinalIgnoreCase)).MaxBy(p => p.Name.Length);

    /// <summary>Of a list, the item that was given.</summary>
    private static JToken ValueOf(JToken value, string given) => value is JArray list ? list.FirstOrDefault(item => SweepGrid.TextOf(item) == given) ?? value : value;

    private JToken Having(string name) => new[] { Architecture, Grid["protocol"] }.FirstOrDefault(token => token is JValue { Value: string value } && value == name) ?? Recipe;

    [GeneratedRegex(@"(?<option>Option (?<phase>Training|RandomLabels)\.(?<name>[\w.]+)) is (?<value>[^ ;]*)")]
    private static partial Regex PhaseSetting();

    [GeneratedRegex("(?<![a-z])--([a-z][a-z-]*)")]
    private static partial Regex Option();

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();
}

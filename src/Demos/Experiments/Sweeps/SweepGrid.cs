using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using BadMinima.MLNet;
using Newtonsoft.Json.Linq;

namespace BadMinima.Experiments;

/// <summary>Takes a grid of a sweep file apart: every combination of its axes.</summary>
/// <param name="grid">The grid, of the schema's form.</param>
/// <param name="sets">The catalogue.</param>
/// <param name="errors">Where to say what is wrong.</param>
internal sealed partial class SweepGrid(JObject grid, IReadOnlyList<DataSet> sets, SweepErrors errors)
{
    private const string AllSubsets = "grid";

    private static readonly ImmutableDictionary<string, Setting<RunRequest>> RequestSettings = RunRequest.Settings.ToImmutableDictionary(s => s.Name);
    private static readonly ImmutableArray<string> ForAllCells = ["protocol", "initialization", "precision", "normalization", "device"];

    /// <summary>Every cell that is in order; of the others it is said what is wrong.</summary>
    public IEnumerable<SweepCell> Cells() =>
        from data in Axis("data", DrawnImages.GreyName)
        from architecture in Axis("architectures", (string?)null)
        from start in Axis("starts", RunRequest.RandomStart, RunRequest.AdversarialStart)
        from recipe in Axis("recipes", AllSubsets).SelectMany(Recipes)
        let place = new Place(data, architecture, start, recipe)
        from request in Requests(place)
        from seed in SweepFile.Numbers(grid["seeds"])
        let plan = Resolve(request with { Seed = seed }, place)
        where plan is not null
        select SweepCell.Of(plan, recipe.Name);

    /// <summary>Settings on top of others.</summary>
    public static JObject Merge(JToken? below, JToken? above)
    {
        JObject both = (JObject?)below?.DeepClone() ?? [];
        foreach (JProperty property in (above as JObject)?.Properties() ?? [])
        {
            both[property.Name] = property.Value.DeepClone();
        }

        return both;
    }

    private IEnumerable<JToken> Axis(string name, params string?[] otherwise) => grid[name] switch
    {
        null => otherwise.Select(o => new JValue(o)),
        JArray list => list,
        { } one => [one],
    };

    private IEnumerable<NamedRecipe> Recipes(JToken token)
    {
        if (token is JObject settings)
        {
            JObject own = new(settings.Properties().Where(p => p.Name is not ("name" or "regularizers")));
            yield return new(token, (string?)settings["name"], settings["regularizers"] ?? "none", Merge(grid["training"], own));
        }
        else
        {
            IEnumerable<JToken> names = (string?)token == AllSubsets ? RegularizerNames.Subsets.Select(s => new JValue(s.ToName())) : [token];
            foreach (JToken name in names)
            {
                yield return new(token, null, name, Merge(grid["training"], null));
            }
        }
    }

    private IEnumerable<RunRequest> Requests(Place place)
    {
        RunRequest request = ForAllCells.Where(name => grid[name] is not null).Aggregate(new RunRequest(), (r, name) => Apply(r, name, grid[name]!));
        request = (place.Data as JObject)?.Properties().Aggregate(request, (r, p) => Apply(r, DataOption(p.Name), p.Value)) ?? Apply(request, "data", place.Data);
        request = place.Architecture is JValue { Value: null } ? request : Apply(request, "architecture", place.Architecture);
        request = Apply(request, "regularizers", place.Recipe.Regularizers, place.Recipe.Token);
        bool adversarial = place.Start is not JValue { Value: RunRequest.RandomStart };
        JObject randomLabels = Merge(grid["randomLabels"], place.Start is JObject own ? own[RunRequest.AdversarialStart] : null);
        return
            from training in Variants(place.Recipe.Settings, (name, text) => PhaseSettings.All.First(s => s.Name == name).Change(new Recipe(), text))
            from labels in adversarial ? Variants(randomLabels, CheckRandomLabels) : [[]]
            select request with
            {
                Start = adversarial ? RunRequest.AdversarialStart : RunRequest.RandomStart,
                Training = training,
                RandomLabels = labels,
            };

        static string DataOption(string name) => name switch { "name" => "data", "seed" => "data-seed", _ => name };
    }

    private static void CheckRandomLabels(string name, string text)
    {
        if (PhaseSettings.OfRandomLabels.FirstOrDefault(s => s.Name == name) is { } own)
        {
            own.Change(new RandomLabelPhase(), text);
        }
        else
        {
            PhaseSettings.All.First(s => s.Name == name).Change(new RandomLabelPhase(), text);
        }
    }

    /// <summary>Every combination of what is given as lists, as the command line's options would have it.</summary>
    private IEnumerable<ImmutableDictionary<string, string>> Variants(JObject settings, Action<string, string> check)
    {
        IEnumerable<ImmutableDictionary<string, string>> variants = [[]];
        foreach (JProperty setting in settings.Properties())
        {
            string option = OptionOf(setting.Name);
            string[] values = [.. (setting.Value is JArray list ? list : (IEnumerable<JToken>)[setting.Value]).Where(value => IsAllowed(value, setting.Name, () => check(option, TextOf(value)))).Select(TextOf)];
            variants = [.. variants.SelectMany(before => values.Select(value => before.SetItem(option, value)))];
        }

        return variants;
    }

    private RunRequest Apply(RunRequest request, string option, JToken value, JToken? at = null)
    {
        RunRequest changed = request;
        IsAllowed(value, SweepSchema.NameOf(option), () => changed = RequestSettings[option].Change(request, TextOf(value)), at);
        return changed;
    }

    private bool IsAllowed(JToken value, string name, Action change, JToken? at = null)
    {
        try
        {
            change();
            return true;
        }
        catch (Exception e) when (e is NotAllowedException or ArgumentException)
        {
            errors.Add(at ?? value, e is NotAllowedException not ? $"\"{name}\" is {TextOf(value)}; allowed is {not.Allowed}." : Message(e));
            return false;
        }
    }

    private RunPlan? Resolve(RunRequest request, Place place)
    {
        try
        {
            return RunPlan.Resolve(request, sets);
        }
        catch (Exception e) when (e is ArgumentException or IOException or InvalidDataException)
        {
            errors.Add(Guilty(e.Message, place), Message(e));
            return null;
        }
    }

    /// <summary>What in the file a message of the library or of the command line is about.</summary>
    private static JToken Guilty(string message, Place place)
    {
        Match setting = PhaseSetting().Match(message);
        Match option = Option().Match(message);
        return setting.Success && setting.Groups["phase"].Value == "RandomLabels" ? place.Start
            : setting.Success ? place.Recipe.Settings[char.ToLowerInvariant(setting.Groups["name"].Value[0]) + setting.Groups["name"].Value[1..]] ?? place.Recipe.Token
            : option.Success && option.Groups[1].Value == "architecture" ? place.Architecture
            : option.Success ? place.Data
            : place.Recipe.Token;
    }

    /// <summary>In the file's words: "learningRate", where the command line has --learning-rate.</summary>
    private static string Message(Exception e)
    {
        string text = e is ArgumentException { ParamName: { } parameter } ? e.Message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal) : e.Message;
        return Option().Replace(text, match => $"\"{SweepSchema.NameOf(match.Groups[1].Value)}\"");
    }

    private static string OptionOf(string name) => string.Concat(name.Select(c => char.IsUpper(c) ? $"-{char.ToLowerInvariant(c)}" : $"{c}"));

    private static string TextOf(JToken value) => value.Type == JTokenType.Boolean ? ((bool)value ? "true" : "false") : Convert.ToString(((JValue)value).Value, CultureInfo.InvariantCulture)!;

    [GeneratedRegex(@"\b(?<phase>Training|RandomLabels)\.(?<name>\w+)")]
    private static partial Regex PhaseSetting();

    [GeneratedRegex("(?<![a-z])--([a-z][a-z-]*)")]
    private static partial Regex Option();

    /// <summary>A recipe of the file.</summary>
    private sealed record NamedRecipe(JToken Token, string? Name, JToken Regularizers, JObject Settings);

    /// <summary>Where in the file a cell comes from.</summary>
    private sealed record Place(JToken Data, JToken Architecture, JToken Start, NamedRecipe Recipe);
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Newtonsoft.Json.Linq;

namespace BadMinima.Experiments;

/// <summary>Takes a grid of a sweep file apart: every combination of its axes.</summary>
/// <param name="grid">The grid, of the schema's form.</param>
/// <param name="finder">Finds the data.</param>
/// <param name="errors">Where to say what is wrong.</param>
internal sealed class GridCells(JObject grid, DataFinder finder, SweepErrors errors)
{
    private const string AllSubsets = "grid";

    private static readonly ImmutableArray<ISetting> Phases = [.. PhaseSettings.All, .. PhaseSettings.OfRandomLabels];

    private static readonly ImmutableDictionary<string, Setting<RunRequest>> RequestSettings =
        RunRequest.Settings.ToImmutableDictionary(s => s.Name);

    /// <summary>Every cell that is in order; of the others it is said what is wrong.</summary>
    public IEnumerable<SweepCell> Cells() =>
        from data in Axis("data", DrawnImages.GrayName)
        from architecture in Axis("architectures", (string?)null)
        from start in Axis("starts", RunRequest.RandomStart, RunRequest.AdversarialStart)
        from recipe in Axis("recipes", AllSubsets).SelectMany(Recipes)
        let labels = RandomLabels(start)
        let blame = new SweepBlame(grid, data, architecture, recipe.Token, recipe.Settings, labels)
        from request in Requests(data, architecture, start, recipe, labels)
        from seed in SweepFile.Numbers(grid["seeds"])
        let plan = Resolve(request with { Seed = seed }, blame)
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
            IEnumerable<JToken> names = (string?)token == AllSubsets
                ? RegularizerNames.Subsets.Select(s => new JValue(s.ToName()))
                : [token];
            foreach (JToken name in names)
            {
                yield return new(token, null, name, Merge(grid["training"], null));
            }
        }
    }

    private JObject RandomLabels(JToken start)
        => Merge(grid["randomLabels"], start is JObject own ? own[RunRequest.AdversarialStart] : null);

    private IEnumerable<RunRequest> Requests(JToken data, JToken architecture, JToken start, NamedRecipe recipe, JObject randomLabels)
    {
        RunRequest request = RunRequest.Settings.Where(s => s.ForAllCells && grid[s.Name] is not null)
            .Aggregate(new RunRequest(), (r, s) => Apply(r, s.Name, grid[s.Name]!));
        request = (data as JObject)?.Properties().Aggregate(request, (r, p) => Apply(r, DataOption(p.Name), p.Value))
            ?? Apply(request, "data", data);
        request = architecture is JValue { Value: null } ? request : Apply(request, "architecture", architecture);
        request = Apply(request, "regularizers", recipe.Regularizers, recipe.Token);
        bool adversarial = start is not JValue { Value: RunRequest.RandomStart };
        return
            from training in Variants(
                recipe.Settings, (name, text) => PhaseSettings.All.First(s => s.Name == name).Apply(new Recipe(), text))
            from labels in adversarial ? Variants(randomLabels, CheckRandomLabels) : [[]]
            select request with
            {
                Start = adversarial ? RunRequest.AdversarialStart : RunRequest.RandomStart,
                TypedTraining = training,
                TypedRandomLabels = labels,
            };

        static string DataOption(string name) => name switch { "name" => "data", "seed" => "data-seed", _ => name };
    }

    private static void CheckRandomLabels(string name, string text)
    {
        if (PhaseSettings.OfRandomLabels.FirstOrDefault(s => s.Name == name) is { } own)
        {
            own.Apply(new RandomLabelPhase(), text);
        }
        else
        {
            PhaseSettings.All.First(s => s.Name == name).Apply(new RandomLabelPhase(), text);
        }
    }

    /// <summary>Every combination of what is given as lists, as the command line's options would have it.</summary>
    private IEnumerable<ImmutableDictionary<string, string>> Variants(JObject settings, Action<string, string> check)
    {
        IEnumerable<ImmutableDictionary<string, string>> variants = [[]];
        foreach (JProperty setting in settings.Properties())
        {
            ISetting described = Phases.First(s => s.Property == setting.Name);
            string option = described.Name;
            bool isOne = described.IsList
                && (setting.Value is not JArray alternatives || alternatives.Any(a => a is not JArray) || alternatives.Count == 0);
            string[] values = [.. (setting.Value is JArray list && !isOne ? list : (IEnumerable<JToken>)[setting.Value])
                .Where(value => IsAllowed(value, setting.Name, () => check(option, TextOf(value))))
                .Select(TextOf)];
            variants = [.. variants.SelectMany(before => values.Select(value => before.SetItem(option, value)))];
        }

        return variants;
    }

    private RunRequest Apply(RunRequest request, string option, JToken value, JToken? at = null)
    {
        RunRequest changed = request;
        IsAllowed(value, Text.PropertyOf(option), () => changed = RequestSettings[option].Apply(request, TextOf(value)), at);
        return changed;
    }

    private bool IsAllowed(JToken value, string name, Action change, JToken? at = null)
    {
        try
        {
            change();
            return true;
        }
        catch (ArgumentException e)
        {
            string? allowed = (e as SettingException)?.Allowed;
            errors.Add(
                at ?? value, allowed is null ? ConsoleProgram.MessageOf(e) : $"\"{name}\" is {TextOf(value)}; allowed is {allowed}.");
            return false;
        }
    }

    private RunPlan? Resolve(RunRequest request, SweepBlame blame)
    {
        try
        {
            var plan = RunPlan.Resolve(request, finder);
            RequireWorkers(plan.Options.Training, "");
            RequireWorkers(plan.Options.RandomLabels, PhaseSettings.RandomLabelPrefix);
            return plan;
        }
        catch (Exception e) when (e is ArgumentException or IOException or InvalidDataException)
        {
            (JToken at, string message) = blame.Of(e);
            errors.Add(at, message);
            return null;
        }
    }

    /// <exception cref="SettingException">The phase's workers would be the processes of mpirun, and a sweep's cells are none.</exception>
    private static void RequireWorkers(Phase? phase, string prefix)
    {
        if (phase?.Averaging is { Workers: null } averaging)
        {
            throw new SettingException(
                $"{prefix}average", $"is {Text.NameOf(averaging)}, and workers is not given; allowed is average with workers: a cell has "
                    + "all of its workers in one process.");
        }
    }

    /// <summary>As the command line would have it.</summary>
    public static string TextOf(JToken value) => value switch
    {
        JArray escapes => EscapesOf(escapes) is { Count: > 0 } some ? some.ToString() : Text.Off,
        JObject escape => TextOf(new JArray(escape)),
        { Type: JTokenType.Boolean } => (bool)value ? "true" : "false",
        _ => Convert.ToString(((JValue)value).Value, CultureInfo.InvariantCulture)!,
    };

    /// <exception cref="ArgumentException">They are of no such form.</exception>
    private static EscapeList EscapesOf(JArray escapes)
    {
        try
        {
            return JsonSerializer.Deserialize<EscapeList>(escapes.ToString());
        }
        catch (JsonException e)
        {
            throw new ArgumentException(e.Message, e);
        }
    }

    /// <summary>A recipe of the file.</summary>
    private sealed record NamedRecipe(JToken Token, string? Name, JToken Regularizers, JObject Settings);
}

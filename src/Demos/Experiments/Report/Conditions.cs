using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>Sorts a sweep's finished cells into conditions, and names each by what tells it from the others.</summary>
internal static class Conditions
{
    private static readonly string[] OfProblems = ["data", "architecture", "initialization", "precision", "normalization"];

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
        ["augmentation.cutout"] = "cutout",
        ["stopAtAccuracy"] = "stop at",
    }.ToImmutableDictionary();

    /// <summary>The conditions of the finished cells, in the sweep's order.</summary>
    public static ImmutableArray<Condition> Of(SweepResults results)
        => [.. results.Cells.GroupBy(ProblemKey).SelectMany(group => OfProblem(group.Key, [.. group]))];

    private static IEnumerable<Condition> OfProblem(string key, FinishedCell[] cells)
    {
        JsonObject settings = cells[0].Run.Settings;
        Problem problem = new(key, NameOf(settings, cells[0].Run), DataName(settings), TrainImages(cells[0].Run), (string)settings["architecture"]!);
        Dictionary<FinishedCell, string> recipes = Names(cells, cell => cell.Cell.Recipe ?? (string)cell.Run.Settings["regularizers"]!, cell => cell.Run.Settings["training"]);
        Dictionary<FinishedCell, string> starts = Names(cells, cell => (string)cell.Run.Settings["start"]!, cell => cell.Run.Settings["randomLabels"]);
        return cells
            .GroupBy(cell => (Start: StartOf(cell, starts[cell]), Recipe: RecipeOf(cell, recipes[cell])))
            .Select(group => new Condition(problem, group.Key.Start, group.Key.Recipe, group.ToImmutableSortedDictionary(cell => cell.Run.Result.Seed, cell => cell)));
    }

    private static string ProblemKey(FinishedCell cell) => Canonical(new JsonObject(
        OfProblems.Select(name => KeyValuePair.Create(name, cell.Run.Settings[name]?.DeepClone()))));

    private static string NameOf(JsonObject settings, FinishedRun run) => $"{DataName(settings)}, {TrainImages(run):N0} images, {(string)settings["architecture"]!}";

    private static string DataName(JsonObject settings) => Path.GetFileName(Path.TrimEndingDirectorySeparator((string)settings["data"]!["name"]!));

    private static int TrainImages(FinishedRun run) => (int)run.Config["data"]!["train"]!;

    private static StartSettings StartOf(FinishedCell cell, string name)
    {
        JsonNode? phase = cell.Run.Settings["randomLabels"];
        return new(Canonical(phase), name, (int?)phase?["replicas"] ?? 0, (double?)phase?["zeroOutRatio"] ?? 0)
        {
            KeyWithoutReplicas = Canonical(Without(phase, "replicas")),
            KeyWithoutZeroOut = Canonical(Without(phase, "zeroOutRatio")),
        };
    }

    private static RecipeSettings RecipeOf(FinishedCell cell, string name)
    {
        JsonNode phase = cell.Run.Settings["training"]!;
        var regularizers = RegularizerNames.Parse((string)cell.Run.Settings["regularizers"]!);
        return new($"{regularizers} {Canonical(phase)}", name, regularizers, (double)phase["learningRate"]!, (double)phase["momentum"]!)
        {
            KeyWithoutRate = Canonical(Without(phase, "learningRate", "momentum", "nesterov")),
        };
    }

    /// <summary>The words that cells share, and for those which share them but not their settings, the settings in which they differ.</summary>
    private static Dictionary<FinishedCell, string> Names(FinishedCell[] cells, Func<FinishedCell, string> word, Func<FinishedCell, JsonNode?> phase)
    {
        Dictionary<FinishedCell, string> names = [];
        foreach (IGrouping<string, FinishedCell> alike in cells.GroupBy(word))
        {
            (FinishedCell Cell, Dictionary<string, string> Settings)[] flat = [.. alike.Select(cell => (cell, Flat(phase(cell)).ToDictionary(s => s.Name, s => s.Value)))];
            string[] varying = [.. flat.SelectMany(f => f.Settings.Keys).Distinct().Where(name => flat.Select(f => f.Settings.GetValueOrDefault(name)).Distinct().Skip(1).Any())];
            foreach ((FinishedCell cell, Dictionary<string, string> settings) in flat)
            {
                names[cell] = string.Join(", ", varying.Where(settings.ContainsKey).Select(name => $"{WordOf(name)} {settings[name]}").Prepend(alike.Key));
            }
        }

        return names;
    }

    private static IEnumerable<(string Name, string Value)> Flat(JsonNode? node, string name = "") => node switch
    {
        JsonObject o => o.SelectMany(p => Flat(p.Value, name.Length == 0 ? p.Key : $"{name}.{p.Key}")),
        JsonArray a => [(name, string.Join(' ', a.Select(item => item?.ToJsonString())))],
        null => name.Length == 0 ? [] : [(name, "off")],
        JsonValue value when value.TryGetValue(out double number) => [(name, number.ToString("G6", CultureInfo.InvariantCulture))],
        _ => [(name, node.ToString())],
    };

    private static string WordOf(string name)
        => Words.GetValueOrDefault(name) ?? string.Concat(name.Split('.')[^1].Select(c => char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{c}"));

    private static JsonObject? Without(JsonNode? phase, params IReadOnlyList<string> names)
        => phase is JsonObject settings ? new JsonObject(settings.Where(s => !names.Contains(s.Key)).Select(s => KeyValuePair.Create(s.Key, s.Value?.DeepClone()))) : null;

    private static string Canonical(JsonNode? node) => node is null ? "" : CellId.Sorted(node)!.ToJsonString();
}

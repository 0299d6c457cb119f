using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>Sorts a sweep's finished cells into conditions, and names each by what tells it from the others.</summary>
internal static class Conditions
{
    private static readonly string[] OfProblems = ["architecture", "initialization", "precision", "views", "normalization"];

    // Of a phase; what is 0, false, null or empty there is off.
    private static readonly string[] OfMoreThanVanilla =
        ["momentum", "adam", "weightDecay", "augmentation", "mixup", "labelSmoothing", "dropout", "escapes", "averaging"];

    // Of points, which are augmented as they are drawn: a matter of the recipe.
    private const string OfRecipes = "jitteredCopies";

    /// <summary>The conditions of the finished cells, in the sweep's order.</summary>
    public static ImmutableArray<Condition> Of(SweepResults results)
    {
        // Cells that differ in their seed alone are sorted together: of 100,000 cells there are few kinds.
        Kind[] kinds =
        [
            .. results.Cells.GroupBy(cell => (cell.Run.Shared, cell.Cell.Recipe, Content: cell.Cell.Content?.Short))
                .Select(cells => new Kind([.. cells])),
        ];
        IGrouping<string, Kind>[] problems = [.. kinds.GroupBy(kind => Canonical(ProblemOf(kind)))];
        Dictionary<IGrouping<string, Kind>, string> names = SettingNames.Of(
            problems, problem => NameOf(problem.First()), problem => ProblemOf(problem.First()));
        return [.. problems.SelectMany(problem => OfProblem(problem.Key, names[problem], [.. problem]))];
    }

    private static IEnumerable<Condition> OfProblem(string key, string name, Kind[] kinds)
    {
        FinishedRun run = kinds[0].Cells[0].Run;
        Problem problem = new(key, name, run.DataName, run.TrainImages, run.Result.Architecture);
        Dictionary<Kind, string> recipes = SettingNames.Of(
            kinds, kind => kind.Recipe ?? (string)kind.Settings["regularizers"]!, kind => kind.Settings["training"]);
        Dictionary<Kind, string> starts = SettingNames.Of(
            kinds, kind => (string)kind.Settings["start"]!, kind => kind.Settings["randomLabels"]);

        // Two protocols that come to the same settings make two cells of one condition and seed: the same run twice, of which one counts.
        return kinds
            .GroupBy(kind => (Start: StartOf(kind, starts[kind]), Recipe: RecipeOf(kind, recipes[kind])))
            .Select(group => new Condition(
                problem, group.Key.Start, group.Key.Recipe,
                group.SelectMany(kind => kind.Cells)
                    .DistinctBy(cell => cell.Run.Result.Seed).ToImmutableSortedDictionary(cell => cell.Run.Result.Seed, cell => cell)));
    }

    /// <summary>What conditions are compared within.</summary>
    private static JsonObject ProblemOf(Kind kind)
    {
        JsonObject problem = new(OfProblems.Select(name => KeyValuePair.Create(name, kind.Settings[name]?.DeepClone())));
        JsonObject? data = Without(kind.Settings["data"], OfRecipes);
        if (data is not null && kind.Cells[0].Cell.Content is { } content)
        {
            // Also of a cell that was made when folders were told by their paths.
            data.Remove("name");
            data["content"] = content.Short;
        }

        problem.Insert(0, "data", data);
        return problem;
    }

    private static string NameOf(Kind kind)
    {
        string drawn = TrainingImages.AreDrawnBySeed(kind.Settings["data"]) ? " drawn by seed" : "";
        FinishedRun run = kind.Cells[0].Run;
        return $"{run.DataName}, {run.TrainImages:N0} images{drawn}, {run.Result.Architecture}";
    }

    private static StartSettings StartOf(Kind kind, string name)
    {
        JsonNode? phase = kind.Settings["randomLabels"];
        return new(Canonical(phase), name, (int?)phase?["replicas"] ?? 0, (double?)phase?["zeroOutRatio"] ?? 0)
        {
            KeyWithoutReplicas = Canonical(Without(phase, "replicas")),
            KeyWithoutZeroOut = Canonical(Without(phase, "zeroOutRatio")),
        };
    }

    private static RecipeSettings RecipeOf(Kind kind, string name)
    {
        JsonNode phase = kind.Settings["training"]!;
        var regularizers = RegularizerNames.Parse((string)kind.Settings["regularizers"]!);
        return new($"{regularizers} {Canonical(phase)}", name, regularizers, (double)phase["learningRate"]!, (double)phase["momentum"]!)
        {
            KeyWithoutRate = Canonical(Without(phase, "learningRate", "momentum", "nesterov")),
            IsSgd = IsOff(phase["adam"]),
            IsVanilla = regularizers == Regularizers.None && Array.TrueForAll(OfMoreThanVanilla, name => IsOff(phase[name])),
        };

        static bool IsOff(JsonNode? setting) => setting switch
        {
            null => true,
            JsonArray list => list.Count == 0,
            JsonObject several => several.All(s => IsOff(s.Value)),
            _ => setting.GetValueKind() is JsonValueKind.False || (setting.GetValueKind() is JsonValueKind.Number && (double)setting == 0),
        };
    }

    private static JsonObject? Without(JsonNode? phase, params IReadOnlyList<string> names)
        => phase is JsonObject settings
            ? new JsonObject(settings.Where(s => !names.Contains(s.Key)).Select(s => KeyValuePair.Create(s.Key, s.Value?.DeepClone())))
            : null;

    private static string Canonical(JsonNode? node) => node is null ? "" : JsonOutput.Sorted(node)!.ToJsonString();

    /// <summary>Cells that differ in their seed alone.</summary>
    private sealed class Kind(FinishedCell[] cells)
    {
        public FinishedCell[] Cells => cells;

        public JsonObject Settings => cells[0].Run.Shared.Settings;

        public string? Recipe => cells[0].Cell.Recipe;
    }
}

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
        IGrouping<string, FinishedCell>[] problems = [.. results.Cells.GroupBy(cell => Canonical(ProblemOf(cell)))];
        Dictionary<IGrouping<string, FinishedCell>, string> names = SettingNames.Of(
            problems, problem => NameOf(problem.First()), problem => ProblemOf(problem.First()));
        return [.. problems.SelectMany(problem => OfProblem(problem.Key, names[problem], [.. problem]))];
    }

    private static IEnumerable<Condition> OfProblem(string key, string name, FinishedCell[] cells)
    {
        FinishedRun run = cells[0].Run;
        Problem problem = new(key, name, run.DataName, run.TrainImages, run.Result.Architecture);
        Dictionary<FinishedCell, string> recipes = SettingNames.Of(
            cells, cell => cell.Cell.Recipe ?? (string)cell.Run.Settings["regularizers"]!, cell => cell.Run.Settings["training"]);
        Dictionary<FinishedCell, string> starts = SettingNames.Of(
            cells, cell => (string)cell.Run.Settings["start"]!, cell => cell.Run.Settings["randomLabels"]);

        // Two protocols that come to the same settings make two cells of one condition and seed: the same run twice, of which one counts.
        return cells
            .GroupBy(cell => (Start: StartOf(cell, starts[cell]), Recipe: RecipeOf(cell, recipes[cell])))
            .Select(group => new Condition(
                problem, group.Key.Start, group.Key.Recipe,
                group.DistinctBy(cell => cell.Run.Result.Seed).ToImmutableSortedDictionary(cell => cell.Run.Result.Seed, cell => cell)));
    }

    /// <summary>What conditions are compared within.</summary>
    private static JsonObject ProblemOf(FinishedCell cell)
    {
        JsonObject problem = new(OfProblems.Select(name => KeyValuePair.Create(name, cell.Run.Settings[name]?.DeepClone())));
        JsonObject? data = Without(cell.Run.Settings["data"], OfRecipes);
        if (data is not null && cell.Cell.Content is { } content)
        {
            // Also of a cell that was made when folders were told by their paths.
            data.Remove("name");
            data["content"] = content.Short;
        }

        problem.Insert(0, "data", data);
        return problem;
    }

    private static string NameOf(FinishedCell cell)
    {
        string drawn = TrainingImages.AreDrawnBySeed(cell.Run.Settings["data"]) ? " drawn by seed" : "";
        return $"{cell.Run.DataName}, {cell.Run.TrainImages:N0} images{drawn}, {cell.Run.Result.Architecture}";
    }

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
}

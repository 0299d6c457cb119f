using System.CommandLine;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary><c>badminima check</c></summary>
internal static class CheckCommand
{
    private const int SomeFailed = 1;

    public static Command Create(IReadOnlyList<DataSet> sets)
    {
        Auditing defaults = new();
        Argument<string> file = new("FILE") { Description = "A sweep file; its seeds and starts are the check's business" };
        Option<string[]> failOn = new("--fail-on")
        {
            Description = "\"gap > POINTS\" (what a bad start costs, in points of test accuracy) or \"accuracy < PERCENT\" (the mean over "
                + "seeds); may be given several times",
            HelpName = "CONDITION",
            DefaultValueFactory = _ => [RecipeCondition.Default]
        };
        CertaintyOptions certainty = new(
            (defaults.Budget, defaults.Seeds, defaults.Margin, defaults.Risk),
            "For each recipe and condition: nothing further is begun that would be over later than this",
            "Seeds, at most; at least 3",
            margin: null,
            "The risk that an answer is wrong");
        Option<string?> junit = new("--junit") { Description = "Write the results there, in JUnit's XML", HelpName = "FILE" };
        Option<string?> cells = new("--cells")
        {
            Description = "A folder that runs are kept in by what they depend on, so that an unchanged recipe trains nothing again. "
                + "Default: in the user's cache folder",
            HelpName = "FOLDER"
        };
        Command command = new("check",
            "Fails where a recipe depends on its start, or is not accurate enough: for continuous integration without tests of .NET.\n"
            + "Each recipe of a sweep file is trained from random and from bad starts (for \"accuracy\" from random ones), seed after "
            + "seed, until the answer is certain or the budget ends; what is not certain then fails, and says what would decide it.\n"
            + "Example: badminima check recipe.json --fail-on \"gap > 2\" --fail-on \"accuracy < 80\" --junit results.xml\n"
            + "Exit codes: 0 all hold, 1 one does not, 2 wrong input or a failure (one message says what), 130 interrupted: the same "
            + "command takes what is finished from the cells.")
        {
            file,
        };
        foreach (Option option in (Option[])[failOn, .. certainty.All, junit, cells])
        {
            command.Add(option);
        }

        command.SetBody(
            (parsed, cancellation) =>
            {
                RecipeCondition[] conditions = [.. parsed.GetValue(failOn)!.Select(RecipeCondition.Parse)];
                string path = parsed.GetValue(file)!;
                SweepPlan sweep = SweepFile.Read(path, File.ReadAllText(path), sets);
                (string Name, RunPlan Plan)[] recipes =
                [
                    .. RecipeCheck.RecipesOf(sweep).Select(plan => (
                        $"{plan.Data.Name} {plan.Options.Architecture} "
                            + (sweep.Cells.First(c => c.Plan == plan).RecipeName ?? plan.Request.Regularizers.ToName()),
                        plan)),
                ];
                if (recipes.Length == 0)
                {
                    throw new ArgumentException($"{path} has no recipe: give data and recipes.");
                }

                foreach ((_, RunPlan plan) in recipes)
                {
                    plan.Data.RequireThere();
                }

                string? results = parsed.GetValue(junit);
                if (results is not null && Path.GetFullPath(results) == Path.GetFullPath(path))
                {
                    throw new ArgumentException($"--junit is {results}, the sweep file; name another file.");
                }

                List<RecipeCheck.Case> cases = [];
                try
                {
                    foreach (RecipeCheck.Case found in RecipeCheck.Run(recipes, conditions, new()
                    {
                        Budget = certainty.Budget(parsed),
                        Seeds = certainty.Seeds(parsed),
                        Risk = certainty.Risk(parsed),
                        CellsFolder = parsed.GetValue(cells),
                        CancellationToken = cancellation,
                    }))
                    {
                        cases.Add(found);
                        Console.WriteLine($"{(found.Failure is null ? "holds" : "FAILS")}: {found.Recipe}, fails on {found.Condition}, "
                            + $"{found.Seconds:0.0} s{(found.Failure is null ? "" : $"\n    {found.Failure}")}");
                    }
                }
                catch (Exception e)
                {
                    // Or else the results of last time would be read.
                    cases.Add(new("badminima check", "an error", e.Message, 0));
                    throw;
                }
                finally
                {
                    if (results is not null)
                    {
                        AtomicFile.Write(results, RecipeCheck.ToJUnit(cases).Save);
                    }
                }

                return Task.FromResult(cases.Any(c => c.Failure is not null) ? SomeFailed : ConsoleProgram.Done);
            },
            interrupted: "Interrupted; the same command takes what is finished from the cells.",
            alsoExpected: e => e is TorchLoadException);
        return command;
    }
}

using System.CommandLine;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary><c>badminima audit</c></summary>
internal static class AuditCommand
{
    public static Command Create(IReadOnlyList<DataSet> sets)
    {
        Auditing defaults = new();
        RunArguments arguments = new("start", "from", "save-start", "draw", "seed");
        CertaintyOptions certainty = new(
            (defaults.Budget, defaults.Seeds, defaults.Margin, defaults.Risk),
            "Nothing further is begun that would be over later than this",
            "Seeds, at most; at least 3. Each trains from a random and from a bad start",
            "What a bad start may cost, in points of test accuracy",
            "The risk that the answer is wrong");
        Option<int?> parallel = new("--parallel")
        {
            Description = "Runs at a time. Default: one a core on the CPU, each on one thread; 1 on a GPU",
            HelpName = "N"
        };
        Option<bool> noChanges = new("--no-changes") { Description = "Seek no changes that help" };
        Option<string> output = new("--out")
        {
            Description = "The folder; it is made, and what an audit has written there before is replaced",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => "audit"
        };
        Option<bool> json = new("--json") { Description = "Print audit.json; progress goes to the standard error" };
        Command command = new("audit",
            "Does a recipe depend on a lucky start? Trains it from random starts and from starts that have fitted random labels, seed "
            + "after seed, until it is certain whether a bad start costs more than a margin, or the budget ends.\n"
            + "Says besides how far two honest runs differ, whether the score is one (on shuffled labels it must be chance), and, where "
            + "the recipe depends on its start, which single change helps most: a higher rate, momentum, crops and flips, "
            + "sharpness-aware minimization, shrink-perturb. The recipe is given as `run` takes it.\n"
            + "What comes out, in the folder: report.html, report.md, audit.json.\n"
            + "Exit codes: 0 done, 2 wrong input or a failure (one message says what), 130 interrupted.");
        arguments.AddTo(command);
        foreach (Option option in (Option[])[.. certainty.All, parallel, noChanges, output, json])
        {
            command.Add(option);
        }

        command.SetBody(
            (parsed, cancellation) =>
            {
                RunRequest request = arguments.Read(parsed) with { Start = RunRequest.AdversarialStart };
                var plan = RunPlan.Resolve(request, new DataFinder(sets));
                plan.Data.RequireThere();
                string folder = parsed.GetValue(output)!;
                if (File.Exists(folder)
                    || (File.Exists(Path.Combine(folder, "report.html")) && !File.Exists(Path.Combine(folder, "audit.json"))))
                {
                    throw new ArgumentException($"--out is {folder}, where something else lies; name another folder.");
                }

                Directory.CreateDirectory(folder);
                bool asJson = parsed.GetValue(json);
                TextWriter progress = asJson ? Console.Error : Console.Out;
                MLContext ml = new();
                (IDataView train, IDataView test) = plan.Data.Load(ml);
                Audit audit = ml.MulticlassClassification.AuditRecipe(
                    train, test, AuditedRecipe.Of(plan.Options, plan.Options.RandomLabels), new()
                    {
                        Budget = certainty.Budget(parsed),
                        Seeds = certainty.Seeds(parsed),
                        Margin = certainty.Margin(parsed),
                        Risk = certainty.Risk(parsed),
                        Parallel = parsed.GetValue(parallel),
                        SeeksChanges = !parsed.GetValue(noChanges),
                        Report = progress.WriteLine,
                        CancellationToken = cancellation,
                    });
                audit.Write(folder);
                if (asJson)
                {
                    Console.WriteLine(audit.ToJson());
                }
                else
                {
                    Console.WriteLine(string.Join(Environment.NewLine, audit.Sentences));
                    Console.WriteLine($"The page: {Path.Combine(folder, "report.html")}");
                }

                return Task.FromResult(ConsoleProgram.Done);
            },
            interrupted: "Interrupted; nothing was written.",
            alsoExpected: e => e is TorchLoadException);
        return command;
    }
}

using System.CommandLine;
using System.Text.Json;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary><c>badminima retrain</c></summary>
internal static class RetrainCommand
{
    // Of a run's request: which data, and where it is computed.
    private static readonly string[] OfRequest = ["data", "train", "test", "size", "data-seed", "device", "threads"];

    public static Command Create(IReadOnlyList<DataSet> sets)
    {
        Retraining defaults = new();
        Argument<string> previous = new("MODEL")
        {
            Description = "Yesterday's model: a file that a run or mlContext.Model.Save has written"
        };
        (Setting<RunRequest> Setting, Option<string?> Option)[] request =
            [.. RunRequest.Settings.Where(s => OfRequest.Contains(s.Name)).Select(s => (s, s.ToOption()))];
        (Setting<Phase> Setting, Option<string?> Option)[] recipe = [.. PhaseSettings.All.Select(s => (s, s.ToOption()))];
        CertaintyOptions certainty = new(
            (defaults.Budget, defaults.Seeds, defaults.Margin, defaults.Risk),
            "No further seed is begun that would be over later than this",
            "Seeds, at most; each trains by every way",
            "The gain, in points of accuracy, below which another way is not worth it",
            "The risk that the answer is wrong, all ways together");
        Option<string> output = new("--out")
        {
            Description = "Where the new model is written",
            HelpName = "FILE",
            DefaultValueFactory = _ => "retrained.zip"
        };
        Option<bool> json = new("--json") { Description = "Print the verdict as JSON; progress goes to the standard error" };
        Command command = new("retrain",
            "Yesterday's model and new data: shall it go on, or is it better to start over?\n"
            + "Trains by five ways (going on, from scratch, at a raised rate, shrink-perturb, the last layers anew), seed after seed "
            + "within a budget, compares them on the data's test part, which yesterday's model must not have been trained on, and writes "
            + "the model of the best way that is shown to be better than going on, or else of going on. Classes that the model does not "
            + "have are added by name. The recipe is the model's own; the options from --epochs on change it.\n"
            + "Exit codes: 0 done, 2 wrong input or a failure (one message says what), 130 interrupted.")
        {
            previous,
        };
        Option[] options =
        [
            .. request.Select(r => r.Option), .. certainty.All, output, json, .. recipe.Select(r => r.Option),
        ];
        foreach (Option option in options)
        {
            command.Add(option);
        }

        command.SetBody(
            (parsed, cancellation) =>
            {
                RunRequest asked = request.Aggregate(
                    new RunRequest(),
                    (r, s) => SettingOptions.TextOf(parsed, s.Option) is string text ? s.Setting.Apply(r, text) : r);
                RunData data = new DataFinder(sets).Find(
                    new(asked.Data, asked.Train, asked.Test, asked.Size, asked.DataSeed), augmentation: false);
                data.RequireThere();
                string file = parsed.GetValue(output)!;
                if (Path.Exists(file))
                {
                    throw new ArgumentException($"--out is {file}, which is there already; name another file, or move it away.");
                }

                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
                MLContext ml = new();
                using TwoPhaseTransformer model = ml.Model.LoadTwoPhase(parsed.GetValue(previous)!, out _);
                Recipe? own = model.History.Phases.LastOrDefault(p => p.Kind == PhaseKind.Training)?.Settings as Recipe;
                Phase changed = PhaseSettings.Apply(
                    own ?? new Recipe(),
                    recipe.Select(s => (s.Setting.Name, Text: SettingOptions.TextOf(parsed, s.Option)))
                        .Where(s => s.Text is not null).ToDictionary(s => s.Name, s => s.Text!));
                bool asJson = parsed.GetValue(json);
                TextWriter progress = asJson ? Console.Error : Console.Out;
                (IDataView train, IDataView test) = data.Load(ml);
                using Retrained retrained = ml.MulticlassClassification.Retrain(model, train, new()
                {
                    Training = own is null && changed.Equals(new Recipe()) ? null : (Recipe)changed,
                    HeldOut = test,
                    FeatureColumnName = data.FeatureColumnName,
                    Budget = certainty.Budget(parsed),
                    Seeds = certainty.Seeds(parsed),
                    Margin = certainty.Margin(parsed),
                    Risk = certainty.Risk(parsed),
                    Device = asked.Device,
                    Threads = asked.Threads,
                    Report = progress.WriteLine,
                    CancellationToken = cancellation,
                });
                AtomicFile.Write(file, stream => ml.Model.Save(retrained.Model, train.Schema, stream));
                Print(retrained, file, asJson);
                return Task.FromResult(ConsoleProgram.Done);
            },
            interrupted: "Interrupted; nothing was written.",
            alsoExpected: e => e is TorchLoadException);
        return command;
    }

    private static void Print(Retrained retrained, string file, bool json)
    {
        RetrainVerdict verdict = retrained.Verdict;
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(
                new
                {
                    verdict.Sentence,
                    verdict.Decision,
                    Choice = verdict.Choice.Name,
                    Model = file,
                    retrained.ClassesAdded,
                    retrained.ClassesLost,
                    verdict.Risk,
                    Gains = verdict.Gains.Select(g => new { Way = g.Way.Name, g.Mean, g.Interval }),
                    Runs = retrained.Runs.Select(
                        r => new { Way = r.Way.Name, r.Seed, r.Accuracy, r.Epochs, Seconds = r.Time.TotalSeconds }),
                },
                JsonOutput.Options));
            return;
        }

        ConsoleTable.Write(retrained.Table);
        Console.WriteLine(retrained.Table.Note);
        if (retrained.ClassesAdded.Count > 0)
        {
            Console.WriteLine($"Classes that were added: {string.Join(", ", retrained.ClassesAdded)}.");
        }

        if (retrained.ClassesLost.Count > 0)
        {
            Console.WriteLine($"Classes that the new data do not have, and the new model does not know: "
                + $"{string.Join(", ", retrained.ClassesLost)}.");
        }

        Console.WriteLine(verdict.Sentence);
        Console.WriteLine($"The model of {verdict.Choice.Name}: {file}");
    }
}

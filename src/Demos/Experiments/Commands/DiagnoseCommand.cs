using System.CommandLine;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary><c>badminima diagnose</c></summary>
internal static class DiagnoseCommand
{
    private const string ModelFile = "model.zip";

    // Of a run's request: which data.
    private static readonly string[] OfRequest = ["data", "train", "test", "size", "data-seed"];

    public static Command Create(IReadOnlyList<DataSet> sets)
    {
        Argument<string[]> models = new("MODEL")
        {
            Description = "Model files, or folders of runs, which have one",
            Arity = ArgumentArity.OneOrMore
        };
        (Setting<RunRequest> Setting, Option<string?> Option)[] request =
            [.. RunRequest.Settings.Where(s => OfRequest.Contains(s.Name)).Select(s => (s, s.ToOption()))];
        Option<string?> measures = new("--measures")
        {
            Description = "Which of `measures`, with commas between. Default: all",
            HelpName = "NAME,NAME"
        };
        Option<string?> start = new("--from")
        {
            Description = "Where their training began: a model file or a run's folder, for distances",
            HelpName = "MODEL"
        };
        Option<int> seed = new("--seed") { Description = "The seed of all that is drawn", HelpName = "SEED", DefaultValueFactory = _ => 1 };
        Option<string> output = new("--out")
        {
            Description = "The folder; it is made, and what a diagnosis has written there before is replaced",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => "diagnosis"
        };
        Option<bool> json = new("--json") { Description = "Print diagnosis.json; progress goes to the standard error" };
        Command command = new("diagnose",
            "What does a minimum look like, and which of several is the bad one? Measures models on the data that they were trained on: "
            + "norms, margins, sharpness, curvature, boundary, robustness. --data and what goes with it say which data, as `run` takes "
            + "it.\n"
            + "Example: badminima diagnose runs/good runs/bad --data fashion-mnist --train 2000\n"
            + "What comes out, in the folder: report.html, report.md, diagnosis.json.\n"
            + "Exit codes: 0 done, 2 wrong input or a failure (one message says what), 130 interrupted.")
        {
            models,
        };
        foreach (Option option in (Option[])[.. request.Select(r => r.Option), measures, start, seed, output, json])
        {
            command.Add(option);
        }

        command.SetBody(
            (parsed, cancellation) =>
            {
                string[] names = parsed.GetValue(models)!;
                if (names.Distinct().Count() != names.Length)
                {
                    throw new ArgumentException($"{string.Join(", ", names)}: a model is given twice; give each once.");
                }

                RunRequest asked = request.Aggregate(
                    new RunRequest(),
                    (r, s) => SettingOptions.TextOf(parsed, s.Option) is string text ? s.Setting.Apply(r, text) : r);
                RunData data = new DataFinder(sets).Find(
                    new(asked.Data, asked.Train, asked.Test, asked.Size, asked.DataSeed), augmentation: false);
                data.RequireThere();
                string folder = parsed.GetValue(output)!;
                if (File.Exists(folder)
                    || (File.Exists(Path.Combine(folder, "report.html")) && !File.Exists(Path.Combine(folder, "diagnosis.json"))))
                {
                    throw new ArgumentException($"--out is {folder}, where something else lies; name another folder.");
                }

                TextWriter progress = parsed.GetValue(json) ? Console.Error : Console.Out;
                MLContext ml = new();
                (IDataView train, IDataView test) = data.Load(ml);
                using TwoPhaseTransformer? from = parsed.GetValue(start) is { } file ? Load(ml, file) : null;
                List<(string, Diagnosis)> all = [];
                using Loaded loaded = new();
                foreach (string name in names)
                {
                    loaded.Models.Add((name, Load(ml, name)));
                }

                foreach ((string name, TwoPhaseTransformer model) in loaded.Models)
                {
                    all.Add((name, ml.Model.Diagnose(model, train, new()
                    {
                        Measures = parsed.GetValue(measures)?.Split(','),
                        Test = test,
                        Start = from,
                        Seed = parsed.GetValue(seed),
                        Report = o => progress.WriteLine(
                            $"{name}, {o.Measure.Name}: {(o.Value is { } value ? $"{value:G4}" : $"not applicable, {o.NotApplicable}")}, "
                                + $"{o.Time.TotalSeconds:0.0} s"),
                        CancellationToken = cancellation,
                    })));
                }

                ModelDiagnoses diagnoses = new(all, [.. Pairs(ml, loaded.Models, train, test, cancellation)]);
                diagnoses.Write(folder);
                if (parsed.GetValue(json))
                {
                    Console.WriteLine(diagnoses.ToJson());
                }
                else
                {
                    ConsoleTable.Write(diagnoses.Table);
                    Console.WriteLine(string.Join(Environment.NewLine, diagnoses.Sentences));
                    Console.WriteLine($"The page: {Path.Combine(folder, "report.html")}");
                }

                return Task.FromResult(ConsoleProgram.Done);
            },
            interrupted: "Interrupted; nothing was written.",
            alsoExpected: e => e is TorchLoadException);
        return command;
    }

    /// <summary>Each two of them.</summary>
    private static IEnumerable<ModelPair> Pairs(
        MLContext ml, List<(string Name, TwoPhaseTransformer Model)> models, IDataView train, IDataView test,
        CancellationToken cancellation)
    {
        foreach ((int i, (string first, TwoPhaseTransformer one)) in models.Index())
        {
            foreach ((string second, TwoPhaseTransformer other) in models.Skip(i + 1))
            {
                (Connectivity? line, string? why, double? apart) = (null, null, null);
                try
                {
                    line = ml.Model.Connect(one, other, train, cancellation);
                }
                catch (ArgumentException e)
                {
                    why = e.Message;
                }

                try
                {
                    apart = Disagreement.Between(one, other, test);
                }
                catch (ArgumentException)
                {
                    // Models of other classes do not disagree on them; the table leaves it out.
                }

                yield return new(first, second, line, why, apart);
            }
        }
    }

    private static TwoPhaseTransformer Load(MLContext ml, string name)
    {
        string file = Directory.Exists(name) ? Path.Combine(name, ModelFile) : name;
        return File.Exists(file)
            ? ml.Model.LoadTwoPhase(file, out _)
            : throw new FileNotFoundException(Directory.Exists(name)
                ? $"{name} has no {ModelFile}: it is no folder of a finished run." : $"There is no model file or run '{name}'.", file);
    }

    /// <summary>Models that are disposed together.</summary>
    private sealed class Loaded : IDisposable
    {
        public List<(string Name, TwoPhaseTransformer Model)> Models { get; } = [];

        public void Dispose() => Models.ForEach(m => m.Model.Dispose());
    }
}

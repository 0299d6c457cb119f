using System.CommandLine;
using System.Text.Json.Nodes;
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
            Description = "Model files, or folders of runs, which have one; or a sweep's folder, for all its finished cells",
            Arity = ArgumentArity.OneOrMore
        };
        (Setting<RunRequest> Setting, Option<string?> Option)[] request =
            [.. RunRequest.Settings.Where(s => OfRequest.Contains(s.Name)).Select(s => (s, s.ToOption()))];
        Option<int?> drawSeed = new("--draw-seed")
        {
            Description = "The training images are those that a run with --draw by-seed and this seed has drawn. Default: the first",
            HelpName = "SEED"
        };
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
        Option<int?> examples = new("--examples")
        {
            Description = "How many training and test examples measures look at, at most, drawn by seed; for large networks. Lines, paths "
                + "and the plane look at all. Default: all",
            HelpName = "N"
        };
        Option<int> seed = new("--seed") { Description = "The seed of all that is drawn", HelpName = "SEED", DefaultValueFactory = _ => 1 };
        Option<string> output = new("--out")
        {
            Description = "The folder; it is made, and what a diagnosis has written there before is replaced",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => "diagnosis"
        };
        Option<bool> plane = new("--plane")
        {
            Description = "Draw the training loss on the plane through the three models (or the two and --from's), with the paths of runs "
                + "that were made with --record-path; of one model, along two random directions around it"
        };
        Option<int> draws = new("--draws")
        {
            Description = "Along recorded paths, how many points around each the gradient is taken at besides, over all data",
            HelpName = "N",
            DefaultValueFactory = _ => 0
        };
        Option<bool> json = new("--json") { Description = "Print diagnosis.json; progress goes to the standard error" };
        Command command = new("diagnose",
            "What does a minimum look like, and which of several is the bad one? Measures models on the data that they were trained on: "
            + "norms, margins, sharpness, curvature, boundary, robustness. --data and what goes with it say which data, as `run` takes "
            + "it.\n"
            + "Example: badminima diagnose runs/good runs/bad --data fashion-mnist --train 2000\n"
            + "What comes out, in the folder: report.html, report.md, diagnosis.json, and in measured/ what each measure said: the same "
            + "command goes on where it was interrupted.\n"
            + "Of a run that was made with --record-path the page also says what happens along the way: what it still knows of the random "
            + "labels, which images it learns last, and one-point convexity towards its own end and towards the other models.\n"
            + "Of a sweep's folder each finished cell is measured on its own data and has its page in its folder, and `report` then says "
            + "which measures go with test error.\n"
            + "Exit codes: 0 done, 2 wrong input or a failure (one message says what), 130 interrupted.")
        {
            models,
        };
        foreach (Option option in (Option[])
            [.. request.Select(r => r.Option), drawSeed, measures, examples, start, plane, draws, seed, output, json])
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

                TextWriter progress = parsed.GetValue(json) ? Console.Error : Console.Out;
                string[]? of = parsed.GetValue(measures)?.Split(',');
                if (names.Any(SweepDiagnosis.Takes))
                {
                    return Task.FromResult(OfSweep(names, of));
                }

                RunRequest asked = request.Aggregate(
                    new RunRequest(),
                    (r, s) => SettingOptions.TextOf(parsed, s.Option) is string text ? s.Setting.Apply(r, text) : r);
                RunData data = new DataFinder(sets).Find(
                    new(asked.Data, asked.Train, asked.Test, asked.Size, asked.DataSeed, parsed.GetValue(drawSeed)), augmentation: false);
                RequireSameDraw(names, parsed.GetValue(drawSeed));
                data.RequireThere();
                string folder = parsed.GetValue(output)!;
                if (File.Exists(folder)
                    || (File.Exists(Path.Combine(folder, "report.html")) && !File.Exists(Path.Combine(folder, "diagnosis.json"))))
                {
                    throw new ArgumentException($"--out is {folder}, where something else lies; name another folder.");
                }

                MLContext ml = new();
                (IDataView train, IDataView test) = data.Load(ml);
                using TwoPhaseTransformer? from = parsed.GetValue(start) is { } file ? Load(ml, file) : null;
                List<(string, Diagnosis)> all = [];
                using Loaded loaded = new();
                foreach (string name in names)
                {
                    loaded.Models.Add((name, Load(ml, name)));
                }

                List<(string Name, TwoPhaseTransformer Model)> corners = [.. loaded.Models];
                if (parsed.GetValue(start) is { } first && from is not null)
                {
                    corners.Insert(0, (first, from));
                }

                if (parsed.GetValue(draws) < 0)
                {
                    throw new ArgumentException($"--draws is {parsed.GetValue(draws)}; allowed is at least 0.");
                }

                if (parsed.GetValue(plane) && corners.Count is not (1 or 3))
                {
                    throw new ArgumentException(
                        $"--plane goes through three models or around one; {corners.Count} are given"
                            + $"{(from is null ? "" : ", with --from's")}.");
                }

                foreach ((string name, TwoPhaseTransformer model) in loaded.Models)
                {
                    KeptOutcomes kept = new(
                        Path.Combine(folder, "measured"), FileOf(name), parsed.GetValue(start) is { } began ? FileOf(began) : null, data,
                        parsed.GetValue(drawSeed), parsed.GetValue(examples), parsed.GetValue(seed));
                    all.Add((name, ml.Model.Diagnose(model, train, new()
                    {
                        Measures = of,
                        Test = test,
                        Start = from,
                        Examples = parsed.GetValue(examples),
                        Seed = parsed.GetValue(seed),
                        Known = kept.Known(DiagnosticMeasures.Get(of)),
                        Report = o =>
                        {
                            kept.Keep(o);
                            string said = o.Value is { } value ? $"{value:G4}" : $"not applicable, {o.NotApplicable}";
                            progress.WriteLine($"{name}, {o.Measure.Name}: {said}, {o.Time.TotalSeconds:0.0} s");
                        },
                        CancellationToken = cancellation,
                    })));
                }

                ModelDiagnoses diagnoses = new(all, [.. Pairs(ml, loaded.Models, train, test, cancellation)])
                {
                    Seed = parsed.GetValue(seed),
                    Examples = parsed.GetValue(examples),
                    Paths = [.. Paths(ml, loaded.Models, train, parsed.GetValue(draws), parsed.GetValue(seed), progress, cancellation)],
                    Plane = parsed.GetValue(plane) ? PlaneOf(ml, corners, train, parsed.GetValue(seed), progress, cancellation) : null,
                };
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

                int OfSweep(string[] folders, string[]? of)
                {
                    Option[] others =
                    [
                        .. command.Options.Except([measures, examples, seed]).Where(o => parsed.GetResult(o) is { Implicit: false }),
                    ];
                    if (folders.Length > 1 || others.Length > 0)
                    {
                        throw new ArgumentException(
                            $"{folders.First(SweepDiagnosis.Takes)} is a sweep's folder: its cells say their data, and each is measured by "
                                + $"itself. Leave out {(folders.Length > 1 ? "the other models" : others[0].Name)}.");
                    }

                    (int done, int left) = SweepDiagnosis.Complete(
                        folders[0], sets, of, parsed.GetValue(examples), parsed.GetValue(seed), Console.WriteLine, cancellation);
                    Console.WriteLine($"{done} cells are diagnosed{(left > 0 ? $", {left} are not finished or have diverged" : "")}. Next: "
                        + $"badminima report {folders[0]}");
                    return ConsoleProgram.Done;
                }
            },
            interrupted: "Interrupted; the same command goes on.",
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

    /// <summary>The paths of those that have one beside them.</summary>
    private static IEnumerable<ModelPath> Paths(
        MLContext ml, List<(string Name, TwoPhaseTransformer Model)> models, IDataView train, int draws, int seed, TextWriter progress,
        CancellationToken cancellation)
    {
        foreach ((string name, TwoPhaseTransformer model) in models)
        {
            // With the others, where there is a way to all of them; else by itself. What cannot be looked along loses nothing else.
            (string Name, TwoPhaseTransformer Model)[] others = [.. models.Where(m => m.Model != model)];
            ModelPath? found = null;
            foreach ((string Name, TwoPhaseTransformer Model)[] towards in others.Length == 0 ? [others] : new[] { others, [] })
            {
                try
                {
                    if (found is null && PathOf(name) is { } path)
                    {
                        PathDiagnosis along = ml.Model.DiagnosePath(
                            model, path, train, [.. towards.Select(o => o.Model)], draws: draws, seed: seed, cancellation: cancellation);
                        found = new(name, along, [.. towards.Select(o => o.Name)]);
                    }
                }
                catch (Exception e) when (e is ArgumentException or InvalidDataException or IOException)
                {
                    progress.WriteLine($"{name}, its path{(towards.Length > 0 ? " towards the others" : "")}: {e.Message}");
                }
            }

            if (found is not null)
            {
                yield return found;
            }
        }
    }

    /// <summary>Refuses runs whose training images were drawn by another seed than is asked for: they would be others.</summary>
    private static void RequireSameDraw(IEnumerable<string> names, int? drawSeed)
    {
        foreach (string name in names.Where(RunFolder.IsBegunIn))
        {
            JsonNode settings = RunFolder.ReadConfig(name)["settings"]!;
            int? drawn = TrainingImages.AreDrawnBySeed(settings["data"]) ? (int)settings["seed"]! : null;
            if (drawn != drawSeed)
            {
                throw new ArgumentException(drawn is null
                    ? $"--draw-seed is {drawSeed}, but {name} was trained on the first images. Leave it out."
                    : $"{name} was trained on images that its seed had drawn: give --draw-seed {drawn}.");
            }
        }
    }

    private static ModelPlane PlaneOf(
        MLContext ml, List<(string Name, TwoPhaseTransformer Model)> corners, IDataView train, int seed, TextWriter progress,
        CancellationToken cancellation)
    {
        using LossSurface surface = ml.Model.LossSurface(corners[0].Model, train);
        using LossPlane plane = corners is [_, var second, var third]
            ? ml.Model.Plane(corners[0].Model, second.Model, third.Model, train) : Around();
        List<(string Name, IReadOnlyList<PlanePlace> Points)> paths = [];
        foreach ((string name, _) in corners)
        {
            if (PathOf(name) is { } path)
            {
                List<PlanePlace> places = [];
                foreach (WeightsPathPoint point in path.Points.Where(p => p.Phase == PhaseKind.Training))
                {
                    using WeightsCopy here = path.Read(point);
                    places.Add(plane.Project(here));
                }

                paths.Add((name, places));
            }
        }

        int said = 0;
        LossGrid grid = plane.Measure(
            surface, also: [.. paths.SelectMany(p => p.Points)],
            progress: share =>
            {
                if ((int)(10 * share) > said)
                {
                    progress.WriteLine($"the plane: {100 * share:0} %");
                    said = (int)(10 * share);
                }
            },
            cancellation: cancellation);
        return new(grid, [.. corners.Select((c, i) => (c.Name, plane.Places[i]))], paths);

        LossPlane Around()
        {
            using WeightsCopy center = surface.Weights.Copy();
            return LossPlane.Around(surface, center, seed: seed);
        }
    }

    private static WeightsPath? PathOf(string name)
        => RunFolder.PathOf(name) is var folder && Directory.Exists(folder) ? WeightsPath.Open(folder) : null;

    private static string FileOf(string name) => Directory.Exists(name) ? Path.Combine(name, ModelFile) : name;

    private static TwoPhaseTransformer Load(MLContext ml, string name)
    {
        string file = FileOf(name);
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

using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary><c>badminima escape</c></summary>
internal static class EscapeCommand
{
    private const int SomeFailed = 1;
    private const string All = "all";

    // Of what `run` has, what a league's runs share; its other settings are the mechanisms'.
    private static readonly string[] OfRequest =
        ["data", "train", "draw", "test", "size", "data-seed", "architecture", "initialization", "precision", "normalization", "device"];

    private static readonly string[] OfData = ["data", "train", "draw", "test", "size", "data-seed", "architecture"];

    private static readonly string Help = $"""
        The league of escapes: which training recipe gets out of a bad start?
        A network that has first fitted random labels and is then trained on the true ones by plain SGD fits them, and generalizes badly.
        From such starts every mechanism (momentum, l2, augmentation, SAM, ...) trains for the same number of passes over the data, and
        is ranked by its escape score: 0 is where plain SGD ends from that start, 1 where it ends from a random one. Beside the score
        stand its interval over the seeds, what the mechanism costs, what it does from a random start, and whether it beats plain SGD at
        the best learning rate and at the mechanism's own effective rate: a larger rate alone gets out, too.
        Each mechanism has 1 to {Entrant.MostCandidates} settings, plain SGD {Entrants.Plain.Candidates.Length} rates; the tuning seeds
        choose which is ranked. The phase that fits random labels takes the options of `run` that begin with --random-label-, and all
        runs take its --device, --precision, --normalization and --initialization; none of these is listed below.

        What it costs: for each seed the start that fits random labels; from it and from a random start a run of each mechanism; and from
        it a run of plain SGD at each mechanism's effective rate, where no other run is the same. Before that, for each tuning seed, such
        a start, and from it a run of each setting. On 5,000 images of Fashion-MNIST, and on two cores that had other work too, that took
        two hours for 24 mechanisms; --dry-run measures it for your images and your machine, --mechanisms takes fewer.

        What comes out, in the folder: report.html (a page with the ranking as a picture, tables and learning curves), report.md,
        league.csv, results.json, tables/, charts/, and in tuning/ and ranking/ every run. Ctrl-C ends it, and the same command
        continues; more seeds and more mechanisms add to what is there.

        Examples:
          badminima escape --data MY-IMAGES
              your own images: one folder a class, or such folders below train and test
          badminima escape --data fashion-mnist --train 5000 --mechanisms momentum,augmentation,sam --seeds 1-3
        Exit codes: 0 done, 1 done but some runs failed, 2 wrong input or a failure (a message says what), 130 interrupted: the same
        command continues.
        """;

    public static Command Create(IReadOnlyList<DataSet> sets, IReadOnlyList<string> program)
    {
        League defaults = new();
        (Setting<RunRequest> Setting, Option<string?> Option)[] request =
            [.. RunRequest.Settings.Where(s => OfRequest.Contains(s.Name)).Select(s => (s, s.ToOption(hidden: !OfData.Contains(s.Name))))];
        (string Name, Option<string?> Option)[] labels =
        [
            .. PhaseSettings.OfRandomLabels.Select(s => (s.Name, s.ToOption())),
            .. PhaseSettings.All.Select(s => (s.Name, s.ToOption(PhaseSettings.RandomLabelPrefix, hidden: true))),
        ];
        request.Single(r => r.Setting.Name == "draw").Option.Description
            = "Which training images are taken where --train limits a set in files: drawn by each seed, or the first. Default: by-seed";
        Option<string> seeds = Seeds("--seeds", "The seeds that rank, at least two", defaults.Seeds);
        Option<string> tuningSeeds = Seeds(
            "--tuning-seeds", "The seeds that settings are chosen on, none of them in --seeds", defaults.TuningSeeds);
        Option<int> epochs = new("--epochs")
        {
            Description = "Passes over the training set, for all mechanisms alike",
            HelpName = "N",
            DefaultValueFactory = _ => defaults.Epochs
        };
        Option<double> rate = new("--learning-rate")
        {
            Description = "The base rate: that of the plain SGD whose end is the score 0, and of which the mechanisms are changes",
            HelpName = "RATE",
            DefaultValueFactory = _ => defaults.LearningRate
        };
        Option<string> mechanisms = new("--mechanisms")
        {
            Description = "Which take part, joined by commas; --list names them. all: those that the data and the network can have",
            HelpName = "all|NAME,NAME",
            DefaultValueFactory = _ => All
        };
        mechanisms.CompletionSources.Add([All, .. Entrants.All.Select(e => e.Name)]);
        Option<string?> output = new("--out")
        {
            Description = "The league's folder; it is made. Default: leagues/ and the names of data and network",
            HelpName = "FOLDER"
        };
        WorkerOptions workers = new("Runs");
        Option<bool> list = new("--list") { Description = "List the mechanisms with their settings, and train nothing" };
        Option<bool> dryRun = new("--dry-run")
        {
            Description = "Check everything, list the runs with an estimate of the time, and train nothing"
        };
        Option<bool> json = new("--json")
        {
            Description = "Print results.json, with --list the mechanisms, as JSON; progress goes to the standard error"
        };
        Command command = new("escape", Help);
        Option[] options =
        [
            .. request.Select(r => r.Option), seeds, tuningSeeds, epochs, rate, mechanisms, .. labels.Select(l => l.Option), output,
            .. workers.All, list, dryRun, json,
        ];
        foreach (Option option in options)
        {
            command.Add(option);
        }

        command.SetBody(
            (parsed, cancellation) =>
            {
                League league = Read(parsed);
                if (parsed.GetValue(dryRun) && (parsed.GetValue(list) || parsed.GetValue(json)))
                {
                    throw new ArgumentException("--dry-run is given with --list or --json; allowed is --dry-run without them: it prints "
                        + "the two sweeps' tables.");
                }

                if (parsed.GetValue(list))
                {
                    List(league, parsed.GetValue(json));
                    return Task.FromResult(ConsoleProgram.Done);
                }

                LeagueSession session = LeagueSession.Open(
                    league, parsed.GetValue(output), sets, program, workers.Read(parsed, parsed.GetValue(json) ? Console.Error : null));
                if (parsed.GetValue(dryRun))
                {
                    session.Estimate(cancellation);
                    return Task.FromResult(ConsoleProgram.Done);
                }

                int failed = session.Run(cancellation);
                Report(new(LeagueResults.Read(session.Folder.Name), cancellation), parsed.GetValue(json));
                return Task.FromResult(failed > 0 ? SomeFailed : ConsoleProgram.Done);
            },
            interrupted: "Interrupted; continue with the same command.",
            alsoExpected: e => e is TorchLoadException);
        return command;

        League Read(ParseResult parsed)
        {
            RunRequest shared = new();
            JsonObject settings = [];
            foreach ((Setting<RunRequest> setting, Option<string?> option) in request)
            {
                if (SettingOptions.TextOf(parsed, option) is string text)
                {
                    shared = setting.Apply(shared, text);
                    if (!OfData.Contains(setting.Name))
                    {
                        settings[setting.Property] = text;
                    }
                }
            }

            bool IsGiven(string name) => request.Any(r => r.Setting.Name == name && SettingOptions.TextOf(parsed, r.Option) is not null);
            string[] names = [.. parsed.GetValue(mechanisms)!.Split(',').Select(name => name.Trim())];
            if (names.Length > 1 && names.Contains(All))
            {
                throw new ArgumentException(
                    $"--mechanisms is {string.Join(',', names)}; allowed is {All} by itself, or names joined by commas.");
            }

            return new()
            {
                Data = new(shared.Data)
                {
                    Train = shared.Train,
                    Test = shared.Test,
                    Size = shared.Size,
                    Draw = IsGiven("draw") ? shared.Draw : null,
                    Seed = IsGiven("data-seed") ? shared.DataSeed : null
                },
                Architecture = shared.Architecture,
                Seeds = SeedList.Parse(seeds.Name, parsed.GetValue(seeds)!),
                TuningSeeds = SeedList.Parse(tuningSeeds.Name, parsed.GetValue(tuningSeeds)!),
                Epochs = parsed.GetValue(epochs),
                LearningRate = parsed.GetValue(rate),
                Mechanisms = names is [All] ? [] : names,
                RandomLabels = RandomLabels(parsed, labels),
                Settings = settings,
            };
        }
    }

    private static void List(League league, bool json)
    {
        IEnumerable<Entrant> entrants = league.Asked.Prepend(Entrants.Plain);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(entrants, JsonOutput.Options));
            return;
        }

        foreach (Entrant entrant in entrants)
        {
            Console.WriteLine($"{entrant.Name}: {entrant.Description} ({entrant.Source})");
            foreach (string candidate in entrant.Candidates)
            {
                Console.WriteLine($"    {candidate}");
            }
        }

        Console.WriteLine("Below each stand the settings to choose from, as `badminima run` has them. learning-rate=x3: three times the "
            + "base rate; 33%: that share of the epochs. What is not named is plain SGD's: the base rate, a tenth of it in the last fifth "
            + "of the epochs, batches of 128.");
    }

    /// <summary>Writes a league's report, and prints the ranking.</summary>
    public static void Report(LeagueReport report, bool json)
    {
        report.Write();
        if (json)
        {
            Console.WriteLine(report.ToJson());
            return;
        }

        ConsoleTable.Write(report.Ranking);
        Console.WriteLine("Random: the same recipe from a random start, ▼ where it harms. Best, own: against plain SGD at its best rate, "
            + "and at the mechanism's effective rate; open does not mean equal, and intervals are not corrected for the number of "
            + "mechanisms.");
        foreach (string sentence in report.Sentences)
        {
            Console.WriteLine(sentence);
        }

        Console.WriteLine($"{Path.Combine(report.Results.Path, "report.html")}, report.md, league.csv, results.json, tables/, charts/");
    }

    private static Option<string> Seeds(string name, string description, IReadOnlyList<int> defaults) => new(name)
    {
        Description = $"{description}: such as 1-5 or 1,2,7",
        HelpName = "SEEDS",
        DefaultValueFactory = _ => $"{defaults[0]}-{defaults[^1]}"
    };

    /// <summary>The settings that were given, each checked, as a sweep file has them.</summary>
    private static JsonObject RandomLabels(ParseResult parsed, IEnumerable<(string Name, Option<string?> Option)> options)
    {
        Dictionary<string, string> typed = options.Select(o => (o.Name, Text: SettingOptions.TextOf(parsed, o.Option)))
            .Where(o => o.Text is not null).ToDictionary(o => o.Name, o => o.Text!);
        Setting<RandomLabelPhase>[] own = [.. PhaseSettings.OfRandomLabels.Where(s => typed.ContainsKey(s.Name))];
        RandomLabelPhase phase = own.Aggregate(
            (RandomLabelPhase)PhaseSettings.Apply(new RandomLabelPhase(), typed, PhaseSettings.RandomLabelPrefix),
            (phase, s) => s.Apply(phase, typed[s.Name]));
        return
        [
            .. own.Select(s => Written(s, s.TextOf(phase)!)),
            .. PhaseSettings.All.Where(s => typed.ContainsKey(s.Name)).Select(s => Written(s, s.TextOf(phase)!)),
        ];

        static KeyValuePair<string, JsonNode?> Written(ISetting setting, string text)
            => new(setting.Property, WrittenSettings.Json(setting, text));
    }
}

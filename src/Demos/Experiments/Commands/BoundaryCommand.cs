using System.CommandLine;
using System.Text.Json;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Spectre.Console;

namespace BadMinima.Experiments;

/// <summary><c>badminima boundary</c></summary>
internal static class BoundaryCommand
{
    private const string DefaultFolder = "artifacts/boundary";

    /// <param name="defaults">The settings that no option changes.</param>
    public static Command Create(BoundarySettings? defaults = null)
    {
        BoundarySettings settings = defaults ?? new();
        Option<string> output = new("--out")
        {
            Description = "Folder for figure.png, figure.svg and result.json; it is made, and files of these names are replaced",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => DefaultFolder
        };
        Option<int> seed = new("--seed")
        {
            Description = "The seed of points, random labels, initial weights and order",
            HelpName = "N",
            DefaultValueFactory = _ => settings.Seed
        };
        Option<string> seeds = new("--seeds")
        {
            Description = "Several figures in place of one, in folders seed<N> of the output's, and a table of all: such as 1-5 or 1,2,7",
            HelpName = "LIST"
        };
        Option<int> points = new("--points")
        {
            Description = "Points of each class",
            HelpName = "N",
            DefaultValueFactory = _ => settings.PointsPerClass
        };
        Option<int> threads = new("--threads")
        {
            Description = "1: one network after the other; 2: two at a time, (a) beside (b) and (d) beside (c). The numbers are the same",
            HelpName = "N",
            DefaultValueFactory = _ => Math.Min(2, Environment.ProcessorCount)
        };
        Option<bool> paper = new("--paper")
        {
            Description = "Fit the random labels as the authors do, in batches of 10 in place of 50: about a minute in place of half a one"
        };
        Option<bool> json = new("--json")
        {
            Description = "Print result.json, of several seeds an array of them; progress goes to the standard error"
        };
        Command command = new("boundary",
            "The paper's 2-D figure: the decision boundary from a random start, after random labels, and from there.\n"
            + "What a network of two hidden layers of 100 makes of two separable clouds of points, (a) from a random start, vanilla; (b) "
            + "after fitting random labels, a coin flip a point; (c) vanilla from there; (d) regularized from there. The settings are "
            + "those of the protocol paper2d, but that the random labels are\n"
            + "fitted in batches of 50 in place of 10, with the same rate on the summed loss: a fifth of the steps; "
            + "--paper takes batches of 10.\n"
            + "Jaggedness is the length of the line p = 0.5 within the frame over that of the straight separator x = 0.2 (the frame's "
            + "height, 2). Islands are the connected regions of\n"
            + "the predicted classes, both together, beyond two: on a grid of 611 x 401 nodes (0.005 apart), where neighbors to the left, "
            + "right, above and below connect.\n"
            + "Exit codes: 0 done, 2 wrong input or a failure (one message says what), 130 interrupted.")
        {
            output, seed, seeds, points, threads, paper, json,
        };
        command.SetBody(
            (parsed, cancellation) =>
            {
                BoundarySettings chosen = settings with
                {
                    PointsPerClass = AtLeastOne(parsed, points),
                    RandomLabels = parsed.GetValue(paper) ? BoundarySettings.PaperRandomLabels : settings.RandomLabels
                };
                string folder = parsed.GetValue(output)!;
                (BoundarySettings Settings, string Folder)[] figures = [(chosen with { Seed = parsed.GetValue(seed) }, folder)];
                if (parsed.GetValue(seeds) is { } list)
                {
                    if (parsed.GetResult(seed) is { Implicit: false })
                    {
                        throw new ArgumentException("--seed and --seeds are given; allowed is one of the two.");
                    }

                    figures = [.. SeedList.Parse(seeds.Name, list)
                        .Select(s => (chosen with { Seed = s }, Path.Combine(folder, $"seed{s}")))];
                }

                Run(figures, AtLeastOne(parsed, threads), parsed.GetValue(json), several: parsed.GetValue(seeds) is not null, cancellation);
                return Task.FromResult(ConsoleProgram.Done);
            },
            interrupted: "Interrupted; of the figure at hand nothing was written.",
            alsoExpected: e => e is TorchLoadException);
        return command;
    }

    private static int AtLeastOne(ParseResult parsed, Option<int> option)
        => parsed.GetValue(option) is var value && value >= 1
            ? value
            : throw new ArgumentException($"{option.Name} is {value}; allowed is a whole number from 1 on.");

    private static void Run(
        (BoundarySettings Settings, string Folder)[] figures, int threads, bool json, bool several, CancellationToken cancellation)
    {
        IAnsiConsole console = json
            ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })
            : AnsiConsole.Console;
        List<BoundaryResult> results = [];
        using (ConsoleProgress progress = new(console))
        {
            if (!BoundaryFigure.HasLetters)
            {
                progress.WriteLine("warning: no font was found on this machine; the figure will have no letters.");
            }

            foreach ((BoundarySettings settings, string folder) in figures)
            {
                if (several)
                {
                    progress.WriteLine($"Seed {settings.Seed}");
                }

                results.Add(BoundaryFolder.Make(settings, folder, threads, Report, cancellation));
            }

            void Report(string panel, EpochMetrics epoch)
            {
                // Of two trainings at a time the line follows the longer one.
                if (threads == 1 || panel is BoundaryExperiment.RandomLabels or BoundaryExperiment.Vanilla)
                {
                    progress.Report(
                        panel, epoch.Epoch, epoch.Epochs, ("loss", $"{epoch.Loss:F3}"), ("train", $"{epoch.TrainingAccuracy:P1}"));
                }
            }
        }

        if (json)
        {
            Console.WriteLine(
                several ? JsonSerializer.Serialize(results, JsonOutput.Options) : JsonSerializer.Serialize(results[0], JsonOutput.Options));
        }
        else if (several)
        {
            ConsoleTable.Write(BoundaryTables.Of(results));
            Console.WriteLine($"{Path.GetDirectoryName(figures[0].Folder)}: a folder a seed with figure.png, figure.svg, result.json");
        }
        else
        {
            Tell(results[0], figures[0].Folder);
        }
    }

    private static void Tell(BoundaryResult result, string folder)
    {
        ConsoleTable.Write(BoundaryTables.Of(result));
        if (result.VanillaOverRandomStart is { } vanilla && result.RegularizedOverRandomStart is { } regularized)
        {
            Console.WriteLine($"Against (a), the line of (c) is {vanilla:F2} times as long, that of (d) {regularized:F2} times.");
        }

        Console.WriteLine($"{result.Seconds:F1} s. {Path.Combine(folder, "figure.png")}, figure.svg, result.json");
    }
}

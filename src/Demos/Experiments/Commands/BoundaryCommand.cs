using System.CommandLine;
using System.Diagnostics;
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
        Option<string> output = new("--out") { Description = "Folder for figure.png, figure.svg and result.json; it is made, and files of these names are replaced", HelpName = "FOLDER", DefaultValueFactory = _ => DefaultFolder };
        Option<int> seed = new("--seed") { Description = "The seed of points, random labels, initial weights and order", HelpName = "N", DefaultValueFactory = _ => settings.Seed };
        Option<int> points = new("--points") { Description = "Points of each class", HelpName = "N", DefaultValueFactory = _ => settings.PointsPerClass };
        Option<bool> paper = new("--paper") { Description = "Fit the random labels as the authors do, by plain SGD in batches of 10: a minute or two in place of seconds" };
        Option<bool> json = new("--json") { Description = "Print result.json; progress goes to the standard error" };
        Command command = new("boundary",
            "The paper's 2-D figure: what a network of two hidden layers of 100 makes of two separable clouds of points, (a) from a random start, vanilla; (b) after fitting random\n"
            + "labels, a coin flip a point; (c) vanilla from there; (d) regularized from there. The settings are those of the protocol paper2d, but for how the random labels are\n"
            + "fitted: by gradient descent on 100 points at once with momentum 0.9 at rate 0.05, until all are; --paper takes the authors' way.\n"
            + "Jaggedness is the length of the line p = 0.5 within the frame over that of the straight separator x = 0.2 (the frame's height, 2). Islands are the connected regions of\n"
            + "the predicted classes, both together, beyond two: on a grid of 611 x 401 nodes (0.005 apart), where neighbours to the left, right, above and below connect.\n"
            + "Exit codes: 0 done, 2 wrong input or a failure (one message says what), 130 interrupted.")
        {
            output, seed, points, paper, json,
        };
        command.SetBody(
            (parsed, cancellation) =>
            {
                BoundarySettings chosen = settings with { Seed = parsed.GetValue(seed), PointsPerClass = parsed.GetValue(points) };
                Run(parsed.GetValue(paper) ? chosen with { RandomLabels = BoundarySettings.PaperRandomLabels } : chosen, parsed.GetValue(output)!, parsed.GetValue(json), cancellation);
                return Task.FromResult(ConsoleProgram.Done);
            },
            interrupted: "Interrupted; nothing was written.",
            alsoExpected: e => e is TorchLoadException);
        return command;
    }

    private static void Run(BoundarySettings settings, string folder, bool json, CancellationToken cancellation)
    {
        if (settings.PointsPerClass < 1)
        {
            throw new ArgumentException($"--points is {settings.PointsPerClass}; allowed is a whole number from 1 on.");
        }

        // What cannot be written is better known before a minute of training.
        Directory.CreateDirectory(folder);
        IAnsiConsole console = json ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }) : AnsiConsole.Console;
        (IReadOnlyList<Panel> panels, BoundaryResult result) = Train(settings, console, cancellation);
        string text = JsonSerializer.Serialize(result, JsonOutput.Options) + "\n";
        AtomicFile.Write(Path.Combine(folder, "figure.png"), stream => stream.Write(BoundaryFigure.ToPng(panels)));
        AtomicFile.Write(Path.Combine(folder, "figure.svg"), BoundaryFigure.ToSvg(panels));
        AtomicFile.Write(Path.Combine(folder, "result.json"), text);
        if (json)
        {
            Console.Write(text);
            return;
        }

        ConsoleTable.Write(new($"The 2-D figure, seed {settings.Seed}",
            [Column.Text("Panel"), Column.Number("Points right"), Column.Number("Jaggedness"), Column.Number("Islands"), Column.Number("Epochs"), Column.Number("Seconds")],
            [.. result.Panels.Select(p => (string[])[p.Name, $"{p.TrainAccuracy:P1}", $"{p.Jaggedness:F2}", $"{p.Islands}", $"{p.Epochs:N0}", $"{p.Seconds:F1}"])]));
        if (result.VanillaOverRandomStart is { } vanilla && result.RegularizedOverRandomStart is { } regularized)
        {
            Console.WriteLine($"Against (a), the line of (c) is {vanilla:F2} times as long, that of (d) {regularized:F2} times.");
        }

        Console.WriteLine($"{result.Seconds:F1} s. {Path.Combine(folder, "figure.png")}, figure.svg, result.json");
    }

    private static (IReadOnlyList<Panel> Panels, BoundaryResult Result) Train(BoundarySettings settings, IAnsiConsole console, CancellationToken cancellation)
    {
        using ConsoleProgress progress = new(console);
        if (!BoundaryFigure.HasLetters)
        {
            progress.WriteLine("warning: no font was found on this machine; the figure will have no letters.");
        }

        var clock = Stopwatch.StartNew();
        IReadOnlyList<Panel> panels = new BoundaryExperiment(settings, progress).Run(cancellation);
        return (panels, BoundaryResult.Of(settings, panels, clock.Elapsed.TotalSeconds));
    }
}

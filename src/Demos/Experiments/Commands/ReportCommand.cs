using System.CommandLine;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary><c>badminima report</c></summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        DecisionRule defaults = new();
        Argument<string> folder = new("FOLDER") { Description = "A sweep's folder, or a league's" };
        Option<double> margin = new("--margin")
        {
            Description = "Percentage points of test accuracy: a smaller difference counts as none",
            HelpName = "POINTS",
            DefaultValueFactory = _ => defaults.Margin
        };
        Option<double> level = new("--confidence")
        {
            Description = "Of intervals; 1 less it is the error rate of all tests together",
            HelpName = "LEVEL",
            DefaultValueFactory = _ => defaults.Level
        };
        Option<bool> json = new("--json") { Description = "Print claims.json" };
        Command command = new("report",
            "What a sweep comes to: the verdicts on the claims, in a report with tables and charts.\n"
            + "Writes report.html, report.md, claims.json, tables/*.csv and charts/*.svg into its folder, and prints the verdicts. It may "
            + "be called while the sweep runs.\n"
            + "Of a league's folder (`badminima escape`) it writes the ranking's page again, with intervals of --confidence; a league "
            + "has no --margin.\n"
            + ClaimsJson.Help
            + "Exit codes: 0 done, 2 wrong input or a failure (one message says what).")
        {
            folder, margin, level, json,
        };
        command.SetBody(
            (parsed, cancellation) =>
            {
                DecisionRule rule = Rule(parsed.GetValue(margin), parsed.GetValue(level));
                if (new LeagueFolder(parsed.GetValue(folder)!).Exists)
                {
                    if (parsed.GetResult(margin) is { Implicit: false })
                    {
                        throw new ArgumentException($"--margin is given, but {parsed.GetValue(folder)} is a league's folder: a league has "
                            + "no margin. Leave it out.");
                    }

                    EscapeCommand.Report(
                        new(LeagueResults.Read(parsed.GetValue(folder)!, rule.Level), cancellation), parsed.GetValue(json));
                    return Task.FromResult(ConsoleProgram.Done);
                }

                Report report = new(SweepResults.Read(parsed.GetValue(folder)!, withEpochs: true), rule);
                report.Write();
                Print(report, parsed.GetValue(json));
                return Task.FromResult(ConsoleProgram.Done);
            },
            interrupted: "Interrupted.",
            alsoExpected: e => e is TorchLoadException);
        return command;
    }

    private static DecisionRule Rule(double margin, double level)
        => margin < 0 || !double.IsFinite(margin)
            ? throw new ArgumentException($"--margin is {margin}; allowed is 0 or more percentage points.")
            : level is not (> 0 and < 1)
                ? throw new ArgumentException($"--confidence is {level}; allowed is more than 0 and less than 1, such as 0.95.")
            : new(margin, level);

    /// <summary>Prints the verdicts, or claims.json.</summary>
    public static void Print(Report report, bool json)
    {
        if (json)
        {
            Console.WriteLine(ClaimsJson.Of(report));
            return;
        }

        foreach (Verdict verdict in report.Verdicts)
        {
            Console.WriteLine($"{verdict.Claim}\n  {verdict.Word ?? Word(verdict.Decision)}. {verdict.Finding}");
        }

        int open = report.Results.Missing.Length + report.Results.Failed.Length;
        string cells = report.IsOfOthersAlone ? ""
            : $"{report.Results.Cells.Length} cells{(open > 0 ? $", {open} without a result" : "")}. ";
        Console.WriteLine($"{cells}{Path.Combine(report.Results.Folder.Name, "report.html")}, report.md, claims.json, tables/, charts/");
    }

    private static string Word(Decision decision) => decision switch
    {
        Decision.Supported => "Supported",
        Decision.Contradicted => "Contradicted",
        _ => "Not decided",
    };
}

using System.CommandLine;
using System.Text.Json;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary><c>badminima show</c></summary>
internal static class ShowCommand
{
    private const int LinesAtOnce = 1_000;

    public static Command Create()
    {
        Argument<string> folder = new("FOLDER") { Description = "A run's folder, a sweep's, or a league's" };
        Option<bool> json = new("--json")
        {
            Description = "All of it as JSON: of a run state, commands, config.json, result.json and the rows of metrics.csv; of a sweep "
                + "every cell with its result; of a league that of its two sweeps, as tuning and ranking"
        };
        Command command = new("show",
            "How a run or a sweep stands, and what came of it.\n"
            + "Of a run: how it stands (finished, running, interrupted or failed), its settings, results and accuracies, what it ran on, "
            + "and the commands that continue it and make the same run.\n"
            + "Of a sweep's folder: a row a cell; of a league's, those of its two sweeps.\n"
            + "Exit codes: 0 shown, 2 no such folder or a damaged one (one message says what).")
        {
            folder, json,
        };
        command.SetBody(
            (parsed, _) =>
            {
                string path = parsed.GetValue(folder)!;
                LeagueFolder league = new(path);
                if (league.Exists)
                {
                    ShowLeague(league, parsed.GetValue(json));
                }
                else if (new SweepFolder(path).Exists)
                {
                    ShowSweep(path, parsed.GetValue(json));
                }
                else
                {
                    ShowRun(path, parsed.GetValue(json));
                }

                return Task.FromResult(ConsoleProgram.Done);
            },
            interrupted: "Interrupted.");
        return command;
    }

    private static void ShowLeague(LeagueFolder league, bool json)
    {
        string[] parts = [.. new[] { league.Tuning, league.Ranking }.Where(part => new SweepFolder(part).Exists)];
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(
                parts.ToDictionary(part => Path.GetFileName(part), part => SweepListing.Read(new(part)).Describe()),
                JsonOutput.Options));
            return;
        }

        foreach (string part in parts)
        {
            Console.WriteLine($"{part}:");
            ShowSweep(part, json: false);
        }

        if (parts.Length < 2)
        {
            Console.WriteLine($"{(parts.Length == 0 ? league.Tuning : league.Ranking)}: not begun.");
        }
    }

    private static void ShowSweep(string folder, bool json)
    {
        var listing = SweepListing.Read(new(folder));
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(listing.Describe(), JsonOutput.Options));
        }
        else
        {
            foreach (string[] lines in listing.Lines().Chunk(LinesAtOnce))
            {
                Console.WriteLine(string.Join(Environment.NewLine, lines));
            }
        }
    }

    private static void ShowRun(string folder, bool json)
    {
        var run = StoredRun.Read(folder);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(run.Describe(), JsonOutput.Options));
            return;
        }

        Console.WriteLine($"{run.Folder}: {StoredRunTables.StateOf(run)}");
        foreach (Table table in StoredRunTables.Of(run))
        {
            ConsoleTable.Write(table);
        }

        foreach ((string what, string? command) in new[] { ("To continue it:", run.ContinuedBy), ("The same run:", run.Command) })
        {
            if (command is not null)
            {
                Console.WriteLine($"{what}\n{command}");
            }
        }
    }
}

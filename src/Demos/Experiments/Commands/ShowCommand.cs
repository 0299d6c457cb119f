using System.CommandLine;
using System.Text.Json;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary><c>badminima show</c></summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        Argument<string> folder = new("RUN") { Description = "A run's folder" };
        Option<bool> json = new("--json") { Description = "All of it as JSON: state, commands, config.json, result.json and the rows of metrics.csv" };
        Command command = new("show",
            "A run: how it stands (finished, running, interrupted or failed), its settings, results and accuracies, what it ran on, and the commands that continue it and make the same run.\n"
            + "Exit codes: 0 shown, 2 no run's folder or a damaged one (one message says what).")
        {
            folder, json,
        };
        command.SetBody(
            (parsed, _) =>
            {
                ShowRun(parsed.GetValue(folder)!, parsed.GetValue(json));
                return Task.FromResult(ConsoleProgram.Done);
            },
            interrupted: "Interrupted.");
        return command;
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

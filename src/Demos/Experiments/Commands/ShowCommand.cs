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
        Option<bool> json = new("--json") { Description = "All of it as JSON: state, command, config.json, result.json and the rows of metrics.csv" };
        Command command = new("show",
            "A run: how it stands (finished, running, interrupted or failed), its settings, results and accuracies, what it ran on, and the command that makes the same run.\n"
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

        if (run.Command is { } command)
        {
            Console.WriteLine(run.State == RunState.Finished ? "The same run:" : "To continue it:");
            Console.WriteLine(run.State == RunState.Finished ? command : $"{command} --out {RunOptions.Quote(run.Folder)}");
        }
    }
}

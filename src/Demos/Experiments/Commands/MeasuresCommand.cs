using System.CommandLine;
using System.Text.Json;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary><c>badminima measures</c></summary>
internal static class MeasuresCommand
{
    public static Command Create()
    {
        Option<bool> json = new("--json") { Description = "As JSON" };
        Command command = new("measures", "What `diagnose` can measure of a model: what it is, where it comes from, and what it costs.")
        {
            json
        };
        command.SetBody(
            (parsed, _) =>
            {
                if (parsed.GetValue(json))
                {
                    Console.WriteLine(JsonSerializer.Serialize(
                        DiagnosticMeasures.All.Select(m => new { m.Name, m.Description, m.Unit, m.Source, m.Cost, m.Bad, m.TestLabels }),
                        JsonOutput.Options));
                }
                else
                {
                    ConsoleTable.Write(new("Measures",
                        [Column.Text("Name"), Column.Text("What it is"), Column.Text("Cost")],
                        [.. DiagnosticMeasures.All.Select(m => (string[])[m.Name, m.Description, m.Cost])]));
                    Console.WriteLine("--json has units and sources too; docs/diagnostics.md has the formulas.");
                }

                return Task.FromResult(ConsoleProgram.Done);
            },
            interrupted: "Interrupted.");
        return command;
    }
}

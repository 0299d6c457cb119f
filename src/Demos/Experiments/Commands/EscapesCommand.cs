using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary><c>badminima escapes</c></summary>
internal static class EscapesCommand
{
    public static Command Create()
    {
        Option<bool> json = new("--json") { Description = "As JSON, with what each setting is" };
        Command command = new("escapes",
            "The mechanisms that may take a network out of a bad minimum, for --escape NAME:SETTING=VALUE+NAME... and sweep files: their "
            + "settings with defaults, where they come from, and what a step costs in gradients of a batch, where plain SGD costs 1.")
        {
            json
        };
        command.SetBody(
            (parsed, _) =>
            {
                if (parsed.GetValue(json))
                {
                    Console.WriteLine(JsonSerializer.Serialize(
                        Escape.Known.Select(k => new
                        {
                            k.Name,
                            k.Description,
                            GradientsPerStep = Cost(k),
                            k.Source,
                            Settings = k.Settings.Select(s => new { s.Name, Default = s.Text(k.Default), s.Description }),
                        }),
                        JsonOutput.Options));
                }
                else
                {
                    ConsoleTable.Write(new("Escapes",
                        [Column.Text("Name"), Column.Text("Settings"), Column.Number("Gradients"), Column.Text("Source")],
                        [.. Escape.Known.Select(k => (string[])[
                            k.Name,
                            string.Join('\n', k.Settings.Select(s => $"{s.Name}={s.Text(k.Default)}")),
                            Cost(k).ToString("0.##", CultureInfo.InvariantCulture),
                            k.Source])]));
                    Console.WriteLine(
                        $"Gradients are per step, with the settings as they are, at {Batch} images a step. "
                        + "--json says what each mechanism and setting is; docs/escapes.md has the formulas.");
                }

                return Task.FromResult(ConsoleProgram.Done);
            },
            interrupted: "Interrupted.");
        return command;
    }

    private static int Batch => Recipe.Vanilla.BatchSize;

    private static double Cost(EscapeKind kind) => kind.Default.GradientsPerStep(Batch);
}

using System.CommandLine;

namespace BadMinima.Experiments;

/// <summary>All commands, each from a file of its own in Commands/.</summary>
internal static class CommandLine
{
    /// <param name="sets">The catalogue.</param>
    /// <param name="program">How this program is started, for the processes that a sweep runs cells in.</param>
    public static RootCommand Create(IReadOnlyList<DataSet> sets, params IReadOnlyList<string> program) => new(
        "Experiments with bad global minima: sweeps, the league of escapes, training runs, the 2-D figure, data sets and networks.\n"
        + "Exit codes: 0 done, 1 a check or a cell failed, 2 wrong input or a failure (one message says what), 130 interrupted.")
    {
        new Command("data", "Image sets: where they come from, getting them, checking them.")
        {
            DataListCommand.Create(sets),
            DataGetCommand.Create(sets),
            DataCheckCommand.Create(sets),
        },
        ModelsCommand.Create(),
        EscapesCommand.Create(),
        MeasuresCommand.Create(),
        RunCommand.Create(sets),
        SweepCommand.Create(sets, program),
        WorkCommand.Create(sets, program),
        EscapeCommand.Create(sets, program),
        ReportCommand.Create(),
        AuditCommand.Create(sets),
        DiagnoseCommand.Create(sets),
        BenchMeasureCommand.Create(),
        CheckCommand.Create(sets),
        RetrainCommand.Create(sets),
        BoundaryCommand.Create(),
        ReproduceCommand.Create(sets, program),
        ShowCommand.Create(),
        CompletionCommand.Create(),
    };
}

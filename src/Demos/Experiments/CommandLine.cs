using System.CommandLine;

namespace BadMinima.Experiments;

/// <summary>All commands, each from a file of its own in Commands/.</summary>
internal static class CommandLine
{
    public static RootCommand Create(IReadOnlyList<DataSet> sets) => new(
        "Experiments with bad global minima: training runs, the 2-D figure, data sets and networks.\n"
        + "Exit codes: 0 done, 1 a check failed, 2 wrong input or a failure (one message says what), 130 interrupted.")
    {
        new Command("data", "Image sets: where they come from, getting them, checking them.")
        {
            DataListCommand.Create(sets),
            DataGetCommand.Create(sets),
            DataCheckCommand.Create(sets),
        },
        ModelsCommand.Create(),
        RunCommand.Create(sets),
        BoundaryCommand.Create(),
        ShowCommand.Create(),
        CompletionCommand.Create(),
    };
}

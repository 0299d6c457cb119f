using System.CommandLine;

namespace BadMinima.Experiments;

/// <summary>The options of every command that runs a sweep: how many workers it has, and whether it tries again what failed.</summary>
/// <param name="what">What a worker runs, in the plural and with a capital: Cells, Runs.</param>
internal sealed class WorkerOptions(string what)
{
    private readonly Option<int?> _parallel = new("--parallel")
    {
        Description = $"{what} at a time, each in a process of its own. Default: one per core, as far as 2 GB of memory are there for "
            + "each; 1 on a GPU",
        HelpName = "N"
    };

    private readonly Option<int?> _threads = new("--threads")
    {
        Description = "Torch's threads of each. Default: the cores, divided",
        HelpName = "N"
    };

    private readonly Option<int?> _lanes = new("--lanes")
    {
        Description = $"On a GPU: {what} of one worker that differ in their seed alone and train at once, as lanes of one network. "
            + "Default: 1",
        HelpName = "N"
    };

    private readonly Option<bool> _retry = new("--retry-failed") { Description = "Run again what failed in an earlier call" };

    /// <summary>All of them, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [_parallel, _threads, _lanes, _retry];

    /// <summary>What was given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="output">See <see cref="SweepOptions.Output"/>.</param>
    public SweepOptions Read(ParseResult parsed, TextWriter? output = null) => new()
    {
        Workers = parsed.GetValue(_parallel),
        Threads = parsed.GetValue(_threads),
        Lanes = parsed.GetValue(_lanes),
        RetryFailed = parsed.GetValue(_retry),
        Output = output,
    };
}

namespace BadMinima.Experiments;

/// <summary>How a sweep is run: nothing here changes a result but, in the last digits, the threads.</summary>
public sealed record SweepOptions
{
    /// <summary>
    /// Cells at a time, each in a process of its own. Default: one per core, as far as 2 GB of memory are there for each; 1 on a GPU.
    /// </summary>
    public int? Workers { get; init; }

    /// <summary>Torch's threads of each worker. Default: the cores, divided.</summary>
    public int? Threads { get; init; }

    /// <summary>
    /// On a GPU, how many cells that differ in their seed alone a worker trains at once as lanes of one network
    /// (<see cref="MLNet.Lanes"/>). On a CPU, where that is slower, cells run one by one. Default: 1.
    /// </summary>
    public int? Lanes { get; init; }

    /// <summary>
    /// Where several calls share a folder, which of them this is, from 0 on, of how many: it begins with every so many-th job from its own
    /// on, goes on with what is left, and ends when others are at all the rest. Default: it waits until all is done.
    /// </summary>
    public (int Index, int Of)? Share { get; init; }

    /// <summary>Whether to run again what failed in an earlier call. Default: false.</summary>
    public bool RetryFailed { get; init; }

    /// <summary>Where to say how it goes, a line for each job that ends. Default: the console, with a bar where it is a terminal.</summary>
    public TextWriter? Output { get; init; }
}

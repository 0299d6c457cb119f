using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace BadMinima.Experiments;

/// <summary>What a sweep asks a cluster for. Null leaves it to the cluster.</summary>
internal sealed record LaunchOptions
{
    /// <summary>
    /// How many tasks share the work: as many run at a time at most. Default: one for each job that is left, but no more than 32.
    /// </summary>
    public int? Tasks { get; init; }

    /// <summary>How many of them run at a time at most. Default: as many as the cluster has room for.</summary>
    public int? ArrayLimit { get; init; }

    /// <summary>The partition or queue.</summary>
    public string? Partition { get; init; }

    /// <summary>The account to charge.</summary>
    public string? Account { get; init; }

    /// <summary>A task's time limit, as the scheduler writes it. A task ends before it by itself.</summary>
    public string? Time { get; init; }

    /// <summary>
    /// A task's GPU: 1, or the kind and 1, as in a100:1. A cell trains on one GPU: more GPUs are more tasks.
    /// </summary>
    public string? Gpus { get; init; }

    /// <summary>A task's CPUs. Default: those of its workers' threads, where these are given.</summary>
    public int? Cpus { get; init; }

    /// <summary>A task's memory, as the scheduler writes it.</summary>
    public string? Memory { get; init; }

    /// <summary>
    /// The signal that a task gets before its time limit, and after an @ how many seconds before. Default: USR1, 60 seconds before.
    /// </summary>
    public string? Signal { get; init; }

    /// <summary>Further lines of the job script's head, as the scheduler writes them.</summary>
    public ImmutableArray<string> Lines { get; init; } = [];

    /// <summary>Lines of shell that a task runs before the program, such as <c>module load cuda</c>.</summary>
    public ImmutableArray<string> Shell { get; init; } = [];

    /// <summary>How each task runs its part.</summary>
    [JsonIgnore]
    public SweepOptions Workers { get; init; } = new();

    /// <summary>The CPUs to ask for; null where nothing says how many.</summary>
    public int? CpusOfTask => Cpus ?? (Workers.Threads is { } threads ? threads * (Workers.Workers ?? 1) : Workers.Workers);
}

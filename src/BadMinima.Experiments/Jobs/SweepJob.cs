using System.Collections.Immutable;
using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>
/// A piece of a sweep's work, done in a folder of its own whose result.json says that it is done. What a sweep's processes, its estimate
/// and its listing ask of a kind of work is all here.
/// </summary>
/// <param name="Folder">The folder.</param>
/// <param name="Title">What it is, for people.</param>
/// <param name="Work">How long it takes at most, in training images put through a network: enough to order jobs by, and to tell what is
/// left.</param>
internal abstract record SweepJob(string Folder, string Title, double Work)
{
    /// <summary>The job whose result this one needs; null for none.</summary>
    public SweepJob? Needs { get; init; }

    public bool IsFinished => JobFolder.IsFinished(Folder);

    public Failure? Failure => JobFolder.FailureOf(Folder);

    /// <summary>The kind's name, for programs.</summary>
    public abstract string Kind { get; }

    /// <summary>How the sweep file calls its recipe; null where it does not.</summary>
    public virtual string? RecipeName => null;

    /// <summary>Every setting as resolved; null where it has none of its own.</summary>
    public virtual JsonObject? Settings => null;

    /// <summary>What it trains on; null for nothing that has to be looked for.</summary>
    public virtual RunData? Data => null;

    /// <summary>Whether it can share passes through its network with those that differ in their seed alone.</summary>
    public virtual bool TakesLanes => false;

    /// <summary>The phases of training that it does itself.</summary>
    public virtual IEnumerable<(Workload Work, RunPlan Plan, Phase Phase)> Phases => [];

    /// <summary>The same for all jobs that differ in their seed alone.</summary>
    public virtual string Group => Kind;

    /// <summary>What it takes if no rule ends it earlier.</summary>
    /// <param name="speeds">How fast its phases are.</param>
    public abstract JobCost Cost(ImmutableDictionary<Workload, Speed> speeds);

    /// <summary>Its group for people: data, network, start and recipe.</summary>
    /// <param name="all">All jobs of the sweep: what they have in common need not be said.</param>
    public abstract string[] Describe(IReadOnlyList<SweepJob> all);

    /// <summary>Does it, from the beginning or from where it was interrupted.</summary>
    /// <returns>The result in a line.</returns>
    /// <exception cref="OperationCanceledException">It was ended; it can be continued.</exception>
    public abstract string Complete(JobContext context);
}

/// <summary>What a worker gives to a job.</summary>
/// <param name="Folder">The job's folder, taken for this process.</param>
/// <param name="Threads">Torch's threads.</param>
/// <param name="Load">Loads data, or has them from the job before.</param>
/// <param name="Progress">Hears the share that is done, 0 to 1, and what the job is at.</param>
/// <param name="Warn">Hears warnings.</param>
/// <param name="Cancellation">Ends the job after the batch at hand.</param>
/// <param name="Lane">By which it shares passes through its network with other jobs; null: with none.</param>
internal sealed record JobContext(
    RunFolder Folder, int Threads, LoadData Load, Action<double, string> Progress, Action<string> Warn, CancellationToken Cancellation,
    Lane? Lane = null);

using System.Text.Json.Serialization;

namespace BadMinima.MLNet;

/// <summary>
/// Training by n workers, each with its own copy of the weights and its own part of every batch, whose weights are averaged on the way
/// (Chen et al.: Accelerating Gossip SGD with Periodic Global Averaging, ICML 2021). In each step worker i makes a step of its own and then
/// takes x_i = sum over j of w_ij x_j, with the weights w of <see cref="Graph"/>, or the mean over all workers.
/// </summary>
/// <remarks>
/// An epoch's order is drawn once for all; each step takes the next n times <see cref="Phase.BatchSize"/> examples of it, of which each
/// worker trains on its share. So n workers with <see cref="AveragingMethod.Parallel"/> make the steps of one with a batch n times as
/// large. Fewer than n examples that are left at an epoch's end are left out. What is measured, and what the phase ends with, is the mean
/// over all workers, weights and BatchNorm's running statistics alike; these are averaged with the weights wherever all workers average,
/// and never between neighbors. Momentum, the moments of Adam and what escapes keep (the slow weights of
/// lookahead, say) stay each worker's own. A model that is trained so loads without it.
/// </remarks>
public sealed record WorkerAveraging
{
    /// <summary>Which workers average when; default <see cref="AveragingMethod.Parallel"/>.</summary>
    public AveragingMethod Method { get; init; }

    /// <summary>Who exchanges with whom; default <see cref="AveragingGraph.Ring"/>. Local and parallel averaging have none.</summary>
    public AveragingGraph Graph { get; init; }

    /// <summary>
    /// H: after every how many steps all workers average, at least 1; default 16, as in the paper's first example. For
    /// <see cref="AveragingMethod.AdaptiveGlobal"/> the period that it begins with. Parallel averaging and gossip have none.
    /// </summary>
    public int Period { get; init; } = 16;

    /// <summary>
    /// Whether neighbors exchange the weights from before a step while its gradient is computed, x_i = sum w_ij x_j - rate d_i (Lian et
    /// al.: Can Decentralized Algorithms Outperform Centralized Algorithms?, NeurIPS 2017), and not those from after it, x_i = sum w_ij
    /// (x_j - rate d_j), as the paper writes it; default true.
    /// </summary>
    public bool Overlap { get; init; } = true;

    /// <summary>
    /// Whether each worker has initial weights of its own, and fits random labels of its own where there is such a phase; default false:
    /// all begin where the first worker does, which alone makes the phases before the first averaged one.
    /// </summary>
    public bool OwnStarts { get; init; }

    /// <summary>
    /// How many workers there are in this process, 1 to 1,000, of which one computes at a time; null, the default: each process of the job
    /// that mpirun has started is one.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Workers { get; init; }

    /// <summary>Whether all workers average their weights every so many steps, by <see cref="Period"/>.</summary>
    [JsonIgnore]
    public bool HasPeriod
        => Method is AveragingMethod.Local or AveragingMethod.PeriodicGlobal or AveragingMethod.AdaptiveGlobal;

    /// <summary>Whether neighbors exchange weights, by <see cref="Graph"/> and <see cref="Overlap"/>.</summary>
    [JsonIgnore]
    public bool HasGraph => Method is AveragingMethod.Gossip or AveragingMethod.PeriodicGlobal or AveragingMethod.AdaptiveGlobal;

    internal void Validate(string name)
    {
        OptionException.Check(Enum.IsDefined(Method), $"{name}.{nameof(Method)}", Method, Names<AveragingMethod>());
        OptionException.Check(Enum.IsDefined(Graph), $"{name}.{nameof(Graph)}", Graph, Names<AveragingGraph>());
        OptionException.Check(Period >= 1, $"{name}.{nameof(Period)}", Period, "at least 1");
        OptionException.Check(Workers is null or (>= 1 and <= 1000), $"{name}.{nameof(Workers)}", Workers, "1 to 1,000, or null");
        OptionException.Check(
            !OwnStarts || Method != AveragingMethod.Parallel, $"{name}.{nameof(OwnStarts)}", OwnStarts,
            $"false with {AveragingMethod.Parallel}, which averages gradients: weights that begin apart would never meet");
        if (Workers is int workers)
        {
            RequireFit(name, workers);
        }

        static string Names<T>() where T : struct, Enum => string.Join(", ", Enum.GetNames<T>());
    }

    /// <exception cref="OptionException">So many workers do not make the graph.</exception>
    internal void RequireFit(string name, int workers)
    {
        if (HasGraph)
        {
            OptionException.Check(
                Graph.Takes(workers), $"{name}.{nameof(Graph)}", Graph,
                $"another graph, or another number of workers: {Graph.Condition()}; there are {workers}");
        }
    }
}

/// <summary>Which workers average when.</summary>
public enum AveragingMethod
{
    /// <summary>All average their gradients before each step: parallel SGD.</summary>
    Parallel,

    /// <summary>Each trains alone, and every <see cref="WorkerAveraging.Period"/> steps all average their weights: local SGD.</summary>
    Local,

    /// <summary>After each step each averages its weights with its neighbors of the graph: gossip SGD.</summary>
    Gossip,

    /// <summary>Gossip, but every <see cref="WorkerAveraging.Period"/> steps all average: Gossip-PGA (Chen et al. 2021).</summary>
    PeriodicGlobal,

    /// <summary>
    /// The same with a period that grows as the loss falls: Gossip-AGA (Chen et al. 2021). Here H = ceil(F0 / F H0) after each global
    /// average, where F is the mean loss of all workers' last batches and F0 the running mean, half old and half new, of those at the
    /// global averages of the first epoch, during which H = H0. The paper's formula is unverified.
    /// </summary>
    AdaptiveGlobal,
}

/// <summary>Who exchanges weights with whom; see <see cref="MixingMatrix"/> for the weights.</summary>
public enum AveragingGraph
{
    /// <summary>Worker i with i - 1 and i + 1.</summary>
    Ring,

    /// <summary>A rectangle, as square as the number of workers allows, with up to four neighbors; no prime number above 3.</summary>
    Grid,

    /// <summary>Worker i takes from i - 1, i - 2, i - 4, ...</summary>
    Exponential,

    /// <summary>The same, one of them at each step in turn; a power of two.</summary>
    OnePeer,

    /// <summary>Each with all.</summary>
    Full,
}

/// <summary>How many workers a graph takes.</summary>
internal static class AveragingGraphs
{
    public static bool Takes(this AveragingGraph graph, int workers) => graph switch
    {
        AveragingGraph.Grid => workers <= 3 || Rows(workers) > 1,
        AveragingGraph.OnePeer => int.IsPow2(workers),
        _ => workers >= 1,
    };

    public static string Condition(this AveragingGraph graph) => graph switch
    {
        AveragingGraph.Grid => "a grid takes no prime number above 3",
        AveragingGraph.OnePeer => "one peer at a time takes a power of two",
        _ => "at least 1",
    };

    /// <summary>The rows of the rectangle that is the most square one.</summary>
    public static int Rows(int workers)
        => Enumerable.Range(1, (int)Math.Sqrt(workers)).Last(rows => workers % rows == 0);
}

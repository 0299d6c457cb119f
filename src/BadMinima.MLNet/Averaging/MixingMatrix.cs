using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>
/// The weights w of gossip, n x n: worker i takes the sum over j of w_ij x_j. Rows and columns sum to 1, so the mean over all workers stays
/// what it is.
/// </summary>
/// <remarks>
/// Ring: 1/3 each for a worker and its two neighbors (n = 2: 1/2). Grid: w_ij = 1 / max(d_i, d_j) for neighbors, with d the neighbors of a
/// worker and itself, and the rest for itself. Exponential: evenly over the offsets 0, 1, 2, 4, ... below n. One peer: 1/2 for itself, 1/2
/// for offset 2^(step mod log2 n). Full: 1/n. As in BlueFog, the code of the group of Chen et al., ICML 2021.
/// </remarks>
public sealed class MixingMatrix
{
    // A step of a small network takes less time than to make one.
    private static readonly ConcurrentDictionary<(AveragingGraph Graph, int Workers, long Step), MixingMatrix> Known = new();

    private readonly double[,] _weights;

    private readonly int[]?[] _sources;

    private MixingMatrix(double[,] weights) => (_weights, _sources) = (weights, new int[weights.GetLength(0)][]);

    /// <summary>n.</summary>
    public int Workers => _weights.GetLength(0);

    /// <summary>w_ij: what worker <paramref name="to"/> takes of worker <paramref name="from"/>.</summary>
    /// <param name="to">i, from 0.</param>
    /// <param name="from">j, from 0.</param>
    public double this[int to, int from] => _weights[to, from];

    /// <summary>
    /// beta = || W - 11'/n ||, the largest singular value: by how much one exchange shortens the distances from the mean, at worst. Of the
    /// ring, for n of at least 4, (1 + 2 cos(2 pi / n)) / 3.
    /// </summary>
    public double Beta
    {
        get
        {
            TorchRuntime.EnsureLoaded();
            using var scope = NewDisposeScope();
            Tensor distance = tensor(_weights) - 1.0 / Workers;
            return linalg.svdvals(distance).max().item<double>();
        }
    }

    /// <summary>The weights of a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="workers">n, at least 1; see <see cref="AveragingGraph"/> for what each graph takes.</param>
    /// <param name="step">The step, from 0, on which those of <see cref="AveragingGraph.OnePeer"/> depend.</param>
    /// <exception cref="ArgumentOutOfRangeException">The graph takes another number of workers.</exception>
    public static MixingMatrix Of(AveragingGraph graph, int workers, long step = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        step = graph == AveragingGraph.OnePeer && workers > 0 ? step % int.Max(int.Log2(workers), 1) : 0;
        return Known.GetOrAdd((graph, workers, step), key => Make(key.Graph, key.Workers, key.Step));
    }

    private static MixingMatrix Make(AveragingGraph graph, int workers, long step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        if (!graph.Takes(workers))
        {
            throw new ArgumentOutOfRangeException(nameof(workers), workers, $"For {graph}: {graph.Condition()}.");
        }

        double[,] weights = new double[workers, workers];
        if (graph == AveragingGraph.Grid)
        {
            FillGrid(weights);
        }
        else
        {
            int[] offsets = Offsets(graph, workers, step);
            for (int i = 0; i < workers; i++)
            {
                foreach (int offset in offsets)
                {
                    weights[i, (i + workers - offset) % workers] += 1.0 / offsets.Length;
                }
            }
        }

        return new(weights);
    }

    /// <summary>Those that a worker takes from, by number; itself may be among them.</summary>
    /// <param name="worker">i, from 0.</param>
    public IReadOnlyList<int> Sources(int worker) => _sources[worker] ??= Array.FindAll(All, j => _weights[worker, j] > 0);

    /// <summary>Those that take from a worker, by number; itself may be among them.</summary>
    /// <param name="worker">j, from 0.</param>
    public IReadOnlyList<int> Targets(int worker) => Array.FindAll(All, i => _weights[i, worker] > 0);

    private int[] All => [.. Enumerable.Range(0, Workers)];

    private static int[] Offsets(AveragingGraph graph, int workers, long step)
    {
        int[] powers = [.. Enumerable.Range(0, 31).Select(p => 1 << p).TakeWhile(offset => offset < workers)];
        return graph switch
        {
            AveragingGraph.Full => [.. Enumerable.Range(0, workers)],
            AveragingGraph.Exponential => [0, .. powers],
            AveragingGraph.OnePeer => powers.Length == 0 ? [0] : [0, powers[step % powers.Length]],
            _ => workers switch
            {
                1 => [0],
                2 => [0, 1],
                _ => [workers - 1, 0, 1],
            },
        };
    }

    private static void FillGrid(double[,] weights)
    {
        int workers = weights.GetLength(0), rows = AveragingGraphs.Rows(workers), columns = workers / rows;
        int[][] neighbors =
        [
            .. Enumerable.Range(0, workers).Select(i => (int[])
            [
                .. i >= columns ? [i - columns] : Array.Empty<int>(), .. i % columns > 0 ? [i - 1] : Array.Empty<int>(),
                .. i % columns < columns - 1 ? [i + 1] : Array.Empty<int>(),
                .. i < workers - columns ? [i + columns] : Array.Empty<int>(),
            ]),
        ];
        for (int i = 0; i < workers; i++)
        {
            weights[i, i] = 1;
            foreach (int j in neighbors[i])
            {
                weights[i, j] = 1.0 / (Math.Max(neighbors[i].Length, neighbors[j].Length) + 1);
                weights[i, i] -= weights[i, j];
            }
        }
    }
}

using System.ComponentModel;
using BadMinima.MLNet;
using MathNet.Numerics.LinearAlgebra;

namespace BadMinima.Experiments;

/// <summary>
/// Settings of the study of gossip: logistic regression by n nodes on a graph (Chen et al., ICML 2021). Node i has examples of its own:
/// h ~ N(0, I), y = +1 with probability 1 / (1 + exp(-h'x_i)), else -1, x_i = u + heterogeneity v_i with u and v_i uniform on the
/// unit sphere, u the same for all; together they minimize the mean of ln(1 + exp(-y h'x)) over all nodes' examples.
/// </summary>
internal sealed record GossipSettings
{
    [Description("Numbers of nodes, each at least 2. Default: 20, 50, 100.")]
    public int[] Nodes { get; init; } = [20, 50, 100];

    [Description("The graph along which nodes exchange. Default: ring.")]
    public AveragingGraph Graph { get; init; } = AveragingGraph.Ring;

    [Description("H: after how many steps all nodes average, at least 2. Default: 16.")]
    public int Period { get; init; } = 16;

    [Description("Dimensions of an example, at least 1. Default: 10.")]
    public int Dimensions { get; init; } = 10;

    [Description("Examples of a node, at least 1. Default: 2,000.")]
    public int Examples { get; init; } = 2_000;

    [Description("Examples of a node's step, drawn with replacement, at least 1. Default: 16.")]
    public int BatchSize { get; init; } = 16;

    [Description("Steps, at least 100. Default: 30,000.")]
    public int Steps { get; init; } = 30_000;

    [Description("The rate of the first steps, more than 0. Default: 0.2.")]
    public double Rate { get; init; } = 0.2;

    [Description("After how many steps the rate is half of it, at least 1: rate / (1 + step / this). Default: 200.")]
    public int HalfAfter { get; init; } = 200;

    [Description("How far apart the nodes' own distributions are, at least 0; 0: they are one. Default: 0.1.")]
    public double Heterogeneity { get; init; } = 0.1;
}

/// <summary>What the study of gossip computes of a seed.</summary>
/// <param name="Parallel">
/// (1/n) sum over i of || x_i - x* ||^2 of parallel SGD, the mean over each hundredth of the steps; x* is the minimum.
/// </param>
/// <param name="Local">Of local SGD.</param>
/// <param name="Gossip">Of gossip SGD.</param>
/// <param name="PeriodicGlobal">Of gossip with periodic global averaging.</param>
internal sealed record GossipNumbers(
    IReadOnlyList<double> Parallel, IReadOnlyList<double> Local, IReadOnlyList<double> Gossip, IReadOnlyList<double> PeriodicGlobal);

/// <summary>Logistic regression by nodes on a graph.</summary>
internal static class GossipRegression
{
    /// <summary>How many means there are of a run.</summary>
    public const int Places = 100;

    private const ulong ExamplesStream = 0;
    private const ulong BatchStream = 1;

    /// <summary>Runs the four ways from 0, on the same examples and batches.</summary>
    /// <param name="settings">With one number of nodes.</param>
    /// <param name="seed">Of examples and batches.</param>
    /// <param name="progress">Is told the share that is done.</param>
    /// <param name="cancellation">Ends it.</param>
    public static GossipNumbers Run(GossipSettings settings, int seed, Action<double> progress, CancellationToken cancellation)
    {
        int nodes = settings.Nodes.Single();
        CounterRandom random = CounterRandom.Create(seed);
        double[][] examples = [.. Enumerable.Range(0, nodes).Select(i => ExamplesOf(
            settings, random.Stream(ExamplesStream), i))];
        double[] minimum = Minimum(examples, settings.Dimensions);
        AveragingMethod[] methods =
            [AveragingMethod.Parallel, AveragingMethod.Local, AveragingMethod.Gossip, AveragingMethod.PeriodicGlobal];
        double[][] curves =
        [
            .. methods.Select((method, done) =>
            {
                double[] curve = Train(settings, method, examples, minimum, random.Stream(BatchStream), cancellation);
                progress((done + 1.0) / methods.Length);
                return curve;
            }),
        ];
        return new(curves[0], curves[1], curves[2], curves[3]);
    }

    /// <summary>
    /// The step from which on a curve stays within a factor of parallel SGD's: the end of its transient stage.
    /// </summary>
    /// <returns>The first step of the first hundredth that begins it; null: not within these steps.</returns>
    public static int? Transient(IReadOnlyList<double> curve, IReadOnlyList<double> parallel, int steps, double factor)
    {
        int last = Enumerable.Range(0, curve.Count).LastOrDefault(i => curve[i] > factor * parallel[i], -1);
        return last + 1 < curve.Count ? (last + 1) * steps / curve.Count : null;
    }

    /// <summary>A node's examples, row after row, each times its label: y h.</summary>
    private static double[] ExamplesOf(GossipSettings settings, CounterRandom random, int node)
    {
        RandomSequence draws = RandomSequence.From(random.Stream((ulong)node));
        double[] common = OnSphere(RandomSequence.From(random.Stream(ulong.MaxValue)), settings.Dimensions);
        double[] own = OnSphere(RandomSequence.From(random.Stream(ulong.MaxValue).Stream((ulong)node)), settings.Dimensions);
        own = [.. common.Zip(own, (c, o) => c + settings.Heterogeneity * o)];
        double[] rows = new double[settings.Examples * settings.Dimensions];
        for (int m = 0; m < settings.Examples; m++)
        {
            Span<double> row = rows.AsSpan(m * settings.Dimensions, settings.Dimensions);
            double product = 0;
            for (int d = 0; d < row.Length; d++)
            {
                row[d] = draws.Normal();
                product += row[d] * own[d];
            }

            if (draws.Uniform() >= 1 / (1 + Math.Exp(-product)))
            {
                foreach (ref double value in row)
                {
                    value = -value;
                }
            }
        }

        return rows;
    }

    /// <summary>The minimum of the mean loss over all examples, by Newton's method.</summary>
    public static double[] Minimum(double[][] examples, int dimensions)
    {
        Vector<double> x = Vector<double>.Build.Dense(dimensions);
        for (int iteration = 0; iteration < 50; iteration++)
        {
            double[] gradient = new double[dimensions];
            double[,] hessian = new double[dimensions, dimensions];
            double[] at = x.ToArray();
            foreach (double[] rows in examples)
            {
                for (int start = 0; start < rows.Length; start += dimensions)
                {
                    ReadOnlySpan<double> row = rows.AsSpan(start, dimensions);
                    double wrong = Wrong(row, at);
                    for (int i = 0; i < dimensions; i++)
                    {
                        gradient[i] -= wrong * row[i];
                        for (int j = 0; j <= i; j++)
                        {
                            hessian[i, j] += wrong * (1 - wrong) * row[i] * row[j];
                        }
                    }
                }
            }

            for (int i = 0; i < dimensions; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    hessian[j, i] = hessian[i, j];
                }
            }

            Vector<double> step = Matrix<double>.Build.DenseOfArray(hessian).Cholesky().Solve(Vector<double>.Build.Dense(gradient));
            x -= step;
            if (step.L2Norm() < 1e-12)
            {
                break;
            }
        }

        return x.ToArray();
    }

    private static double[] Train(
        GossipSettings settings, AveragingMethod method, double[][] examples, double[] minimum, CounterRandom random,
        CancellationToken cancellation)
    {
        int nodes = examples.Length, dimensions = settings.Dimensions;
        double[][] weights = [.. examples.Select(_ => new double[dimensions])], mixed = [.. examples.Select(_ => new double[dimensions])];
        double[] sums = new double[Places];
        int[] counts = new int[Places];
        for (int step = 0; step < settings.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            double rate = settings.Rate / (1 + (double)step / settings.HalfAfter);
            CounterRandom ofStep = random.Stream((ulong)step);
            for (int i = 0; i < nodes; i++)
            {
                StepOf(weights[i], examples[i], settings, rate, ofStep.Stream((ulong)i));
            }

            if (method == AveragingMethod.Parallel || (method != AveragingMethod.Gossip && (step + 1) % settings.Period == 0))
            {
                Average(weights);
            }
            else if (method != AveragingMethod.Local)
            {
                Mix(weights, mixed, MixingMatrix.Of(settings.Graph, nodes, step));
                (weights, mixed) = (mixed, weights);
            }

            int place = (int)((long)step * Places / settings.Steps);
            sums[place] += weights.Average(x => Distance(x, minimum));
            counts[place]++;
        }

        return [.. sums.Zip(counts, (sum, count) => sum / count)];
    }

    private static void StepOf(double[] weights, double[] rows, GossipSettings settings, double rate, CounterRandom random)
    {
        Span<double> gradient = stackalloc double[weights.Length];
        gradient.Clear();
        for (int b = 0; b < settings.BatchSize; b++)
        {
            ReadOnlySpan<double> row
                = rows.AsSpan(random.Below((ulong)b, settings.Examples) * weights.Length, weights.Length);
            double wrong = Wrong(row, weights);
            for (int d = 0; d < row.Length; d++)
            {
                gradient[d] -= wrong * row[d];
            }
        }

        for (int d = 0; d < weights.Length; d++)
        {
            weights[d] -= rate * gradient[d] / settings.BatchSize;
        }
    }

    /// <summary>The probability that the model gives to the other label.</summary>
    private static double Wrong(ReadOnlySpan<double> row, ReadOnlySpan<double> weights)
    {
        double product = 0;
        for (int d = 0; d < row.Length; d++)
        {
            product += row[d] * weights[d];
        }

        return 1 / (1 + Math.Exp(product));
    }

    private static void Average(double[][] weights)
    {
        for (int d = 0; d < weights[0].Length; d++)
        {
            double mean = 0;
            foreach (double[] own in weights)
            {
                mean += own[d];
            }

            mean /= weights.Length;
            foreach (double[] own in weights)
            {
                own[d] = mean;
            }
        }
    }

    private static void Mix(double[][] weights, double[][] mixed, MixingMatrix matrix)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            Array.Clear(mixed[i]);
            foreach (int j in matrix.Sources(i))
            {
                double weight = matrix[i, j];
                for (int d = 0; d < mixed[i].Length; d++)
                {
                    mixed[i][d] += weight * weights[j][d];
                }
            }
        }
    }

    private static double[] OnSphere(RandomSequence draws, int dimensions)
    {
        double[] place = new double[dimensions];
        for (int d = 0; d < dimensions; d++)
        {
            place[d] = draws.Normal();
        }

        double norm = Math.Sqrt(place.Sum(x => x * x));
        return [.. place.Select(x => x / norm)];
    }

    private static double Distance(double[] a, double[] b)
    {
        double sum = 0;
        for (int d = 0; d < a.Length; d++)
        {
            sum += (a[d] - b[d]) * (a[d] - b[d]);
        }

        return sum;
    }
}

using System.ComponentModel;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>
/// Settings of the study of spikes: gradient descent and SGD on f(x) = x^2 / 2 - 0.75 sum_k exp(-(x - 0.8 k)^2 / (2 0.15^2)), k from -8 to
/// 8. SGD moves x by -rate (f'(x) + w), w uniform in [-width, width]; with a width of 0 it is gradient descent.
/// </summary>
internal sealed record SpikeSettings
{
    [Description("The rate, more than 0 and less than 2. Default: 0.05.")]
    public double Rate { get; init; } = 0.05;

    [Description("Half the widths of the gradient's noise, each at least 0, one of them 0. Default: 0, 1, 2, 4, 8, 16.")]
    public double[] Widths { get; init; } = [0, 1, 2, 4, 8, 16];

    [Description("Steps, at least 2. Default: 10,000.")]
    public int Steps { get; init; } = 10_000;

    [Description("Starts of a seed, 2 to 3.2 away from the minimum, at least 1. Default: 20.")]
    public int Starts { get; init; } = 20;
}

/// <summary>What the study of spikes computes of a seed.</summary>
/// <param name="Distances">For each width the mean distance from the minimum at 0 over the second half of the steps and all starts.</param>
internal sealed record SpikeNumbers(IReadOnlyList<double> Distances);

/// <summary>A bowl with spikes, and SGD on it (Kleinberg, Li, Yuan, ICML 2018).</summary>
internal static class Spikes
{
    /// <summary>How far the spikes are from each other.</summary>
    public const double Spacing = 0.8;

    /// <summary>How far away from the minimum a start is at most.</summary>
    public const double Far = 3.2;

    private const double Near = 2;
    private const int Each = 8;
    private const double Depth = 0.75;
    private const double Deviation = 0.15;

    private static readonly double[] Centers = [.. Enumerable.Range(-Each, 2 * Each + 1).Select(k => k * Spacing)];

    /// <summary>f.</summary>
    public static double Value(double x) => x * x / 2 - Depth * Centers.Sum(c => Bell(x - c));

    /// <summary>f'.</summary>
    public static double Derivative(double x)
        => x + Depth * Centers.Sum(c => (x - c) / (Deviation * Deviation) * Bell(x - c));

    /// <summary>
    /// The derivative of f convolved with the noise of a step: of the mean of f(y - rate w) over w, uniform in [-width, width]. It is
    /// (f(y + h) - f(y - h)) / (2 h), h = rate width.
    /// </summary>
    /// <param name="y">Where.</param>
    /// <param name="half">h; 0: f' itself.</param>
    public static double ConvolvedDerivative(double y, double half)
        => half == 0 ? Derivative(y) : (Value(y + half) - Value(y - half)) / (2 * half);

    /// <summary>f convolved with the noise of a step, by the midpoint rule.</summary>
    /// <param name="y">Where.</param>
    /// <param name="half">Half the width that is averaged over.</param>
    public static double Convolved(double y, double half)
    {
        const int parts = 400;
        return Enumerable.Range(0, parts).Average(i => Value(y + half * ((2 * i + 1.0) / parts - 1)));
    }

    /// <summary>
    /// The largest c for which the convolved function is one-point convex towards 0 as far as the starts reach: the least of g(y) / y, g
    /// its derivative, over 0.1 to 3.2; not above 0: it is not one-point convex.
    /// </summary>
    public static double OnePointConvexity(double half)
        => Enumerable.Range(0, 3_101).Select(i => 0.1 + i * 0.001).Min(y => ConvolvedDerivative(y, half) / y);

    /// <summary>Runs SGD of each width from each start.</summary>
    public static SpikeNumbers Run(SpikeSettings settings, int seed, Action<double> progress, CancellationToken cancellation)
    {
        CounterRandom random = CounterRandom.Create(seed);
        List<double> distances = [];
        foreach (double width in settings.Widths)
        {
            distances.Add(Enumerable.Range(0, settings.Starts).Average(start =>
            {
                cancellation.ThrowIfCancellationRequested();
                CounterRandom own = random.Stream((ulong)start);
                double x = (Near + (Far - Near) * own.Uniform(0)) * ((own.Bits(1) & 1) == 0 ? 1 : -1);
                CounterRandom noise = own.Stream(BitConverter.DoubleToUInt64Bits(width));
                double sum = 0;
                for (int step = 0; step < settings.Steps; step++)
                {
                    x -= settings.Rate * (Derivative(x) + width * (2 * noise.Uniform((ulong)step) - 1));
                    sum += step >= settings.Steps / 2 ? Math.Abs(x) : 0;
                }

                return sum / (settings.Steps - settings.Steps / 2);
            }));
            progress(distances.Count / (double)settings.Widths.Length);
        }

        return new(distances);
    }

    private static double Bell(double x) => Math.Exp(-x * x / (2 * Deviation * Deviation));
}

using BadMinima.MLNet.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>
/// One-point convexity of a loss at a point x towards an end e (Kleinberg, Li, Yuan: An Alternative View: When Does SGD Escape Local
/// Minima?, ICML 2018): s = &lt;-grad f(x), e - x&gt;. Above 0, a small step of gradient descent from x gets nearer to e. In the form with
/// a neighborhood the gradient is taken at points around x, the direction stays e - x.
/// </summary>
/// <param name="Inner">s, in units of the loss.</param>
/// <param name="Cosine">s over the norms of both: -1 to 1; 0 where one of them is 0.</param>
/// <param name="Distance">|e - x|, l2 over all trained parameters.</param>
/// <param name="Neighborhood">What the points around x give; null where none were asked for.</param>
public sealed record OnePointConvexity(double Inner, double Cosine, double Distance, NeighborhoodConvexity? Neighborhood)
{
    /// <summary>Computes it at a point, towards one end or several.</summary>
    /// <param name="surface">
    /// The loss: its whole data, in inference mode, so that BatchNorm has the statistics of the point. Its weights are afterwards what they
    /// were.
    /// </param>
    /// <param name="point">x, weights of the surface's network.</param>
    /// <param name="ends">Weights of the same network, at least one.</param>
    /// <param name="draws">How many points around x; each costs a gradient over the whole data. Default 0; the source's: 100.</param>
    /// <param name="radius">
    /// The radius of the ball that these are drawn from, uniformly, in l2 over all trained parameters; more than 0. Default 0.5, the
    /// source's.
    /// </param>
    /// <param name="seed">The seed of the draws.</param>
    /// <param name="cancellation">Ends it after the gradient at hand.</param>
    /// <returns>One for each end, in their order.</returns>
    /// <exception cref="ArgumentException">A number is not allowed, or point or end are of another network.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static IReadOnlyList<OnePointConvexity> At(
        LossSurface surface, WeightsCopy point, IReadOnlyList<WeightsCopy> ends, int draws = 0, double radius = 0.5, int seed = 0,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(surface);
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(ends);
        OptionException.Check(ends.Count > 0, nameof(ends), ends.Count, "at least one");
        OptionException.Check(draws >= 0, nameof(draws), draws, "at least 0");
        OptionException.Check(radius > 0 && double.IsFinite(radius), nameof(radius), radius, "more than 0");
        using IDisposable back = surface.Weights.Exchange(point);
        using var scope = NewDisposeScope();
        Tensor[] ways = [.. ends.Select(end => WayTo(end))];
        double[] lengths = [.. ways.Select(Norm)];
        (double Inner, double Cosine)[] here = Against(surface.LossAndGradient().Gradient);
        List<double>[] around = [.. ends.Select(_ => new List<double>())];
        CounterRandom random = CounterRandom.Create(seed);
        for (int draw = 0; draw < draws; draw++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var ofDraw = NewDisposeScope();
            using IDisposable away = surface.Weights.Shift(InBall(surface.Weights.Values, radius, random.Stream((ulong)draw)));
            foreach ((int end, (double inner, _)) in Against(surface.LossAndGradient().Gradient).Index())
            {
                around[end].Add(inner);
            }
        }

        return
        [
            .. lengths.Select((_, i) => new OnePointConvexity(
                here[i].Inner, here[i].Cosine, lengths[i],
                draws == 0 ? null : new(around[i].Average(), around[i].Min(), around[i].Max()))),
        ];

        Tensor WayTo(WeightsCopy end)
        {
            using var mode = no_grad();
            return end.Values.shape.SequenceEqual(surface.Weights.Values.shape)
                ? end.Values.to(surface.Weights.Values.device).subtract(surface.Weights.Values).to(ScalarType.Float64)
                : throw new ArgumentException(
                    $"An end has {end.Values.numel():N0} weights, the network of the surface {surface.Weights.Values.numel():N0}: it is of "
                        + "another network.", nameof(ends));
        }

        (double, double)[] Against(Tensor gradient)
        {
            using var mode = no_grad();
            using Tensor wide = gradient.to(ScalarType.Float64);
            double steepness = Norm(wide);
            return [.. ways.Select((way, i) =>
            {
                using Tensor product = wide.dot(way);
                double inner = -product.item<double>(), norms = steepness * lengths[i];
                return (inner, norms == 0 ? 0 : inner / norms);
            })];
        }
    }

    /// <summary>A point of the ball around 0: its direction is a normal vector's, its length the radius times U^(1/n).</summary>
    private static Tensor InBall(Tensor like, double radius, CounterRandom random)
    {
        using var mode = no_grad();
        Tensor direction = SeededDraw.Normal(like.shape, random.Bits(0), like.device);
        using Scalar length = radius * Math.Pow(random.Uniform(1), 1.0 / like.numel()) / Norm(direction);
        return direction.mul_(length);
    }

    private static double Norm(Tensor vector)
    {
        using var mode = no_grad();
        using Tensor norm = vector.to(ScalarType.Float64).norm();
        return norm.item<double>();
    }
}

/// <summary>One-point convexity with the gradient at points around a point.</summary>
/// <param name="Mean">The mean over the points.</param>
/// <param name="Least">The least.</param>
/// <param name="Most">The most.</param>
public sealed record NeighborhoodConvexity(double Mean, double Least, double Most);

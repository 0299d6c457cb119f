using System.Collections.Immutable;
using BadMinima.MLNet.Diagnostics;
using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>
/// A plane in the space of a network's weights: through three networks (Garipov et al., NeurIPS 2018), or around one along two random
/// directions whose filters are as long as the network's (Li et al., NeurIPS 2018). Dispose it: it holds three vectors of all weights.
/// </summary>
/// <example>
/// <code>
/// using LossPlane plane = LossPlane.Through(start, bad, good);        // WeightsCopy, of surface.Weights.Copy() or a WeightsPath
/// LossGrid grid = plane.Measure(surface, points: 11);
/// PlanePlace there = plane.Project(path.Read(path.Points[3]));
/// </code>
/// </example>
public sealed class LossPlane : IDisposable
{
    private readonly Tensor _origin;
    private readonly Tensor _right;
    private readonly Tensor _up;
    private readonly WeightsCopy _buffers;

    private LossPlane(WeightsCopy origin, Tensor right, Tensor up, ImmutableArray<PlanePlace> places, (double, double) unit)
    {
        using var mode = no_grad();
        _origin = origin.Values.cpu().clone().DetachFromDisposeScope();
        (_right, _up) = (right.DetachFromDisposeScope(), up.DetachFromDisposeScope());
        _buffers = new(
            _origin.clone().DetachFromDisposeScope(),
            [.. origin.Buffers.Select(b => (b.Name, b.Buffer.clone().DetachFromDisposeScope()))])
        {
            Frozen = origin.Frozen,
        };
        (Places, Reach) = (places, unit);
    }

    /// <summary>Where the networks that it was laid through are, in their order; of a plane around one that one alone, at (0, 0).</summary>
    public ImmutableArray<PlanePlace> Places { get; }

    private (double X, double Y) Reach { get; }

    /// <summary>
    /// The plane through three networks of one kind. The first is at (0, 0), the second to the right of it, the third above; lengths are
    /// l2 distances of weights.
    /// </summary>
    /// <param name="first">Weights.</param>
    /// <param name="second">Others.</param>
    /// <param name="third">Others again, not on the line through the two.</param>
    /// <exception cref="ArgumentException">They are of other networks, or lie on a line.</exception>
    public static LossPlane Through(WeightsCopy first, WeightsCopy second, WeightsCopy third)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(third);
        RequireAlike(first, second);
        RequireAlike(first, third);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor origin = Wide(first), right = Wide(second).subtract(origin), up = Wide(third).subtract(origin);
        double width = Norm(right);
        if (width > 0)
        {
            right = right.Times(1 / width);
        }

        double along = right.dot(up).item<double>(), all = Norm(up);
        up = up.subtract(right.Times(along));
        double height = Norm(up);
        if (width == 0 || height <= 1e-6 * all)
        {
            throw new ArgumentException("The three networks lie on a line, and no plane is theirs; give others.", nameof(third));
        }

        return new(
            first, right.to(ScalarType.Float32), up.Times(1 / height).to(ScalarType.Float32),
            [new(0, 0, 0), new(width, 0, 0), new(along, height, 0)], (0, 0));
    }

    /// <summary>
    /// A plane around a network along two random directions: each filter (of a convolution, or row of a linear layer) is as long as the
    /// network's own; biases and what BatchNorm has do not move. One unit along an axis is one such direction.
    /// </summary>
    /// <param name="surface">A loss of the network: it says what the filters are.</param>
    /// <param name="center">Weights of the surface's network.</param>
    /// <param name="reach">How far <see cref="Measure"/> looks in each direction, more than 0. Default 1, the source's.</param>
    /// <param name="seed">The seed of the directions.</param>
    /// <exception cref="ArgumentException">The weights are of another network.</exception>
    public static LossPlane Around(LossSurface surface, WeightsCopy center, double reach = 1, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(surface);
        ArgumentNullException.ThrowIfNull(center);
        OptionException.Check(reach > 0 && double.IsFinite(reach), nameof(reach), reach, "more than 0");
        using (surface.Weights.Exchange(center))
        {
            // Refuses what does not fit.
        }

        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor weights = center.Values.cpu();
        CounterRandom random = CounterRandom.Create(seed);
        return new(center, Direction(0), Direction(1), [new(0, 0, 0)], (reach, reach));

        Tensor Direction(ulong counter)
        {
            Tensor direction = Draws.Normal(random, counter, weights);
            foreach (WeightsPlace place in surface.Weights.Places)
            {
                Tensor part = direction.narrow(0, place.Offset, place.Count);
                if (place.Shape.Length < 2)
                {
                    part.zero_();
                    continue;
                }

                // A filter is one piece, whatever the order within it.
                Tensor filters = part.view(place.Shape[0], -1), own = weights.narrow(0, place.Offset, place.Count).view(place.Shape[0], -1);
                filters.mul_(Lengths(own).div(Lengths(filters)).nan_to_num(0, 0, 0));
            }

            return direction;
        }

        static Tensor Lengths(Tensor rows) => rows.square().sum(1, keepdim: true).sqrt();
    }

    /// <summary>Where a network lies, projected onto the plane.</summary>
    /// <param name="weights">Of the plane's kind of network.</param>
    /// <exception cref="ArgumentException">They are of another network.</exception>
    public PlanePlace Project(WeightsCopy weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        RequireAlike(_buffers, weights);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor way = weights.Values.cpu().to(ScalarType.Float64).subtract(_origin.to(ScalarType.Float64));
        Tensor right = _right.to(ScalarType.Float64), up = _up.to(ScalarType.Float64);

        // Least squares: the axes need not be at right angles.
        double a = right.dot(right).item<double>(), b = right.dot(up).item<double>(), c = up.dot(up).item<double>();
        double x = right.dot(way).item<double>(), y = up.dot(way).item<double>(), determinant = a * c - b * b;
        (double X, double Y) at = ((c * x - b * y) / determinant, (a * y - b * x) / determinant);
        return new(at.X, at.Y, Norm(way.subtract(right.Times(at.X)).subtract(up.Times(at.Y))));
    }

    /// <summary>
    /// Measures loss and accuracy on a grid of the plane, with BatchNorm's statistics recomputed over all data at each point. The grid
    /// goes around <see cref="Places"/> and what else is to be in the picture, with a margin of 15 % on each side.
    /// </summary>
    /// <param name="surface">The loss of the plane's kind of network. Its weights and buffers are afterwards what they were.</param>
    /// <param name="points">How many on each side, at least 3. Default 15: 225 points, of which each costs a pass or, with BatchNorm,
    /// two.</param>
    /// <param name="also">What else is to be in the picture. Default: nothing.</param>
    /// <param name="progress">Hears the share that is done, 0 to 1. Default: nobody.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">The surface is of another network, or there are too few points.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public LossGrid Measure(
        LossSurface surface, int points = 15, IReadOnlyList<PlanePlace>? also = null, Action<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(surface);
        OptionException.Check(points >= 3, nameof(points), points, "at least 3");
        PlanePlace[] shown = [.. Places, .. also ?? []];
        double[] columns = Axis(shown.Select(p => p.X), Reach.X), rows = Axis(shown.Select(p => p.Y), Reach.Y);
        using IDisposable? exact = CudaPrecision.Hold(Precision.F32, surface.Weights.Values.device);
        using IDisposable back = surface.Weights.Exchange(_buffers);
        var found = ImmutableArray.CreateBuilder<ImmutableArray<PlanePoint>>(points);
        foreach (double y in rows)
        {
            var row = ImmutableArray.CreateBuilder<PlanePoint>(points);
            foreach (double x in columns)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                using IDisposable buffers = surface.Weights.KeepBuffers();
                Tensor offset;
                using (no_grad())
                {
                    offset = _right.Times(x).add(_up.Times(y), HeldScalar.One).to(surface.Weights.Values.device);
                }

                using IDisposable away = surface.Weights.Shift(offset);
                surface.RecomputeStatistics();
                (double loss, double accuracy) = surface.LossAndAccuracy();
                row.Add(new(x, y, loss, accuracy));
                progress?.Invoke((found.Count * points + row.Count) / (double)(points * points));
            }

            found.Add(row.MoveToImmutable());
        }

        return new(found.MoveToImmutable());

        double[] Axis(IEnumerable<double> values, double reach)
        {
            double[] all = reach > 0 ? [-reach, reach, .. values] : [.. values];
            (double least, double most) = (all.Min(), all.Max());
            double margin = reach > 0 && most - least <= 2 * reach ? 0 : 0.15 * (most - least);
            return [.. Enumerable.Range(0, points).Select(i => least - margin + i * (most - least + 2 * margin) / (points - 1))];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _origin.Dispose();
        _right.Dispose();
        _up.Dispose();
        _buffers.Dispose();
    }

    private static void RequireAlike(WeightsCopy one, WeightsCopy other)
    {
        if (!one.Values.shape.SequenceEqual(other.Values.shape))
        {
            throw new ArgumentException(
                $"The networks have {one.Values.numel():N0} and {other.Values.numel():N0} weights; a plane is of one kind of network.",
                nameof(other));
        }

        if (one.Frozen != other.Frozen)
        {
            throw new ArgumentException(
                "The networks' parameters that are not trained differ: of other seeds, say. A plane is of one kind of network.",
                nameof(other));
        }
    }

    private static Tensor Wide(WeightsCopy weights) => weights.Values.cpu().to(ScalarType.Float64);

    private static double Norm(Tensor vector) => vector.norm().item<double>();
}

/// <summary>A place on a plane of weights.</summary>
/// <param name="X">To the right.</param>
/// <param name="Y">Up.</param>
/// <param name="Off">How far off the plane the network itself lies, in l2 distance of weights.</param>
public readonly record struct PlanePlace(double X, double Y, double Off);

/// <summary>What was measured at a point of a plane.</summary>
/// <param name="X">To the right.</param>
/// <param name="Y">Up.</param>
/// <param name="Loss">In nats; not a number where the network has none.</param>
/// <param name="Accuracy">0 to 1.</param>
public readonly record struct PlanePoint(double X, double Y, double Loss, double Accuracy);

/// <summary>What was measured on a plane.</summary>
/// <param name="Rows">From the lowest to the highest; in each from left to right.</param>
public sealed record LossGrid(ImmutableArray<ImmutableArray<PlanePoint>> Rows);

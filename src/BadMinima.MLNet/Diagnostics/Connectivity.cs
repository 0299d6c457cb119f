using System.Collections.Immutable;
using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>
/// Loss and accuracy along the straight line between the weights of two networks of one kind (linear mode connectivity: Frankle et al.,
/// ICML 2020). At each point, the ends included, BatchNorm's statistics are recomputed over all data, as Garipov et al. (NeurIPS 2018) do:
/// averaged weights do not go with averaged statistics.
/// </summary>
/// <param name="Points">From the one end to the other.</param>
public sealed record Connectivity(ImmutableArray<ConnectivityPoint> Points)
{
    /// <summary>
    /// By how much the loss rises at most above the line between the losses of the ends, in nats; 0 where it does not (Entezari et al.,
    /// ICLR 2022).
    /// </summary>
    public double Barrier => Rise(p => p.Loss);

    /// <summary>The same of the error, in accuracy.</summary>
    public double ErrorBarrier => Rise(p => -p.Accuracy);

    /// <summary>Looks along the line.</summary>
    /// <param name="surface">The loss. Its weights and buffers are afterwards what they were.</param>
    /// <param name="from">Weights of the surface's network.</param>
    /// <param name="to">Others.</param>
    /// <param name="points">
    /// How many points, the ends included; at least 3. Default 11. Each costs a pass, and one more with BatchNorm.
    /// </param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">There are too few points, or the weights are of another network.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static Connectivity Between(
        LossSurface surface, WeightsCopy from, WeightsCopy to, int points = 11, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(surface);
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        OptionException.Check(points >= 3, nameof(points), points, "at least 3: the ends and one between them");
        using (surface.Weights.Exchange(to))
        {
            // Refuses what does not fit before anything is computed.
        }

        using IDisposable? exact = CudaPrecision.Hold(Precision.F32, surface.Weights.Values.device);
        using IDisposable back = surface.Weights.Exchange(from);
        using var scope = NewDisposeScope();
        Tensor way;
        using (no_grad())
        {
            way = to.Values.to(surface.Weights.Values.device).subtract(surface.Weights.Values);
        }

        var found = ImmutableArray.CreateBuilder<ConnectivityPoint>(points);
        for (int i = 0; i < points; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            double share = i / (points - 1.0);
            using var ofPoint = NewDisposeScope();
            using IDisposable buffers = surface.Weights.KeepBuffers();
            using IDisposable away = surface.Weights.Shift(way.Times(share));
            surface.RecomputeStatistics();
            (double loss, double accuracy) = surface.LossAndAccuracy();
            found.Add(new(share, loss, accuracy));
        }

        return new(found.MoveToImmutable());
    }

    private double Rise(Func<ConnectivityPoint, double> height)
    {
        (double first, double last) = (height(Points[0]), height(Points[^1]));
        return Math.Max(0, Points.Max(p => height(p) - ((1 - p.Share) * first + p.Share * last)));
    }
}

/// <summary>A point of a line between two networks.</summary>
/// <param name="Share">0 at the one end, 1 at the other.</param>
/// <param name="Loss">In nats.</param>
/// <param name="Accuracy">0 to 1.</param>
public readonly record struct ConnectivityPoint(double Share, double Loss, double Accuracy);

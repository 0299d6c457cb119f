using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>A network's weights and buffers at one moment, or an average of several.</summary>
public sealed class WeightsCopy : IDisposable
{
    internal WeightsCopy(Tensor values, IReadOnlyList<(string Name, Tensor Buffer)> buffers) => (Values, Buffers) = (values, buffers);

    /// <summary>[n], Single, in the order of <see cref="Weights.Values"/>.</summary>
    public Tensor Values { get; }

    /// <summary>The buffers by name.</summary>
    public IReadOnlyList<(string Name, Tensor Buffer)> Buffers { get; }

    /// <summary>
    /// A SHA-256 of the parameters that are not trained, of which the copy has no values; null where there are none, or where it is not
    /// known.
    /// </summary>
    internal string? Frozen { get; init; }

    /// <summary>All tensors by name, for <see cref="StepPart.State"/>.</summary>
    public IEnumerable<(string Name, Tensor Value)> State
        => Buffers.Select(b => ($"buffers/{b.Name}", b.Buffer)).Prepend(("values", Values));

    /// <summary>Moves towards weights: copy = (1 - share) copy + share weights; buffers too, those that count are taken over.</summary>
    /// <param name="weights">Weights of the same network.</param>
    /// <param name="share">0 to 1.</param>
    public void Average(Weights weights, double share)
    {
        ArgumentNullException.ThrowIfNull(weights);
        using var mode = no_grad();
        using Scalar kept = 1 - share;
        using Scalar added = share;
        Values.mul_(kept).add_(weights.Values, alpha: added);
        foreach (((_, Tensor own), (_, Tensor other)) in Buffers.Zip(weights.Buffers))
        {
            if (own.is_floating_point())
            {
                own.mul_(kept).add_(other, alpha: added);
            }
            else
            {
                own.copy_(other);
            }
        }
    }

    /// <summary>Takes over the buffers of weights of the same network; the values stay.</summary>
    /// <param name="weights">The weights.</param>
    public void TakeBuffers(Weights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        using var mode = no_grad();
        foreach (((_, Tensor own), (_, Tensor other)) in Buffers.Zip(weights.Buffers))
        {
            own.copy_(other);
        }
    }

    /// <summary>Takes over another copy's buffers of some names; the values stay.</summary>
    internal void TakeBuffers(WeightsCopy other, Func<string, bool> which)
    {
        using var mode = no_grad();
        foreach (((string name, Tensor own), (_, Tensor theirs)) in Buffers.Zip(other.Buffers))
        {
            if (which(name))
            {
                own.copy_(theirs);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Values.Dispose();
        foreach ((_, Tensor buffer) in Buffers)
        {
            buffer.Dispose();
        }
    }
}

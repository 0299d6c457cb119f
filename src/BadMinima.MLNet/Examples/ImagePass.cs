using static TorchSharp.torch;

namespace BadMinima.MLNet.Examples;

/// <summary>
/// A pass over a set's images. Their order lies on the device, so that a batch of what is there too needs nothing of the processor but the
/// command.
/// </summary>
/// <param name="labels">The labels of the whole set.</param>
/// <param name="order">As in <see cref="ITrainingExamples.Open"/>.</param>
/// <param name="batchSize">Likewise.</param>
/// <param name="firstBatch">Likewise.</param>
internal abstract class ImagePass(Tensor labels, int[] order, int batchSize, int firstBatch) : IExamplePass
{
    private readonly Tensor _order = tensor(order, device: labels.device).DetachFromDisposeScope();
    private int _next = firstBatch * batchSize;

    public (Tensor Pixels, Tensor Labels) Next()
    {
        int size = Math.Min(batchSize, order.Length - _next);
        Tensor images = _order.narrow(0, _next, size);
        _next += size;
        return (Pixels(images), labels.index_select(0, images));
    }

    public virtual void Dispose() => _order.Dispose();

    /// <summary>The pixels of the next batch.</summary>
    /// <param name="images">Its images' numbers, [B], Int32.</param>
    protected abstract Tensor Pixels(Tensor images);
}

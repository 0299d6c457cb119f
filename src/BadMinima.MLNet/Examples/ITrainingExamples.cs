using static TorchSharp.torch;

namespace BadMinima.MLNet.Examples;

/// <summary>Numbered examples that are gone through batch by batch: the images themselves, or their corrupted replicas.</summary>
internal interface ITrainingExamples
{
    int Count { get; }

    /// <summary>Begins to go through examples in an order that is known from the start, so that batches can be made ready ahead.</summary>
    /// <param name="order">The numbers of the examples. It is kept, not copied.</param>
    /// <param name="batchSize">Examples in a batch; in the last there may be fewer.</param>
    /// <param name="firstBatch">The batch to begin with, from 0.</param>
    IExamplePass Open(int[] order, int batchSize, int firstBatch = 0);
}

/// <summary>One pass over examples, by one reader.</summary>
internal interface IExamplePass : IDisposable
{
    /// <summary>
    /// The next batch: new tensors, on the images' device, that belong to the current dispose scope. Pixels [B, C, H, W], Byte, or
    /// features [B, n] or [B, T, d], Single; labels [B], Int64.
    /// </summary>
    (Tensor Pixels, Tensor Labels) Next();
}

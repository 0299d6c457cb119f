using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>Numbered examples of which batches are gathered: the images themselves, or their corrupted replicas.</summary>
internal interface ITrainingExamples
{
    int Count { get; }

    /// <summary>New tensors, on the images' device, that belong to the current dispose scope: pixels [B, C, H, W], Byte (Single for feature vectors); labels [B], Int64.</summary>
    (Tensor Pixels, Tensor Labels) Gather(ReadOnlySpan<int> examples);
}

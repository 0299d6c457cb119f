using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics;

/// <summary>Random tensors of a stream.</summary>
internal static class Draws
{
    /// <summary>Standard normal numbers, as many as another tensor has; a function of stream and counter.</summary>
    public static Tensor Normal(CounterRandom random, ulong counter, Tensor like)
    {
        using var generator = new Generator(random.Bits(counter), like.device);
        return randn(like.shape, device: like.device, generator: generator);
    }
}

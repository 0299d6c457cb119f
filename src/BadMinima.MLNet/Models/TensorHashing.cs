using System.Security.Cryptography;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Models;

/// <summary>Tensors as what a hash is taken of.</summary>
internal static class TensorHashing
{
    /// <summary>Adds a tensor's values, in row-major order.</summary>
    public static void AppendTensor(this IncrementalHash hash, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        Tensor values = tensor.detach().cpu().contiguous();

        // A span of bytes holds 2 GiB at the most.
        foreach (Tensor part in values.view(-1).split(1 << 28))
        {
            hash.AppendData(part.bytes);
        }
    }
}

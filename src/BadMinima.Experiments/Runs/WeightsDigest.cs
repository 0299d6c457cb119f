using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace BadMinima.Experiments;

/// <summary>Tells whether two networks have the same numbers, bit for bit.</summary>
internal static class WeightsDigest
{
    /// <summary>
    /// SHA-256, in hexadecimal, over all parameters and buffers in the ordinal order of their names: of each its name, type and sizes, and
    /// then its values, little-endian, in row-major order.
    /// </summary>
    public static string Of(nn.Module network)
    {
        using var scope = NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, Tensor tensor) in network.state_dict().OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {tensor.dtype} {string.Join('x', tensor.shape)}\n"));
            hash.AppendData(tensor.detach().cpu().contiguous().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Models;

/// <summary>The weights and images that reference_outputs.py computes, by the same formula: see there.</summary>
internal static class ReferenceWeights
{
    private const uint RunningStatistics = 10000;
    private const uint Images = 20000;

    public static void Fill(nn.Module network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        uint t = 0;
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in network.named_parameters())
        {
            (double scale, double offset) = parameter.dim() > 1 ? (Math.Sqrt(6.0 / (parameter.numel() / parameter.shape[0])), 0)
                : name.EndsWith("bias", StringComparison.Ordinal) ? (0.1, 0.0)
                : (0.2, 1);
            parameter.copy_(Values(t++, parameter.shape, _ => scale, offset));
        }

        t = RunningStatistics;
        foreach ((string name, Tensor buffer) in Running(network))
        {
            buffer.copy_(name.EndsWith("mean", StringComparison.Ordinal) ? Values(t++, buffer.shape, _ => 0.1) : Values(t++, buffer.shape, _ => 0.5, 1));
        }
    }

    public static Tensor Batch(int count, int size) => Values(Images, [count, 3, size, size], e => (1 + e / (3 * size * size)) / 2.0);

    /// <summary>Mean and variance of each BatchNorm after the other.</summary>
    public static IEnumerable<(string Name, Tensor Buffer)> Running(nn.Module network)
        => network.named_buffers().Where(b => !b.name.EndsWith("num_batches_tracked", StringComparison.Ordinal));

    private static Tensor Values(uint t, long[] shape, Func<int, double> scale, double offset = 0)
    {
        float[] values = new float[shape.Aggregate((a, b) => a * b)];
        for (int e = 0; e < values.Length; e++)
        {
            values[e] = (float)(offset + scale(e) * Uniform(t, (uint)e));
        }

        return tensor(values).view(shape);
    }

    private static double Uniform(uint t, uint e)
    {
        unchecked
        {
            uint x = e + t * 0x9E3779B9;
            x ^= x >> 16;
            x *= 0x7FEB352D;
            x ^= x >> 15;
            x *= 0x846CA68B;
            x ^= x >> 16;
            return x / (double)(1L << 31) - 1;
        }
    }
}

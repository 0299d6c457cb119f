using static TorchSharp.torch;

namespace BadMinima.MLNet.Native;

/// <summary>
/// What torch draws from a seed, on any device. A generator of TorchSharp's is one of the CPU, whatever device it was made for
/// (dotnet/TorchSharp issue 1194, still so in 0.107), and torch refuses it for a tensor on a GPU: there the process's own generator is
/// seeded for the draw.
/// </summary>
internal static class SeededDraw
{
    /// <summary>Standard normal numbers.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="device">Where they lie.</param>
    public static Tensor Normal(ReadOnlySpan<long> shape, ulong seed, Device device)
    {
        long[] sizes = shape.ToArray();
        return Of(seed, device, generator => randn(sizes, device: device, generator: generator));
    }

    /// <summary>What a function draws from a generator of this seed; null: from the process's.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="device">Where is drawn.</param>
    /// <param name="draw">Draws.</param>
    public static Tensor Of(ulong seed, Device device, Func<Generator?, Tensor> draw)
    {
        if (device.type != TorchSharp.DeviceType.CPU)
        {
            using ProcessGenerator held = ProcessGenerator.Take(unchecked((long)seed), device);
            return draw(null);
        }

        using var generator = new Generator(seed);
        return draw(generator);
    }
}

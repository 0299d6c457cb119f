using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics;

/// <summary>Random tensors of a stream, and what is made of several draws.</summary>
internal static class Draws
{
    /// <summary>Standard normal numbers, as many as another tensor has; a function of stream and counter.</summary>
    public static Tensor Normal(CounterRandom random, ulong counter, Tensor like)
        => SeededDraw.Normal(like.shape, random.Bits(counter), like.device);

    /// <summary>The mean of draws, and its standard error; 0 of a single one.</summary>
    public static (double Mean, double Error) Mean(IReadOnlyList<double> draws)
    {
        double mean = draws.Average();
        return (mean, draws.Count == 1 ? 0 : Math.Sqrt(draws.Sum(d => (d - mean) * (d - mean)) / (draws.Count - 1) / draws.Count));
    }

    /// <summary>The same as a measure gives it.</summary>
    public static MeasuredNumber Mean(string name, IReadOnlyList<double> draws)
    {
        (double mean, double error) = Mean(draws);
        return new(name, mean, error);
    }
}

using System.Diagnostics;
using static TorchSharp.torch;

namespace BadMinima.Benchmarks;

/// <summary>What the machine's matrix product reaches in float32, the yardstick for everything that is arithmetic.</summary>
internal static class MatrixPeak
{
    /// <summary>Floating-point operations a second, the best of three sizes.</summary>
    public static double Measure() => new[] { 1024, 2048, 4096 }.Max(Flops);

    private static double Flops(int n)
    {
        using var scope = NewDisposeScope();
        Tensor a = randn(n, n), b = randn(n, n);
        a.mm(b).Dispose();
        int repeats = 16 * 1024 / n / (n / 1024);
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < repeats; i++)
        {
            a.mm(b).Dispose();
        }

        return 2.0 * n * n * n * repeats / clock.Elapsed.TotalSeconds;
    }
}

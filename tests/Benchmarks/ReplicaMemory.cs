using System.Diagnostics;
using System.Globalization;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Benchmarks;

/// <summary>
/// Does R = 10 cost more memory than R = 1? Two processes train on 50,000 images of CIFAR-10's shape and report their peaks.
/// </summary>
internal static class ReplicaMemory
{
    public const string Argument = "replica-memory";

    /// <summary>Peak memory at R = 10 over that at R = 1.</summary>
    public static double Ratio(int seconds, out long peakOfOne, out long peakOfTen)
    {
        (peakOfOne, peakOfTen) = (InProcess(1, seconds), InProcess(10, seconds));
        return (double)peakOfTen / peakOfOne;
    }

    /// <summary>
    /// The child's work: fits random labels for some seconds, an epoch of 50,000 x R images at the most, and prints its peak working set.
    /// </summary>
    public static void Probe(int replicas, int seconds)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var ml = new MLContext(seed: 1);
        byte[] pixels = new byte[50_000 * 3072];
        new Random(1).NextBytes(pixels);
        IDataView train = ml.Data.LoadFromPixels(pixels, new ImageShape(3, 32, 32), [.. Enumerable.Range(0, 50_000).Select(i => i % 10)], [.. Enumerable.Range(0, 10).Select(c => $"class {c}")]);
        ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
        {
            Architecture = "cnn",
            RandomLabels = new() { Replicas = replicas, Epochs = 1 },
            Training = null,
            Device = "cpu",
            CancellationToken = stop.Token,
        }).Fit(train).Dispose();
        Console.WriteLine(Process.GetCurrentProcess().PeakWorkingSet64.ToString(CultureInfo.InvariantCulture));
    }

    private static long InProcess(int replicas, int seconds)
    {
        using Process child = Process.Start(new ProcessStartInfo(SweepSpeed.Itself[0], [.. SweepSpeed.Itself[1..], Argument, $"{replicas}", $"{seconds}"]) { RedirectStandardOutput = true })!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return long.Parse(output, CultureInfo.InvariantCulture);
    }
}

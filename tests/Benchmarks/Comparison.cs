using BadMinima.MLNet;
using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.Benchmarks;

/// <summary>How much is measured.</summary>
/// <param name="Rounds">How often all sides run in turn; medians are over the rounds.</param>
/// <param name="Steps">Training steps of ResNet18 that count, a measurement.</param>
/// <param name="SmallSteps">The same for the small networks.</param>
/// <param name="MemorySeconds">How long each process of the memory comparison trains.</param>
/// <param name="SweepSeeds">Seeds of the sweep of short cells, 16 cells each.</param>
internal sealed record Effort(int Rounds, int Steps, int SmallSteps, int MemorySeconds, int SweepSeeds);

/// <summary>Every side in turn, round after round, so that a machine whose speed drifts slows all of them.</summary>
internal static class Comparison
{
    private const int LaneSeeds = 8;

    /// <summary>What can be asked for by itself, in the order in which it is measured.</summary>
    public static readonly string[] Parts = ["peak", "linear", "resnet18", "large", "small", "lanes", "pipeline", "memory", "sweeps", "cells"];

    /// <summary>What is measured where nothing is asked for: all but the folder of 100,000 cells.</summary>
    public static readonly string[] ByDefault = [.. Parts.Where(part => part != "cells")];

    /// <param name="effort">How much.</param>
    /// <param name="parts">Which of <see cref="Parts"/>; shares of the peak need "peak" too.</param>
    public static Report Run(Effort effort, IReadOnlyCollection<string> parts)
    {
        TorchRuntime.EnsureLoaded();
        int threads = get_num_threads();
        string? reason = "no part that was asked for has it";
        using PyTorch? pytorch = parts.Any(p => p is "resnet18" or "large" or "small") ? PyTorch.TryStart(out reason) : null;
        var samples = new Samples();
        Console.WriteLine($"{TorchRuntime.Description}; {threads} threads; PyTorch: {pytorch?.Version ?? reason}");
        for (int round = 1; round <= effort.Rounds; round++)
        {
            Console.WriteLine($"Round {round} of {effort.Rounds}");
            foreach (string part in Parts.Where(parts.Contains))
            {
                Measure(part, effort, threads, pytorch, samples);
            }
        }

        if (parts.Contains("memory"))
        {
            samples.Add("replicaMemoryRatio", ReplicaMemory.Ratio(effort.MemorySeconds, out long one, out long ten));
            samples.Add("replicaMemoryPeakOfOneBytes", one);
            samples.Add("replicaMemoryPeakOfTenBytes", ten);
        }

        if (parts.Contains("sweeps"))
        {
            Sweeps(effort, samples);
        }

        if (parts.Contains("cells"))
        {
            (double again, double shown, double reported, _) = SweepSpeed.Finished(100_000, reports: true);
            samples.Add("sweepFinished100000Seconds", again);
            samples.Add("sweepShown100000Seconds", shown);
            samples.Add("sweepReported100000Seconds", reported);
        }

        return Report.Of(samples, effort, threads, pytorch?.Version, reason);
    }

    /// <summary>A part's share of a round.</summary>
    private static void Measure(string part, Effort effort, int threads, PyTorch? pytorch, Samples samples)
    {
        switch (part)
        {
            case "peak":
                samples.Add("peakGflops", MultiplyAddPeak.Measure(threads) / 1e9);
                samples.Add("matrixProductGflops", MatrixPeak.Measure() / 1e9);
                break;
            case "linear":
                samples.Add("linearGflops", LinearSpeed.Measure(effort.SmallSteps) / 1e9);
                (double oneDnn, double torchs) = LinearSpeed.Products(40 * effort.SmallSteps);
                samples.Add("linearProductsOneDnnGflops", oneDnn / 1e9);
                samples.Add("linearProductsTorchGflops", torchs / 1e9);
                break;
            case "resnet18":
                samples.Add("resnet18ObviousF32", ObviousLoop.ImagesPerSecond(Workload.ResNet18, effort.Steps));
                if (pytorch is not null)
                {
                    samples.Add("resnet18PyTorchF32Contiguous", pytorch.ImagesPerSecond(Workload.ResNet18, "contiguous", "f32", effort.Steps, threads));
                    samples.Add("resnet18PyTorchF32ChannelsLast", pytorch.ImagesPerSecond(Workload.ResNet18, "channels_last", "f32", effort.Steps, threads));
                }

                samples.Add("resnet18OursF32", Ours.ImagesPerSecond(Workload.ResNet18, effort.Steps));
                samples.Add("resnet18OursBf16", Ours.ImagesPerSecond(Workload.ResNet18, effort.Steps, Precision.BF16));
                break;
            case "large":
                foreach (Workload workload in new[] { Workload.DenseNet, Workload.Vgg16, Workload.Airbench })
                {
                    samples.Add($"{workload.Network}Ours", Ours.ImagesPerSecond(workload, effort.Steps));
                    foreach (string layout in pytorch is null ? [] : new[] { "contiguous", "channels_last" })
                    {
                        samples.Add($"{workload.Network}PyTorch {layout}", pytorch!.ImagesPerSecond(workload, layout, "f32", effort.Steps, threads));
                    }
                }

                samples.Add("airbench94OursBf16", Ours.ImagesPerSecond(Workload.Airbench, effort.Steps, Precision.BF16));
                break;
            case "small":
                foreach (Workload workload in new[] { Workload.Cnn, Workload.Mlp, Workload.WideMlp, Workload.Elman })
                {
                    samples.Add($"{workload.Network}Obvious", ObviousLoop.ImagesPerSecond(workload, effort.SmallSteps));
                    samples.Add($"{workload.Network}Ours", Ours.ImagesPerSecond(workload, effort.SmallSteps));
                    if (pytorch is not null && !workload.IsOfSequences)
                    {
                        samples.Add($"{workload.Network}PyTorch", pytorch.ImagesPerSecond(workload, "contiguous", "f32", effort.SmallSteps, threads));
                    }
                }

                break;
            case "lanes":
                foreach (Workload workload in new[] { Workload.Cnn, Workload.Mlp })
                {
                    samples.Add($"{workload.Network}LanesVsSingle", Ours.SeedsVsSingle(workload, effort.SmallSteps, LaneSeeds));
                    Lanes.OnCpu = true;
                    samples.Add($"{workload.Network}LanesInOnePassVsSingle", Ours.SeedsVsSingle(workload, effort.SmallSteps, LaneSeeds));
                    Lanes.OnCpu = false;
                }

                break;
            case "pipeline":
                using (var scoring = new Scoring())
                {
                    samples.Add("transformVsForward", scoring.TransformVsForward());
                    samples.Add("predictMilliseconds", scoring.PredictMilliseconds());
                }

                samples.Add("pipelineVsHand", HandWritten.PipelineVsHand());
                samples.Add("idxSeconds", IdxReading.Measure(new MLContext(seed: 1), 60_000));
                break;
        }
    }

    /// <summary>What a step costs with each escape.</summary>
    /// <param name="effort">How much.</param>
    public static Report Escapes(Effort effort)
    {
        TorchRuntime.EnsureLoaded();
        var samples = new Samples();
        for (int round = 1; round <= effort.Rounds; round++)
        {
            Console.WriteLine($"Round {round} of {effort.Rounds}");
            EscapeCost.Measure(Workload.Cnn, effort.SmallSteps, samples);
        }

        return Report.Of(samples, effort, get_num_threads(), null, "--escapes measures escapes alone");
    }

    private static void Sweeps(Effort effort, Samples samples)
    {
        samples.Add("sweepFinished1000Seconds", SweepSpeed.Finished(1000).Again);
        samples.Add("sweepListing10000Seconds", SweepSpeed.Finished(10_000).Listing);
        samples.Add("sweepTrainingShare", SweepSpeed.Sweep(effort.SweepSeeds).Share);
        foreach (string network in new[] { "cnn", "lenet", "mlp-1x512" })
        {
            // Side by side in turn: two processes of a thread each, and one of two.
            double two = SweepSpeed.Sweep(1, workers: 2, workerThreads: 1, network, images: 1000, epochs: 6).Seconds;
            samples.Add($"sweepOneProcessOverTwo {network}", SweepSpeed.Sweep(1, workers: 1, workerThreads: 2, network, images: 1000, epochs: 6).Seconds / two);
        }

    }
}

/// <summary>The measurements by name, in the order in which they were first made.</summary>
internal sealed class Samples
{
    private readonly List<(string Name, List<double> Values)> _all = [];

    public void Add(string name, double value)
    {
        Console.WriteLine($"  {name,-34}{value,16:N2}");
        int at = _all.FindIndex(s => s.Name == name);
        if (at < 0)
        {
            at = _all.Count;
            _all.Add((name, []));
        }

        _all[at].Values.Add(value);
    }

    public IReadOnlyList<(string Name, List<double> Values)> All => _all;

    /// <summary>
    /// Round by round, how many times as fast one side was as the better of some others; null where one of the sides is missing.
    /// </summary>
    public double? Ratio(string ours, params ReadOnlySpan<string> others)
    {
        List<double>? mine = Values(ours);
        double[]? theirs = null;
        foreach (string other in others)
        {
            if (Values(other) is not { } values)
            {
                return null;
            }

            theirs = theirs is null ? [.. values] : [.. theirs.Zip(values, Math.Max)];
        }

        return mine is null || theirs is null ? null : Median([.. mine.Zip(theirs, (a, b) => a / b)]);
    }

    public double? MedianOf(string name) => Values(name) is { } values ? Median([.. values]) : null;

    public static double Median(double[] values)
    {
        Array.Sort(values);
        int middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private List<double>? Values(string name) => _all.FirstOrDefault(s => s.Name == name).Values;
}

using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using BadMinima.MLNet;
using static TorchSharp.torch;

namespace BadMinima.Benchmarks;

/// <summary>
/// A training step taken apart: what oneDNN says of each of its products (ONEDNN_VERBOSE, in a process of its own), beside the machine's
/// peak, and what is left of the step for everything else.
/// </summary>
internal static partial class StepProfile
{
    public const string AsCommand = "step-profile";

    // Of a small network the first steps are slower, until the loop's methods are compiled at their best.
    private const int Steps = 15, SmallSteps = 240;

    public static readonly string[] Networks = [.. Workloads.Select(w => w.Network)];

    private static Workload[] Workloads => [Workload.ResNet18, Workload.Vgg16, Workload.DenseNet, Workload.Airbench, Workload.Cnn];

    /// <summary>The child's work: trains, and prints images a second last.</summary>
    public static void Command(string network, string precision)
    {
        Workload workload = Of(network);
        int steps = workload == Workload.Cnn ? SmallSteps : Steps;
        Console.WriteLine(Ours.ImagesPerSecond(workload, steps, Enum.Parse<Precision>(precision)).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Measures and prints.</summary>
    public static void Print(string network, Precision precision)
    {
        TorchRuntime.EnsureLoaded();
        Workload workload = Of(network);
        int threads = get_num_threads();
        double peak = MultiplyAddPeak.Measure(threads) / 1e9 * (precision == Precision.BF16 ? 2 : 1);
        (List<Primitive> all, double imagesPerSecond) = Run(network, precision);
        double step = workload.Batch / imagesPerSecond * 1000;

        // The last product of a pass backward is that of the first layer's weights. Nothing is measured between the two epochs, of which the
        // second counts.
        string last = all.Last(p => p.Kind == "backward_weights").Problem;
        int[] ends = [.. all.Index().Where(p => p.Item.Kind == "backward_weights" && p.Item.Problem == last).Select(p => p.Index)];
        int steps = ends.Length / 2;
        List<Primitive> counted = all[(ends[^(steps + 1)] + 1)..(ends[^1] + 1)];
        Console.WriteLine($"{TorchRuntime.Description}; {threads} threads; peak {peak:0} GFLOP/s");
        Console.WriteLine($"{network}, {precision}, batch {workload.Batch}: {step:0.0} ms a step, {imagesPerSecond:0} images/s; {steps} steps");
        Console.WriteLine($"  {"ms",7} {"GFLOP/s",8} {"of peak",8} {"more than at the peak",22}");
        foreach (IGrouping<string, Primitive> kind in counted.GroupBy(p => p.Kind).OrderByDescending(g => g.Sum(p => p.Milliseconds)))
        {
            Line(kind, kind.Key);
            foreach (IGrouping<string, Primitive> problem in kind.Where(p => p.Flops > 0).GroupBy(p => p.Problem)
                .OrderByDescending(g => g.Sum(p => p.Milliseconds - p.Flops / peak / 1e6)))
            {
                Line(problem, $"  {problem.Key}, {(double)problem.Count() / steps:0} times, {problem.First().Implementation}");
            }
        }

        Line(counted, "oneDNN in all");
        double left = step - counted.Sum(p => p.Milliseconds) / steps;
        Console.WriteLine($"  {left,7:0.0} {"",8} {"",8} {left,19:0.0} ms  everything else ({left / step:0.0 %} of the step)");

        void Line(IEnumerable<Primitive> some, string name)
        {
            double milliseconds = some.Sum(p => p.Milliseconds) / steps, gflop = some.Sum(p => p.Flops) / 1e9 / steps;
            string speed = gflop > 0 ? $"{gflop / milliseconds * 1000,8:0} {gflop / milliseconds * 1000 / peak,8:0.00}" : $"{"",17}";
            Console.WriteLine($"  {milliseconds,7:0.0} {speed} {milliseconds - gflop / peak * 1000,19:0.0} ms  {name}");
        }
    }

    private static Workload Of(string network) => Workloads.Single(w => w.Network == network);

    private static (List<Primitive> All, double ImagesPerSecond) Run(string network, Precision precision)
    {
        var start = new ProcessStartInfo(SweepSpeed.Itself[0], [.. SweepSpeed.Itself[1..], AsCommand, network, $"{precision}"]) { RedirectStandardOutput = true };
        start.Environment["ONEDNN_VERBOSE"] = "1";
        using Process child = Process.Start(start)!;
        string[] lines = child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        child.WaitForExit();
        List<Primitive> all = [.. lines.Where(l => l.StartsWith("onednn_verbose,v1,primitive,exec,", StringComparison.Ordinal)).Select(Read)];
        return child.ExitCode == 0 && all.Any(p => p.Kind == "backward_weights")
            ? (all, double.Parse(lines[^1], CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"Training ended with exit code {child.ExitCode}, and oneDNN told of {all.Count} products.");
    }

    /// <summary>One line: ..., engine, primitive, implementation, kind of pass, ..., problem, milliseconds.</summary>
    private static Primitive Read(string line)
    {
        string[] fields = line.Split(',');
        bool isConvolution = fields[5] == "convolution";
        string problem = fields[^2];
        Dictionary<string, long> sizes = Size().Matches(problem).DistinctBy(m => m.Groups[1].Value)
            .ToDictionary(m => m.Groups[1].Value, m => long.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));
        double flops = isConvolution ? 2.0 * new[] { "mb", "ic", "oc", "oh", "ow", "kh", "kw" }.Aggregate(1L, (product, name) => product * sizes[name]) : 0;
        return new(isConvolution ? fields[7] : fields[5], fields[6], problem, flops, double.Parse(fields[^1], CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("(mb|ic|oc|oh|ow|kh|kw)([0-9]+)")]
    private static partial Regex Size();

    private readonly record struct Primitive(string Kind, string Implementation, string Problem, double Flops, double Milliseconds);
}

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.MLNet;
using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.Benchmarks;

/// <summary>
/// One device, looked at in a few minutes: speed beside PyTorch on the same device in the same run, memory over a thousand steps, and a short
/// experiment in two phases. Written for a GPU; on the CPU it runs whole at small sizes.
/// </summary>
/// <param name="device">"cuda" or "cpu".</param>
/// <param name="cifar">The folder of CIFAR-10's binary files; null: drawn images stand in.</param>
internal sealed class DeviceRun(string device, string? cifar)
{
    private readonly Samples _samples = new();
    private readonly List<(string Name, double? Value, string Behind)> _rows = [];

    private bool IsSmall => device == "cpu";

    private int Rounds => IsSmall ? 1 : 3;

    /// <summary>Measures, and writes device.json and device.md: again after each part, so that one that fails takes no other along.</summary>
    /// <param name="folder">The folder; it is made.</param>
    /// <returns>How many parts failed.</returns>
    public int Run(string folder)
    {
        TorchRuntime.EnsureLoaded();
        if (!IsSmall && !cuda.is_available())
        {
            throw new InvalidOperationException($"torch sees no CUDA device here: {TorchRuntime.Description}. Give --device cpu to try it without one.");
        }

        var clock = Stopwatch.StartNew();
        using PyTorch? pytorch = PyTorch.TryStart(out string? reason);
        Console.WriteLine($"{Card()}; {TorchRuntime.Description}; PyTorch: {pytorch?.Version ?? reason}");
        int steps = IsSmall ? 2 : 150;
        int failed = 0;
        foreach (int batch in IsSmall ? [8] : new[] { 128, 512 })
        {
            Part(() => Speed(pytorch, Workload.ResNet18 with { Batch = batch }, Precision.BF16, steps), $"resnet18 BF16 batch {batch}");
            Part(() => Speed(pytorch, Workload.ResNet18 with { Batch = batch }, Precision.F32, steps), $"resnet18 F32 batch {batch}");
        }

        Part(() => Speed(pytorch, Workload.Cnn, Precision.F32, 2 * steps), "cnn F32");
        Part(() => Speed(pytorch, Workload.Mlp, Precision.F32, 2 * steps), "mlp F32");
        Part(() => LaneSpeed(Workload.Cnn, Precision.F32, steps), "lanes of cnn");
        Part(() => LaneSpeed(Workload.Mlp, Precision.F32, steps), "lanes of mlp");
        Part(() => LaneSpeed(Workload.ResNet18, Precision.BF16, IsSmall ? 1 : steps / 3), "lanes of resnet18");
        Part(Memory, "memory");
        Part(Experiment, "two phases");
        Print(folder);
        return failed;

        void Part(Action measure, string name)
        {
            try
            {
                measure();
            }
            catch (Exception e)
            {
                failed++;
                string why = e.Message.Split('\n')[0];
                Console.Error.WriteLine($"{name} failed: {why}");
                _rows.Add(($"{name}: failed", null, why.Replace('|', '/')));
            }

            Save(folder, new()
            {
                ["device"] = device,
                ["card"] = Card(),
                ["system"] = RuntimeInformation.OSDescription,
                ["torch"] = TorchRuntime.Description,
                ["pytorch"] = pytorch is null ? reason : $"{pytorch.Version}, cudnn.benchmark on",
                ["rounds"] = Rounds,
                ["seconds"] = Math.Round(clock.Elapsed.TotalSeconds, 1),
            });
        }
    }

    private void Speed(PyTorch? pytorch, Workload workload, Precision precision, int steps)
    {
        string name = $"{workload.Network} {precision} batch {workload.Batch}".ToLowerInvariant();
        string numbers = precision == Precision.BF16 ? "bf16" : "f32";
        string[] layouts = precision == Precision.BF16 || device == "cpu" ? ["channels_last"] : ["contiguous", "channels_last"];
        for (int round = 0; round < Rounds; round++)
        {
            _samples.Add($"{name} ours", Ours.ImagesPerSecond(workload, steps, precision, device: device));
            foreach (string layout in pytorch is null ? [] : layouts)
            {
                _samples.Add($"{name} PyTorch {layout}", pytorch!.ImagesPerSecond(workload, layout, numbers, steps, get_num_threads(), device));
            }
        }

        string[] theirs = [.. layouts.Select(layout => $"{name} PyTorch {layout}")];
        double ours = _samples.MedianOf($"{name} ours")!.Value;
        string their = pytorch is null ? "no PyTorch" : $"{theirs.Max(t => _samples.MedianOf(t)!.Value):N0}";
        _rows.Add(($"{name}, over PyTorch eager", _samples.Ratio($"{name} ours", theirs), $"{ours:N0} / {their} images/s"));
    }

    /// <summary>Several seeds in one step, which the CPU takes only here.</summary>
    private void LaneSpeed(Workload workload, Precision precision, int steps)
    {
        int seeds = IsSmall ? 2 : 8;
        Workload sized = IsSmall ? workload with { Batch = 8 } : workload;
        Lanes.OnCpu = IsSmall;
        double ratio;
        try
        {
            ratio = Ours.SeedsVsSingle(sized, steps, seeds, precision, device);
        }
        finally
        {
            Lanes.OnCpu = false;
        }

        string name = $"{sized.Network} {precision} batch {sized.Batch}".ToLowerInvariant();
        _rows.Add(($"{name}, {seeds} seeds as lanes over one by one", ratio, "whole calls of FitSeeds and Fit"));
    }

    /// <summary>What a thousand steps more leave in memory, in MiB.</summary>
    private void Memory()
    {
        const int examples = 100, batch = 10;
        var ml = new MLContext(seed: 1);
        IDataView train = ml.Data.LoadSyntheticImages(Split.Train, examples);
        double After(int steps)
        {
            double used = 0;
            int epochs = steps * batch / examples;
            ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
            {
                Architecture = "cnn",
                RandomLabels = null,
                Training = Recipe.Regularized with { Epochs = epochs, BatchSize = batch, MeasureEvery = epochs },
                Device = device,
                MetricsCallback = e => used = e.Epoch == epochs ? UsedMebibytes() : 0,
            }).Fit(train).Dispose();
            return used;
        }

        // The first run fills the caches that cuDNN and the allocator keep.
        After(100);
        double few = After(100), many = After(1100);
        _rows.Add(("memory after 1,100 steps less that after 100, in MiB", many - few, $"{many:N0} / {few:N0} MiB"));
    }

    /// <summary>Random labels first, then the true ones: does plain SGD stay where they led it, and how long does it take here?</summary>
    private void Experiment()
    {
        var ml = new MLContext(seed: 1);
        (int images, int tests, int fit, int epochs, string architecture, Precision precision) = IsSmall
            ? (200, 100, 3, 2, "cnn", Precision.F32) : (5000, 5000, 40, 20, "resnet18", Precision.BF16);
        (IDataView train, IDataView test) = cifar is null
            ? (ml.Data.LoadSyntheticImages(Split.Train, images, SyntheticStyle.Color32), ml.Data.LoadSyntheticImages(Split.Test, tests, SyntheticStyle.Color32))
            : (ml.Data.LoadCifar10(cifar, Split.Train, images), ml.Data.LoadCifar10(cifar, Split.Test, tests));
        var clock = Stopwatch.StartNew();
        double Accuracy(RandomLabelPhase? first)
        {
            using TwoPhaseTransformer model = ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
            {
                Architecture = architecture,
                RandomLabels = first,
                Training = Recipe.Vanilla with { Epochs = epochs, LearningRate = 0.05, MeasureEvery = epochs },
                Precision = precision,
                Device = device,
                Seed = 1,
            }).Fit(train);
            return 100 * ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy;
        }

        double random = Accuracy(null);
        double adversarial = Accuracy(new() { Epochs = fit, LearningRate = 0.05, Replicas = 1, MeasureEvery = fit });
        string what = $"{architecture}, {images:N0} {(cifar is null ? "drawn images" : "images of CIFAR-10")}";
        _rows.Add(("gap of plain SGD after random labels, in points", random - adversarial, $"{random:0.0} / {adversarial:0.0} % on {what}"));
        _rows.Add(("seconds of these two runs, measuring included", clock.Elapsed.TotalSeconds, what));
    }

    private void Save(string folder, JsonObject machine)
    {
        JsonObject json = [];
        StringBuilder table = new($"{machine["card"]}; {machine["torch"]}; PyTorch {machine["pytorch"]}; {machine["seconds"]} s in all.\n\n| | | behind it |\n| --- | ---: | --- |\n");
        foreach ((string name, double? value, string behind) in _rows)
        {
            json[name] = value is { } known && double.IsFinite(known) ? known : null;
            string said = Said(value);
            table.Append(CultureInfo.InvariantCulture, $"| {name} | {said} | {behind} |\n");
        }

        JsonObject medians = [];
        foreach ((string name, List<double> values) in _samples.All)
        {
            medians[name] = Samples.Median([.. values]);
        }

        (json["medians"], json["machine"]) = (medians, machine);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "device.json"), json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
        File.WriteAllText(Path.Combine(folder, "device.md"), table.ToString());
    }

    private void Print(string folder)
    {
        foreach ((string name, double? value, string behind) in _rows)
        {
            Console.WriteLine($"  {name,-60}{Said(value),10}  {behind}");
        }

        Console.WriteLine($"{Path.Combine(folder, "device.json")}, {Path.Combine(folder, "device.md")}");
    }

    private static string Said(double? value)
        => value is { } known && double.IsFinite(known) ? known.ToString("0.00", CultureInfo.InvariantCulture) : "–";

    private static string FirstCard
        => Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES")?.Split(',')[0] is { Length: > 0 } first ? first : "0";

    private string Card() => IsSmall ? $"{Environment.ProcessorCount} cores" : Ask("name") ?? "a CUDA device";

    private double UsedMebibytes()
    {
        if (IsSmall)
        {
            using Process self = Process.GetCurrentProcess();
            return self.WorkingSet64 / 1024.0 / 1024;
        }

        // A driver may refuse to tell.
        return double.TryParse(Ask("memory.used"), NumberStyles.Float, CultureInfo.InvariantCulture, out double used) ? used : double.NaN;
    }

    /// <summary>What nvidia-smi says of the card that CUDA takes first, by the order that run.sh asks for; null: it is not here.</summary>
    private static string? Ask(string query)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo("nvidia-smi", [$"--query-gpu={query}", "--format=csv,noheader,nounits", $"--id={FirstCard}"]) { RedirectStandardOutput = true })!;
            string? line = process.StandardOutput.ReadLine();
            process.WaitForExit();
            return line;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}

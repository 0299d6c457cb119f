using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Benchmarks;

/// <summary>What came out: ratios by name, the medians behind them, and why a ratio is missing.</summary>
internal sealed record Report(IReadOnlyList<(string Name, double? Value)> Ratios, IReadOnlyList<(string Name, double Value)> Medians, string? Missing, JsonObject Machine)
{
    public static Report Of(Samples samples, Effort effort, int threads, string? pytorch, string? missing) => new(
        [
            ("resnet18F32VsPyTorch", samples.Ratio("resnet18OursF32", "resnet18PyTorchF32Contiguous", "resnet18PyTorchF32ChannelsLast")),
            ("resnet18F32VsObvious", samples.Ratio("resnet18OursF32", "resnet18ObviousF32")),
            ("resnet18F32PeakFraction", samples.Ratio("resnet18OursF32", "peakGflops") * Workload.ResNet18.TrainingFlops / 1e9),
            ("resnet18Bf16PeakFraction", MultiplyAddPeak.HasHalves ? samples.Ratio("resnet18OursBf16", "peakGflops") * Workload.ResNet18.TrainingFlops / 2e9 : null),
            ("linearPeakFraction", samples.Ratio("linearGflops", "peakGflops")),
            ("linearProductsPeakFraction", samples.Ratio("linearProductsOneDnnGflops", "peakGflops")),
            ("densenetVsPyTorch", samples.Ratio("densenet-bc-40Ours", "densenet-bc-40PyTorch contiguous", "densenet-bc-40PyTorch channels_last")),
            ("vgg16VsPyTorch", samples.Ratio("vgg16Ours", "vgg16PyTorch contiguous", "vgg16PyTorch channels_last")),
            ("airbenchVsPyTorch", samples.Ratio("airbench94Ours", "airbench94PyTorch contiguous", "airbench94PyTorch channels_last")),
            ("airbenchBf16VsPyTorch", samples.Ratio("airbench94OursBf16", "airbench94PyTorch contiguous", "airbench94PyTorch channels_last")),
            ("peakGflops", samples.MedianOf("peakGflops")),
            ("resnet18Bf16VsPyTorch", samples.Ratio("resnet18OursBf16", "resnet18PyTorchF32Contiguous", "resnet18PyTorchF32ChannelsLast")),
            ("cnnVsObvious", samples.Ratio("cnnOurs", "cnnObvious")),
            ("mlpVsObvious", samples.Ratio("mlp-1x512Ours", "mlp-1x512Obvious")),
            ("wideMlpVsObvious", samples.Ratio("mlpOurs", "mlpObvious")),
            ("elmanVsObvious", samples.Ratio("elmanOurs", "elmanObvious")),
            ("lanesCnnVsSingle", samples.MedianOf("cnnLanesVsSingle")),
            ("lanesMlpVsSingle", samples.MedianOf("mlp-1x512LanesVsSingle")),
            ("replicaMemoryRatio", samples.MedianOf("replicaMemoryRatio")),
            ("transformVsForward", samples.MedianOf("transformVsForward")),
            ("predictMilliseconds", samples.MedianOf("predictMilliseconds")),
            ("pipelineVsHand", samples.MedianOf("pipelineVsHand")),
            ("idxSeconds", samples.MedianOf("idxSeconds")),
            ("sweepTrainingShare", samples.MedianOf("sweepTrainingShare")),
            ("sweepFinished1000Seconds", samples.MedianOf("sweepFinished1000Seconds")),
            ("sweepListing10000Seconds", samples.MedianOf("sweepListing10000Seconds")),
        ],
        [.. samples.All.Select(s => (s.Name, Samples.Median([.. s.Values])))],
        missing,
        new JsonObject
        {
            ["system"] = RuntimeInformation.OSDescription,
            ["cores"] = Environment.ProcessorCount,
            ["threads"] = threads,
            ["torch"] = TorchRuntime.Description,
            ["pytorch"] = pytorch,
            ["rounds"] = effort.Rounds,
            ["steps"] = effort.Steps,
        });

    public void Print()
    {
        Console.WriteLine("Ratios (ours / theirs, medians over the rounds)");
        foreach ((string name, double? value) in Ratios)
        {
            Console.WriteLine($"  {name,-34}{(value is { } number ? $"{number,16:N3}" : $"  missing: {Missing}")}");
        }
    }

    /// <summary>Each ratio under its name, null where a side is missing, then medians, reasons and machine.</summary>
    public void Save(string file)
    {
        var json = new JsonObject();
        var medians = new JsonObject();
        var reasons = new JsonObject();
        foreach ((string name, double? value) in Ratios)
        {
            json[name] = value;
            if (value is null)
            {
                reasons[name] = Missing;
            }
        }

        foreach ((string name, double value) in Medians)
        {
            medians[name] = value;
        }

        (json["medians"], json["reasons"], json["machine"]) = (medians, reasons, Machine);
        File.WriteAllText(file, json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }
}

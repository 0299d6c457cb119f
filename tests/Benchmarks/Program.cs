using System.CommandLine;
using System.Globalization;
using BadMinima.Benchmarks;

// Speeds as ratios, measured side by side in one run: this library, the obvious TorchSharp loop, PyTorch, the machine's matrix product.
if (args is [ReplicaMemory.Argument, var replicas, var seconds])
{
    ReplicaMemory.Probe(int.Parse(replicas, CultureInfo.InvariantCulture), int.Parse(seconds, CultureInfo.InvariantCulture));
    return 0;
}

var json = new Option<string?>("--json") { Description = "File for the medians and ratios" };
var quick = new Option<bool>("--quick") { Description = "Two rounds of short measurements: under five minutes" };
var command = new RootCommand("Measures this library beside the obvious TorchSharp loop, PyTorch (Debian: python3-torch) and the machine's matrix product, and prints ratios.") { json, quick };
command.SetAction(result =>
{
    var report = Comparison.Run(result.GetValue(quick) ? new Effort(Rounds: 2, Steps: 3, SmallSteps: 20, MemorySeconds: 15) : new Effort(Rounds: 5, Steps: 6, SmallSteps: 60, MemorySeconds: 60));
    report.Print();
    if (result.GetValue(json) is { } file)
    {
        report.Save(file);
    }
});
ParseResult parsed = command.Parse(args);
int code = parsed.Invoke();
return parsed.Errors.Count > 0 ? 2 : code;

using System.CommandLine;
using System.Globalization;
using BadMinima.Benchmarks;
using BadMinima.MLNet;

// Speeds as ratios, measured side by side in one run: this library, the obvious TorchSharp loop, PyTorch, the machine's matrix product.
if (args is [ReplicaMemory.Argument, var replicas, var seconds])
{
    ReplicaMemory.Probe(int.Parse(replicas, CultureInfo.InvariantCulture), int.Parse(seconds, CultureInfo.InvariantCulture));
    return 0;
}

if (args is [StepProfile.AsCommand, var profiled, var numbers])
{
    StepProfile.Command(profiled, numbers);
    return 0;
}

if (args is [SweepSpeed.AsCommand, ..])
{
    return SweepSpeed.Command(args[1..]);
}

var json = new Option<string?>("--json") { Description = "File for the medians and ratios" };
var quick = new Option<bool>("--quick") { Description = "Two rounds of short measurements" };
var only = new Option<string[]>("--only") { Description = $"Some parts: {string.Join(", ", Comparison.Parts)}; by default all but cells", AllowMultipleArgumentsPerToken = true };
only.AcceptOnlyFromAmong(Comparison.Parts);
var escapes = new Option<bool>("--escapes") { Description = "What a step costs with each escape: about five minutes" };
var command = new RootCommand("Measures this library beside the obvious TorchSharp loop, PyTorch (Debian: python3-torch) and the machine's matrix product, and prints ratios.") { json, quick, only, escapes };
var device = new Option<string?>("--device") { Description = "cuda or cpu: one device in a few minutes in place of all else, as tests/Gpu/run.sh does; cpu at small sizes" };
device.AcceptOnlyFromAmong("cuda", "cpu");
var data = new Option<string?>("--data") { Description = "With --device: the folder of CIFAR-10's binary files; without it drawn images stand in" };
var output = new Option<string>("--out") { Description = "With --device: the folder for device.json and device.md", DefaultValueFactory = _ => "." };
command.Add(device);
command.Add(data);
command.Add(output);
var profile = new Option<string?>("--profile") { Description = "A training step of this network taken apart, product by product, in place of all else" };
profile.AcceptOnlyFromAmong(StepProfile.Networks);
var precision = new Option<string>("--precision") { Description = "With --profile: f32 or bf16", DefaultValueFactory = _ => "f32" };
precision.AcceptOnlyFromAmong("f32", "bf16");
command.Validators.Add(result =>
{
    if (result.GetResult(precision) is { Implicit: false } && result.GetResult(profile) is null)
    {
        result.AddError("--precision goes with --profile.");
    }
});
command.Add(profile);
command.Add(precision);
int failed = 0;
command.SetAction(result =>
{
    if (result.GetValue(profile) is { } network)
    {
        StepProfile.Print(network, Enum.Parse<Precision>(result.GetValue(precision)!, ignoreCase: true));
        return;
    }

    if (result.GetValue(device) is { } one)
    {
        failed = new DeviceRun(one, result.GetValue(data)).Run(result.GetValue(output)!);
        return;
    }

    Effort effort = result.GetValue(quick)
        ? new Effort(Rounds: 2, Steps: 3, SmallSteps: 20, MemorySeconds: 15, SweepSeeds: 1)
        : new Effort(Rounds: 5, Steps: 6, SmallSteps: 60, MemorySeconds: 60, SweepSeeds: 4);
    var report = result.GetValue(escapes) ? Comparison.Escapes(effort) : Comparison.Run(effort, result.GetValue(only) is { Length: > 0 } parts ? parts : Comparison.ByDefault);
    report.Print();
    if (result.GetValue(json) is { } file)
    {
        report.Save(file);
    }
});
ParseResult parsed = command.Parse(args);
int code = parsed.Invoke();
return parsed.Errors.Count > 0 ? 2 : failed > 0 ? 1 : code;

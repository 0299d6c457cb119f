using BadMinima.Experiments;
using BadMinima.MLNet;
using static TorchSharp.torch.nn;

Architectures.Register(new() { Name = "one-layer", Create = (shape, classes) => Sequential(Flatten(), Linear(shape.Volume, classes)) });
if (Environment.GetEnvironmentVariable("SWEEP_PROBE_FORGETS") is null && SweepWorker.TryRun(args) is { } exit)
{
    return exit;
}

SweepResults results = new Sweep("a network of my own", new SweepGrid
{
    Data = [new DataChoice("synthetic") { Train = 100, Test = 40 }],
    Architectures = ["one-layer"],
    Recipes = ["none", new RecipeChoice("fast", new Recipe { Epochs = 2, BatchSize = 20, LearningRate = 0.1, Momentum = 0.9 }, Regularizers.Momentum)],
    Seeds = [1, 2],
    Training = new() { ["epochs"] = 3, ["batchSize"] = 20, ["stopAt"] = "off" },
    RandomLabels = new() { ["epochs"] = 2, ["replicas"] = 1, ["batchSize"] = 20, ["stopAt"] = "off" },
}).Run(args[0], new SweepOptions { Workers = 2, Threads = 1 });
Report report = new(results);
report.Write();
Console.WriteLine($"{results.Cells.Length} cells, {results.Starts.Count} starts, {results.Failed.Length + results.Missing.Length} without a result");
foreach (Comparison gap in report.Gaps)
{
    Console.WriteLine($"{gap.Subject}: gap {gap.Mean:F1} points over {gap.Seeds} seeds");
}

return 0;

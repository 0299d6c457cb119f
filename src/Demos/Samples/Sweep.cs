// What it shows: a sweep in C#: a network of your own, two recipes, both starts, several seeds; worker processes, resuming, and a report.
// Result:        a gap of 2.7 points by plain SGD and of 2.5 by sharpness-aware minimization; 12 trainings and 3 starts in 22 s.
// Machine:       2 cores of an AMD EPYC (lscpu: family 26, model 2), CPU only; other programs ran at the same time
// n:             3 seeds; one seed draws the weights, the random labels and the order
// Run it:        dotnet run Sweep.cs                   (--small takes seconds, to try it out). A second run continues, or only reports.
//
// In a folder of your own, put these lines in the place of the #:project line (linux-x64, win-x64, win-arm64 or osx-arm64, as yours is):
//     #:package BadMinima.MLNet@0.1.0
//     #:package BadMinima.Experiments@0.1.0
//     #:package libtorch-cpu-linux-x64@2.10.0
//     #:property PublishAot=false
#:project ../../BadMinima.Experiments

using BadMinima.Experiments;
using BadMinima.MLNet;
using static TorchSharp.torch.nn;

Architectures.Register(new()
{
    Name = "wide-layer",
    Takes = InputKinds.Images,
    Create = (shape, classes) => Sequential(Flatten(), Linear(shape.Volume, 256), ReLU(), Linear(256, classes)),
});

// A worker is this program again: it has the same networks registered, does its part here, and ends.
if (SweepWorker.TryRun(args) is { } exit)
{
    return exit;
}

bool small = args.Contains("--small");
SweepResults results = new Sweep("a network of my own", new SweepGrid
{
    Data = [new DataChoice("synthetic") { Train = small ? 100 : 300, Test = small ? 100 : 2000 }],
    Architectures = ["wide-layer"],
    Recipes = ["none", new RecipeChoice("sharpness-aware", Regularizers.None, new() { ["escapes"] = "sam:rho=0.05" })],
    Seeds = small ? [1] : [1, 2, 3],
    Training = new() { ["epochs"] = small ? 3 : 60, ["batchSize"] = 32, ["learningRate"] = 0.01, ["measureEvery"] = 10 },
    RandomLabels = new()
    {
        ["epochs"] = small ? 3 : 100,
        ["batchSize"] = 32,
        ["learningRate"] = 0.05,
        ["replicas"] = 1,
        ["stopAt"] = 0.99,
        ["measureEvery"] = 5,
    },
}).Run(
    Path.Combine(Path.GetTempPath(), small ? "badminima-sweep-small" : "badminima-sweep"),
    new SweepOptions { Workers = 2, Threads = 1 });

Report report = new(results);
report.Write();
Console.WriteLine("seeds   gap in points");
foreach (Comparison gap in report.Gaps)
{
    Console.WriteLine($"{gap.Seeds,5}   {gap.Mean,13:F1}   {gap.Subject}");
}

Console.WriteLine($"{results.Cells.Length} cells, {results.Failed.Length + results.Missing.Length} without a result");
return 0;

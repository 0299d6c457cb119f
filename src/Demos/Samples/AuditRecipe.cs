// What it shows: does a recipe depend on a lucky start? Plain SGD does, regularized SGD does not (Liu, Papailiopoulos, Achlioptas, 2020);
//                and a trainer of ML.NET's own, whose problem is convex and has no bad minimum.
// Result:        plain SGD depends: 26.0 points (21.6 to 30.4), with the rate 0.2 7.2; regularized SGD is robust: 0.3 points (0.2 to 0.5);
//                so is LbfgsMaximumEntropy: 0.1 (-0.3 to 0.5). 207, 147 and 9 s.
// Machine:       2 cores of an AMD EPYC (AVX-512), CPU only, nothing beside
// n:             3 seeds each, as many as it takes; one draws weights, random labels and order
// Run it:        dotnet run AuditRecipe.cs             (--small takes seconds, to try it out)
//
// In a folder of your own, put these lines in the place of the #:project line (linux-x64, win-x64, win-arm64 or osx-arm64, as yours is):
//     #:package BadMinima.MLNet@0.1.0
//     #:package BadMinima.Experiments@0.1.0
//     #:package libtorch-cpu-linux-x64@2.10.0
//     #:property PublishAot=false
#:project ../../BadMinima.Experiments

using BadMinima.Experiments;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

bool small = args.Contains("--small");
int images = small ? 100 : 2000;

var ml = new MLContext(seed: 1);
IDataView train = ml.Data.LoadSyntheticImages(Split.Train, images);
IDataView test = ml.Data.LoadSyntheticImages(Split.Test, images);
var options = new Auditing { Seeds = small ? 3 : 20, Budget = TimeSpan.FromMinutes(4) };
foreach ((string name, Recipe recipe) in new[] { ("plain SGD", Protocol.Quick.Vanilla), ("regularized SGD", Protocol.Quick.Regularized) })
{
    Audit audit = ml.MulticlassClassification.AuditRecipe(
        train, test,
        AuditedRecipe.Of(
            new TwoPhaseTrainer.Options { Architecture = "cnn", Training = small ? recipe with { Epochs = 2 } : recipe },
            small ? new RandomLabelPhase { Epochs = 2, StopAtAccuracy = null } : null),
        options);
    Print(name, audit);
}

// Any way to fit a model that can begin from another one.
IDataView flat = Flat(train), flatTest = Flat(test);
Print("LbfgsMaximumEntropy", ml.MulticlassClassification.AuditRecipe(flat, flatTest, AuditedRecipe.Of((seed, data, start) =>
{
    var trainer = new MLContext(seed).MulticlassClassification.Trainers.LbfgsMaximumEntropy();
    return start is MulticlassPredictionTransformer<MaximumEntropyModelParameters> model
        ? trainer.Fit(data, model.Model)
        : trainer.Fit(data);
}), options));

void Print(string name, Audit audit)
{
    Console.WriteLine($"{name} ({audit.Time.TotalSeconds:F0} s)");
    foreach (string sentence in audit.Sentences)
    {
        Console.WriteLine($"    {sentence}");
    }
}

IDataView Flat(IDataView data) => ml.Transforms.Conversion.ConvertType("Features", "Pixels", DataKind.Single)
    .Append(ml.Transforms.NormalizeMinMax("Features")).Fit(data).Transform(data);

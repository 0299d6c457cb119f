// What it shows: yesterday's model and twice as many data: shall it go on, or is it better to start over? (Ash, Adams, NeurIPS 2020)
// Result:        "Do not just go on": shrink-perturb 85.6 % (+3.8 points, +2.0 to +5.6, over going on), 10 times the rate 85.1 % (+3.3),
//                last layers anew 82.7 % (+0.9), from scratch 82.4 % (+0.6), going on 81.8 %. 60 s.
// Machine:       2 cores of an AMD EPYC (AVX-512), CPU only; other programs ran at the same time
// n:             5 seeds, which draw fresh weights and order; 2,000 rows are held out
// Run it:        dotnet run Retrain.cs                 (--small takes seconds, to try it out)
//
// In a folder of your own, put these lines in the place of the #:project line (linux-x64, win-x64, win-arm64 or osx-arm64, as yours is):
//     #:package BadMinima.MLNet@0.1.0
//     #:package BadMinima.Experiments@0.1.0
//     #:package libtorch-cpu-linux-x64@2.10.0
//     #:property PublishAot=false
#:project ../../BadMinima.Experiments

using BadMinima.Experiments;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;

bool small = args.Contains("--small");
int images = small ? 100 : 1000;

var ml = new MLContext(seed: 1);
IDataView yesterday = ml.Data.LoadSyntheticImages(Split.Train, images / 2);
IDataView today = ml.Data.LoadSyntheticImages(Split.Train, images);    // yesterday's and as many again
IDataView unseen = ml.Data.LoadSyntheticImages(Split.Test, 2000);      // neither model was trained on these
using TwoPhaseTransformer model = ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
{
    Architecture = "cnn",
    RandomLabels = null,
    Training = Recipe.Vanilla with { Epochs = small ? 2 : 60, LearningRate = 0.02, StopAtAccuracy = 0.99 },
}).Fit(yesterday);

using Retrained retrained = ml.MulticlassClassification.Retrain(model, today, new()
{
    HeldOut = unseen,
    Seeds = small ? 1 : 5,
    Budget = TimeSpan.FromMinutes(3),
    Report = Console.WriteLine,
});
ConsoleTable.Write(retrained.Table);
Console.WriteLine(retrained.Verdict.Sentence);

// The winner is an ordinary model.
ml.Model.Save(retrained.Model, today.Schema, Path.Combine(Path.GetTempPath(), "retrained.zip"));

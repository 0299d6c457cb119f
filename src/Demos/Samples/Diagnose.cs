// What it shows: a good and a bad minimum of one network side by side: both fit the training set, and which one is bad is told by
//                margins, curvature, the boundary and others, without a test label (Liu, Papailiopoulos, Achlioptas, NeurIPS 2020)
// Result:        both fit, test accuracy 86.4 and 63.4 %. The bad one is worse by path norm (54 to 11), midpoints of a class (0.59 to
//                0.19), changes along lines (2.2 to 1.2), adaptive sharpness (0.28 to 0.08), PGD (loses 90 to 43 %) and norms; but
//                it is the FLATTER one by its largest Hessian eigenvalue (47 to 301), SAM's ascent, Gaussian noise and PAC-Bayes.
//                2 minutes.
// Machine:       2 cores of an AMD EPYC (AVX-512), CPU only; other programs ran at the same time
// n:             1 seed; what is drawn has its standard error beside it
// Run it:        dotnet run Diagnose.cs                (--small takes seconds, to try it out)
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
int images = small ? 60 : 2000;

var ml = new MLContext(seed: 1);
IDataView train = ml.Data.LoadSyntheticImages(Split.Train, images);
IDataView test = ml.Data.LoadSyntheticImages(Split.Test, images);
using TwoPhaseTransformer good = Fit(null), bad = Fit(Protocol.Quick.RandomLabels with { Epochs = small ? 2 : 150 });
var options = new Diagnosing { Test = test, Report = o => Console.WriteLine($"    {o.Measure.Name}, {o.Time.TotalSeconds:F1} s") };
var diagnoses = new ModelDiagnoses(
[
    ("random start", ml.Model.Diagnose(good, train, options)), ("adversarial start", ml.Model.Diagnose(bad, train, options)),
]);
ConsoleTable.Write(diagnoses.Table);
foreach (string sentence in diagnoses.Sentences)
{
    Console.WriteLine(sentence);
}

TwoPhaseTransformer Fit(RandomLabelPhase? first) => ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
{
    Architecture = "cnn",
    RandomLabels = first,
    Training = Protocol.Quick.Vanilla with { Epochs = small ? 2 : 100 },
    Seed = 1,
}).Fit(train);

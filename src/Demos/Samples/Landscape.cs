// What it shows: the way from one bad start to a bad and to a good minimum: what of the random labels is still known on it, one-point
//                convexity towards either end, and both paths on the plane through the three networks
//                (Kleinberg, Li, Yuan, ICML 2018; Garipov et al., NeurIPS 2018)
// Result:        500 images. Plain SGD: test accuracy 49.2 %, all training images right, and 44.7 % of the random labels are still
//                known: it went 1.9 far and turned by 7 degrees, and s > 0 towards the good end at 6 of 20 points. Regularized: 83.8 %,
//                96.6 % of the training images, 10.1 % of the random labels (a guess): 15.2 far, 52 degrees. 21 s.
// Machine:       2 cores of an AMD EPYC (AVX-512), CPU only, nothing beside
// n:             1 seed
// Run it:        dotnet run Landscape.cs                (--small takes seconds, to try it out)
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

bool small = args.Contains("--small");
int images = small ? 60 : 500;
string folder = Directory.CreateTempSubdirectory("landscape-").FullName;

var ml = new MLContext(seed: 1);
IDataView train = ml.Data.LoadSyntheticImages(Split.Train, images);
IDataView test = ml.Data.LoadSyntheticImages(Split.Test, images);
using TwoPhaseTransformer start = Fit(Protocol.Quick.RandomLabels with { Epochs = small ? 4 : 150 }, null, null, null);
using TwoPhaseTransformer bad = Fit(null, Protocol.Quick.Vanilla with { Epochs = small ? 3 : 60, StopAtAccuracy = null }, "bad", start);
using TwoPhaseTransformer good = Fit(null, Protocol.Quick.Regularized with { Epochs = small ? 3 : 60 }, "good", start);

(string Name, TwoPhaseTransformer Model, TwoPhaseTransformer Other)[] ends = [("bad", bad, good), ("good", good, bad)];
List<ModelPath> paths = [];
List<(string, Diagnosis)> diagnoses = [];
List<(string Name, IReadOnlyList<PlanePlace> Points)> projected = [];
using LossPlane plane = ml.Model.Plane(start, bad, good, train);
foreach ((string name, TwoPhaseTransformer model, TwoPhaseTransformer other) in ends)
{
    WeightsPath path = WeightsPath.Open(Path.Combine(folder, name));
    PathDiagnosis along = ml.Model.DiagnosePath(model, path, train, [other]);
    paths.Add(new(name, along, [other == bad ? "bad" : "good"]));
    diagnoses.Add((name, ml.Model.Diagnose(model, train, new() { Test = test, Measures = ["margin", "mixup", "path-norm"] })));
    projected.Add((name, [.. path.Points.Select(point =>
    {
        using WeightsCopy there = path.Read(point);
        return plane.Project(there);
    })]));
    PathPoint end = along.Points[^1];
    Console.WriteLine($"{name}: test accuracy {diagnoses[^1].Item2.TestAccuracy:P1}, training accuracy {end.Accuracy:P1}; of the "
        + $"random labels it knows {end.RandomLabelAccuracy:P1}; it went {end.Distance:F1} far, {end.Angle:F0} degrees; s > 0 towards "
        + $"the other end at {along.Points.Count(p => p.Towards[1]!.Inner > 0)} of {along.Points.Length} points");
}

using LossSurface surface = ml.Model.LossSurface(start, train);
LossGrid grid = plane.Measure(surface, points: small ? 5 : 15, also: [.. projected.SelectMany(p => p.Points)]);
(string, PlanePlace)[] places = [("start", plane.Places[0]), ("bad", plane.Places[1]), ("good", plane.Places[2])];
new ModelDiagnoses(diagnoses) { Paths = paths, Plane = new(grid, places, projected) }.Write("landscape");
Directory.Delete(folder, recursive: true);
Console.WriteLine("The page with the pictures: landscape/report.html");

TwoPhaseTransformer Fit(RandomLabelPhase? first, Recipe? recipe, string? path, TwoPhaseTransformer? from)
    => ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
    {
        Architecture = "cnn",
        RandomLabels = first,
        Training = recipe,
        PathFolder = path is null ? null : Path.Combine(folder, path),
        Seed = 1,
    }).Fit(train, null, from);

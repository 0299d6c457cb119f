// What it shows: the path of a training, and one-point convexity along it (Kleinberg, Li, Yuan, ICML 2018): at how many epochs the
//                negative gradient points to where plain SGD will end, and to where regularized SGD ends.
// Result:        to its own end at 100 % of the epochs of each seed, to the good end at 26.7, 20.0 and 16.7 %. 27 s.
// Machine:       2 cores of an AMD EPYC (AVX-512), CPU only; other programs ran at the same time
// n:             3 seeds; one seed draws the images, the weights, the random labels and the order
// Run it:        dotnet run OnePoint.cs                (--small takes seconds, to try it out)
//
// In a folder of your own, put these lines in the place of the #:project line (linux-x64, win-x64, win-arm64 or osx-arm64, as yours is):
//     #:package BadMinima.MLNet@0.1.0
//     #:package libtorch-cpu-linux-x64@2.10.0
//     #:property PublishAot=false
#:project ../../BadMinima.MLNet

using System.Diagnostics;
using BadMinima.MLNet;
using Microsoft.ML;

bool small = args.Contains("--small");
int images = small ? 60 : 500;
int epochs = small ? 4 : 30;
int seeds = small ? 1 : 3;
var time = Stopwatch.StartNew();

string work = Directory.CreateTempSubdirectory().FullName;
Console.WriteLine("Epochs of plain SGD, from a start that has fitted random labels, whose gradient points to");
Console.WriteLine("seed   its own end   where regularized SGD ends   cosine with its own end");
for (int seed = 1; seed <= seeds; seed++)
{
    var ml = new MLContext(seed);
    IDataView train = ml.Data.LoadSyntheticImages(Split.Train, images, seed: seed);
    string path = Path.Combine(work, $"{seed}");
    using TwoPhaseTransformer start = Fit(train, Protocol.Quick.RandomLabels, null, null, null);
    using TwoPhaseTransformer plain = Fit(train, null, Recipe.Vanilla, start, Path.Combine(path, "plain"));
    using TwoPhaseTransformer regularized = Fit(train, null, Recipe.Regularized, start, Path.Combine(path, "regularized"));

    // The weights of each epoch are in the folder. At each of them the gradient over all images is held against the way to either end.
    WeightsPath points = WeightsPath.Open(Path.Combine(path, "plain")), others = WeightsPath.Open(Path.Combine(path, "regularized"));
    using WeightsCopy bad = points.Read(points.Points[^1]), good = others.Read(others.Points[^1]);
    using LossSurface surface = ml.Model.LossSurface(start, train);
    List<IReadOnlyList<OnePointConvexity>> towards = [];
    foreach (WeightsPathPoint point in points.Points.SkipLast(1))
    {
        using WeightsCopy here = points.Read(point);
        towards.Add(OnePointConvexity.At(surface, here, [bad, good]));
    }

    (double own, double other) = (towards.Average(t => t[0].Inner > 0 ? 1 : 0), towards.Average(t => t[1].Inner > 0 ? 1 : 0));
    Console.WriteLine($"{seed,4}   {own,11:P1}   {other,26:P1}   {towards.Average(t => t[0].Cosine),23:F3}");

    TwoPhaseTransformer Fit(IDataView data, RandomLabelPhase? randomLabels, Recipe? recipe, TwoPhaseTransformer? from, string? folder)
        => ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
        {
            Architecture = "lenet",    // no BatchNorm: a point is its weights
            RandomLabels = randomLabels,
            Training = recipe is null ? null : recipe with
            {
                LearningRate = 0.02,
                Schedule = Schedule.Constant,
                Epochs = epochs,
                MeasureEvery = epochs,
            },
            PathFolder = folder,
        }).Fit(data, null, from);
}

Directory.Delete(work, recursive: true);
Console.WriteLine($"{images} drawn images, {epochs} epochs, {seeds} seed(s), {time.Elapsed.TotalSeconds:F0} s");

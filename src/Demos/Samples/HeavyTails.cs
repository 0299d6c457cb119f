// What it shows: truncated heavy-tailed SGD (Wang, Oh, Rhee, ICLR 2022) where a sixth of the training labels is wrong: its noise without
//                the truncation, the truncation without the noise, and both.
// Result:        small batches 65.5, 63.5, 67.0 %, the same clipped; with noise 10.1, 62.1, 72.3 %; with noise and truncation 58.5, 62.1,
//                72.3 %: the truncation keeps seed 1 from ending as a guess. 182 s.
// Machine:       2 cores of an AMD EPYC (AVX-512), CPU only; other programs ran at the same time
// n:             3 seeds; one seed draws the images, the wrong labels, the weights, the order and the noise
// Run it:        dotnet run HeavyTails.cs              (--small takes seconds, to try it out)
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
int images = small ? 120 : 1200;
int epochs = small ? 2 : 100;
int seeds = small ? 1 : 3;
var time = Stopwatch.StartNew();

// The noise is Z (g_SB - g_LB): a Pareto number times the difference of a small and a large batch's gradient. No step is longer than b.
var tails = new HeavyTails(LargeBatch: images / 2);
EscapeList[] columns =
[
    [],
    [tails with { Noise = HeavyTailNoise.Off, ClosingShare = 0 }],
    [tails with { Clip = null }],
    [tails],
];

Console.WriteLine("Accuracy on true test labels");
Console.WriteLine("seed   small batches   clipped   noise   noise, clipped");
for (int seed = 1; seed <= seeds; seed++)
{
    double[] accuracies = [.. columns.Select(escapes => Accuracy(seed, escapes))];
    Console.WriteLine($"{seed,4}   {accuracies[0],13:P1}   {accuracies[1],7:P1}   {accuracies[2],5:P1}   {accuracies[3],14:P1}");
}

Console.WriteLine($"{images} drawn images, {epochs} epochs, {seeds} seed(s), {time.Elapsed.TotalSeconds:F0} s");

double Accuracy(int seed, EscapeList escapes)
{
    var ml = new MLContext(seed);
    IDataView train = ml.Data.LoadSyntheticImages(Split.Train, images, seed: seed);
    IDataView test = ml.Data.LoadSyntheticImages(Split.Test, 1000, seed: seed);
    var noise = ml.Transforms.RandomizeLabels("NoisyLabel", "Label", LabelNoise.UniformOther(1.0 / 6), seed).Fit(train);
    var trainer = ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
    {
        LabelColumnName = "NoisyLabel",
        Architecture = "lenet",
        RandomLabels = null,
        Training = Recipe.Vanilla with
        {
            BatchSize = 100,
            LearningRate = 0.05,
            Schedule = Schedule.Constant,
            Epochs = epochs,
            MeasureEvery = epochs,
            Escapes = escapes,
        },
    });
    try
    {
        using TwoPhaseTransformer model = trainer.Fit(noise.Transform(train));
        return ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy;
    }
    catch (DivergedException)
    {
        return 0.1;    // as good as a guess
    }
}

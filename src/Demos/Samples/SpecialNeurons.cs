// What it shows: special neurons (Kawaguchi, Kaelbling, AISTATS 2020) from a bad global minimum: they remove bad LOCAL minima, so here
//                they leave most of the gap; their amplitudes stay small.
// Result:        random start 82.5, 83.7, 83.3 %; adversarial start 56.7, 59.7, 60.0 %, with special neurons 60.5, 64.5, 59.8 %. 72 s.
// Machine:       2 cores of an AMD EPYC (AVX-512), CPU only; other programs ran at the same time
// n:             3 seeds; one seed draws the images, the weights, the random labels and the order
// Run it:        dotnet run SpecialNeurons.cs          (--small takes seconds, to try it out)
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
int images = small ? 100 : 1000;
int epochs = small ? 4 : 60;
int seeds = small ? 1 : 3;
var time = Stopwatch.StartNew();

Console.WriteLine("seed   random start   adversarial start   with special neurons   their amplitudes at first, at the end");
for (int seed = 1; seed <= seeds; seed++)
{
    (double honest, _) = Train(seed, adversarial: false, []);
    (double bad, _) = Train(seed, adversarial: true, []);
    (double special, double[] amplitudes) = Train(seed, adversarial: true, [new SpecialNeurons()]);
    Console.WriteLine(
        $"{seed,4}   {honest,12:P1}   {bad,17:P1}   {special,20:P1}   {amplitudes[0],25:F4}   {amplitudes[^1],10:F4}");
}

Console.WriteLine($"{images} drawn images, {epochs} epochs, {seeds} seed(s), {time.Elapsed.TotalSeconds:F0} s");

// Test accuracy, and |a| after each epoch. The model that is returned is without the neurons.
(double Accuracy, double[] Amplitudes) Train(int seed, bool adversarial, EscapeList escapes)
{
    var ml = new MLContext(seed);
    IDataView train = ml.Data.LoadSyntheticImages(Split.Train, images, seed: seed);
    IDataView test = ml.Data.LoadSyntheticImages(Split.Test, 2000, seed: seed);
    var trainer = ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
    {
        Architecture = "cnn",
        RandomLabels = adversarial ? Protocol.Quick.RandomLabels : null,
        Training = Protocol.Quick.Vanilla with { Epochs = epochs, Escapes = escapes },
    });
    using TwoPhaseTransformer model = trainer.Fit(train);
    double accuracy = ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy;
    IEnumerable<Measure> measures = model.History.Phases[^1].Epochs.SelectMany(e => e.Measures);
    return (accuracy, [.. measures.Where(m => m.Name == "special-neurons/a").Select(m => m.Value)]);
}

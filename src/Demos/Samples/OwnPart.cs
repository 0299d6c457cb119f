// What it shows: a part of a training step of your own: noise on each gradient (Neelakantan et al. 2015), as an escape with a name.
// Result:        53.1, 53.4, 59.3 % without noise, 53.6, 53.2, 58.8 % with it: no difference (-0.1 points). 92 s of one core.
// Machine:       2 cores of an AMD EPYC (lscpu: family 26, model 2), CPU only; other programs ran at the same time
// n:             3 seeds; one seed draws the images, the weights, the random labels, the order and the noise
// Run it:        dotnet run OwnPart.cs                 (--small takes seconds, to try it out)
//
// In a folder of your own, put these lines in the place of the #:project line (linux-x64, win-x64, win-arm64 or osx-arm64, as yours is):
//     #:package BadMinima.MLNet@0.1.0
//     #:package libtorch-cpu-linux-x64@2.10.0
//     #:property PublishAot=false
#:project ../../BadMinima.MLNet

using System.Diagnostics;
using BadMinima.MLNet;
using Microsoft.ML;
using TorchSharp;
using static TorchSharp.torch;

bool small = args.Contains("--small");
int images = small ? 100 : 300;
int seeds = small ? 1 : 3;
var time = Stopwatch.StartNew();

// The name by which command lines, sweep files and checkpoints know it. A model that was trained with it loads without it.
Escape.Register<GradientNoise>("gradient-noise-of-mine", "noise on each gradient");

Console.WriteLine("seed   plain   with noise   difference in points");
List<double> differences = [];
for (int seed = 1; seed <= seeds; seed++)
{
    double plain = Accuracy(seed, []);
    double noisy = Accuracy(seed, [new GradientNoise(0.01)]);
    differences.Add(100 * (noisy - plain));
    Console.WriteLine($"{seed,4}   {plain,5:P1}   {noisy,10:P1}   {differences[^1],20:F1}");
}

Console.WriteLine(
    $"mean difference {differences.Average():F1} points; {images} drawn images, {seeds} seed(s), {time.Elapsed.TotalSeconds:F0} s");

// From an adversarial start, by plain SGD with and without the escape.
double Accuracy(int seed, EscapeList escapes)
{
    var ml = new MLContext(seed);
    IDataView train = ml.Data.LoadSyntheticImages(Split.Train, images, seed: seed);
    IDataView test = ml.Data.LoadSyntheticImages(Split.Test, 2000, seed: seed);
    var trainer = ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
    {
        Architecture = "lenet",
        RandomLabels = new() { BatchSize = 32, LearningRate = 0.05, StopAtAccuracy = 0.99, Epochs = small ? 20 : 100, MeasureEvery = 5 },
        Training = Recipe.Vanilla with
        {
            BatchSize = 32,
            LearningRate = 0.02,
            Epochs = small ? 10 : 40,
            MeasureEvery = 10,
            Escapes = escapes,
        },
        Threads = 1,
    });
    using TwoPhaseTransformer model = trainer.Fit(train);
    return ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy;
}

/// <summary>g + N(0, size^2): the setting is a parameter with a default; the part is made for each phase.</summary>
internal sealed record GradientNoise(double Size = 0.01) : Escape, IStepPartFactory
{
    protected override void Validate(string path, Phase phase)
        => OptionException.Check(Size >= 0 && double.IsFinite(Size), $"{path}.{nameof(Size)}", Size, "0 or more");

    StepPart IStepPartFactory.Create(StepPartContext context) => new Part(Size, context.Random);

    // The noise of a step is a function of the seed, the epoch and the step: an interrupted training goes on with the same.
    private sealed class Part(double size, CounterRandom random) : StepPart
    {
        private readonly Generator _generator = new(0, CPU);
        private readonly Scalar _size = size;

        public override Tensor Direction(Tensor gradient, Weights weights, StepMoment at)
        {
            _generator.manual_seed((long)(at.Of(random).Bits(0) >> 1));
            return gradient.add_(randn(gradient.shape, generator: _generator).to(gradient.device), alpha: _size);
        }

        protected override void Dispose(bool disposing)
        {
            _generator.Dispose();
            _size.Dispose();
            base.Dispose(disposing);
        }
    }
}

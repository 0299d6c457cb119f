// What it shows: full-batch gradient descent at a rate r sharpens until the largest Hessian eigenvalue is 2 / r, and stays there
//                (Cohen, Kaur, Li, Kolter, Talwalkar, ICLR 2021), on a perceptron with tanh; theirs has half the squared error, this one
//                cross-entropy
// Result:        CIFAR-10, 5,000 images, rate 0.05: rate x largest / 2 is 0.55, 0.89, 1.19, 1.08, 1.42, 1.38, 1.26, 1.29, 1.30 and 1.40
//                after 100, 200, ... 1,000 steps. It gets to the edge and then lies above it, by 8 to 42 %, where theirs stays at it
// Machine:       a core of an AMD EPYC (AVX-512), CPU only, other programs ran at the same time: 14 minutes
// n:             1 seed
// Run it:        dotnet run EdgeOfStability.cs FOLDER_OF_CIFAR10       (without a folder: drawn images; --small takes seconds)
//
// In a folder of your own, put these lines in the place of the #:project line (linux-x64, win-x64, win-arm64 or osx-arm64, as yours is):
//     #:package BadMinima.MLNet@0.1.0
//     #:package libtorch-cpu-linux-x64@2.10.0
//     #:property PublishAot=false
#:project ../../BadMinima.MLNet

using BadMinima.MLNet;
using Microsoft.ML;
using static TorchSharp.torch.nn;

bool small = args.Contains("--small");
string? folder = args.FirstOrDefault(argument => !argument.StartsWith('-'));
const double rate = 0.05;
int images = small ? 60 : 5000, rounds = small ? 3 : 10, epochs = small ? 5 : 100;

Architectures.Register(new()
{
    Name = "tanh",
    Takes = InputKinds.Images,
    Create = (shape, classes) => Sequential(
        Flatten(), Linear(shape.Volume, 200), Tanh(), Linear(200, 200), Tanh(), Linear(200, classes)),
});

var ml = new MLContext(seed: 1);
IDataView train = folder is null
    ? ml.Data.LoadSyntheticImages(Split.Train, images, SyntheticStyle.Color32)
    : ml.Data.LoadCifar10(folder, Split.Train, images);
Console.WriteLine($"The edge, 2 / rate: {2 / rate:F1}");
Console.WriteLine("  steps      loss   largest   rate x largest / 2");
TwoPhaseTransformer? model = null;
for (int round = 1; round <= rounds; round++)
{
    // Plain descent has no state but the weights: to go on is the same as not to have stopped.
    TwoPhaseTransformer next = ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
    {
        Architecture = "tanh",
        RandomLabels = null,
        Training = Recipe.Vanilla with { Epochs = epochs, BatchSize = images, LearningRate = rate, MeasureEvery = epochs },
        Seed = 1,
    }).Fit(train, null, model);
    model?.Dispose();
    model = next;
    Diagnosis diagnosis = ml.Model.Diagnose(model, train, new() { Measures = ["hessian"], BatchSize = 1000 });
    double largest = diagnosis["hessian"].Value!.Value;
    Console.WriteLine($"{round * epochs,7}  {diagnosis.Loss,8:F4}  {largest,8:F2}   {rate * largest / 2:F2}");
}

model?.Dispose();

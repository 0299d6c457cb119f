using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests;

/// <summary>Small data and short trainings that many tests share.</summary>
internal static class Tiny
{
    public static IDataView Train(MLContext ml, int count = 60) => ml.Data.LoadSyntheticImages(Split.Train, count, seed: 1);

    public static IDataView Test(MLContext ml, int count = 40) => ml.Data.LoadSyntheticImages(Split.Test, count, seed: 1);

    /// <summary>One epoch of each phase.</summary>
    public static TwoPhaseTrainer.Options Options { get; } = new()
    {
        RandomLabels = new() { Epochs = 1, BatchSize = 32 },
        Training = Recipe.Vanilla with { Epochs = 1, BatchSize = 32, LearningRate = 0.05 },
        Device = "cpu",
        Threads = 2,
    };

    public static TwoPhaseTrainer Trainer(MLContext ml, TwoPhaseTrainer.Options? options = null) => ml.MulticlassClassification.Trainers.TwoPhase(options ?? Options);

    /// <summary>Every weight and buffer, byte for byte.</summary>
    public static byte[] Weights(TwoPhaseTransformer model)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        NetworkWeights.Write(model.Network, writer);
        return stream.ToArray();
    }

    /// <summary>Some examples as one batch.</summary>
    public static (Tensor Pixels, Tensor Labels) Gather(this ITrainingExamples examples, int[] numbers)
    {
        using IExamplePass pass = examples.Open(numbers, numbers.Length);
        return pass.Next();
    }

    public static bool Same(Tensor a, Tensor b) => a.eq(b).all().item<bool>();
}

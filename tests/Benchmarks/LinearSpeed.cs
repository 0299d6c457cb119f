using BadMinima.MLNet;

namespace BadMinima.Benchmarks;

/// <summary>What linear layers reach in training: a perceptron of three hidden layers of 512 at batches of 512, through the trainer.</summary>
internal static class LinearSpeed
{
    private static readonly Workload Perceptron = new("mlp-3x512", new ImageShape(1, 28, 28), Batch: 512);

    /// <summary>Floating-point operations a second of its products; all else that a step does counts as nothing.</summary>
    public static double Measure(int steps)
    {
        // Nobody asks for the gradient by the images.
        long ofFirstInput = 2 * 784 * 512;
        return Ours.ImagesPerSecond(Perceptron, steps) * (Perceptron.TrainingFlops - ofFirstInput);
    }
}

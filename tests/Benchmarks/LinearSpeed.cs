using System.Diagnostics;
using BadMinima.MLNet;
using BadMinima.MLNet.Native;
using static TorchSharp.torch;

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

    /// <summary>
    /// Floating-point operations a second of a layer's three products by themselves, 512 examples, inputs and outputs: its output, the gradient
    /// by its input, that by its weights. By oneDNN as the trainer has it, and by torch's own.
    /// </summary>
    public static (double OneDnn, double Torch) Products(int repeats)
    {
        const int size = 512;
        if (!OneDnn.IsThere)
        {
            return (double.NaN, double.NaN);
        }

        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor input = randn(size, size), weight = randn(size, size), gradient = randn(size, size);
        return (
            Speed(() =>
            {
                OneDnn.Linear(input, weight).Dispose();
                OneDnn.Linear(gradient, weight.t()).Dispose();
                OneDnn.Linear(gradient.t(), input.t()).Dispose();
            }),
            Speed(() =>
            {
                input.mm(weight.t()).Dispose();
                gradient.mm(weight).Dispose();
                gradient.t().mm(input).Dispose();
            }));

        double Speed(Action products)
        {
            products();
            double[] seconds = new double[repeats];
            for (int i = 0; i < repeats; i++)
            {
                using var ofOne = NewDisposeScope();
                var clock = Stopwatch.StartNew();
                products();
                seconds[i] = clock.Elapsed.TotalSeconds;
            }

            return 3 * 2.0 * size * size * size / Samples.Median(seconds);
        }
    }
}

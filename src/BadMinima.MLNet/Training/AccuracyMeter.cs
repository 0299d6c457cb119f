using BadMinima.MLNet.Interop;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>Measures a classifier in inference mode on examples as they are, without augmentation.</summary>
internal static class AccuracyMeter
{
    // Large batches keep the cores busy; 512 images of 3x32x32 through ResNet18 take about 0.5 GB for their activations.
    private const int BatchSize = 512;

    /// <summary>The share of examples classified right, 0 to 1; null when <paramref name="isCancelled"/> said so in between.</summary>
    /// <param name="classifier">A classifier in inference mode.</param>
    /// <param name="examples">What it is measured on.</param>
    /// <param name="isCancelled">Asked before every batch.</param>
    public static double? Measure(ImageClassifier classifier, ITrainingExamples examples, Func<bool> isCancelled)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        Tensor right = zeros(1, ScalarType.Int64, classifier.Device);
        int[] numbers = new int[BatchSize];
        for (int start = 0; start < examples.Count; start += BatchSize)
        {
            if (isCancelled())
            {
                return null;
            }

            using var batch = NewDisposeScope();
            int size = Math.Min(BatchSize, examples.Count - start);
            for (int i = 0; i < size; i++)
            {
                numbers[i] = start + i;
            }

            (Tensor pixels, Tensor labels) = examples.Gather(numbers.AsSpan(0, size));
            right.add_(classifier.Forward(pixels).argmax(1).eq(labels).sum(), HeldScalar.One);
        }

        return (double)right.item<long>() / examples.Count;
    }
}

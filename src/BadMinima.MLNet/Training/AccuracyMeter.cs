using BadMinima.MLNet.Examples;
using BadMinima.MLNet.Models;
using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Training;

/// <summary>Measures a classifier in inference mode on examples as they are, without augmentation.</summary>
internal static class AccuracyMeter
{
    // Large batches keep the cores busy; 512 images of 3x32x32 through ResNet18 take about 0.5 GB for their activations, and so should
    // fewer of a larger size.
    private const int MostImages = 512;
    private const int FewestImages = 32;
    private const int PixelsInBatch = MostImages * 32 * 32;

    /// <summary>The share of examples classified right, 0 to 1; null when <paramref name="isCanceled"/> said so in between.</summary>
    /// <param name="classifier">A classifier in inference mode.</param>
    /// <param name="examples">What it is measured on.</param>
    /// <param name="isCanceled">Asked before every batch.</param>
    public static double? Measure(ImageClassifier classifier, ITrainingExamples examples, Func<bool> isCanceled)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        Tensor right = zeros(1, ScalarType.Int64, classifier.Device);
        int batchSize = Math.Clamp(PixelsInBatch / (classifier.Shape.Volume / classifier.Shape.Channels), FewestImages, MostImages);
        using IExamplePass batches = examples.Open([.. Enumerable.Range(0, examples.Count)], batchSize);
        for (int start = 0; start < examples.Count; start += batchSize)
        {
            if (isCanceled())
            {
                return null;
            }

            using var batch = NewDisposeScope();
            (Tensor pixels, Tensor labels) = batches.Next();
            right.add_(classifier.Forward(pixels).argmax(1).eq(labels).sum(), HeldScalar.One);
        }

        return (double)right.item<long>() / examples.Count;
    }
}

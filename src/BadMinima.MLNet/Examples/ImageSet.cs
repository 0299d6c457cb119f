using System.Security.Cryptography;
using BadMinima.MLNet.Labels;
using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Examples;

/// <summary>
/// Images, feature vectors or sequences, and their classes: <see cref="ResidentImages"/> or <see cref="StreamedImages"/>.
/// </summary>
internal abstract class ImageSet : ITrainingExamples, IDisposable
{
    protected ImageSet(InputShape shape, ClassLabels classes, Tensor labels)
        => (Shape, Classes, ClassNames, Labels, Count) = (shape, classes.Classes, classes.Names, labels, (int)labels.shape[0]);

    /// <summary>The shape of one example.</summary>
    public InputShape Shape { get; }

    public int Classes { get; }

    /// <summary>Their names, in the order of the labels; null where they have none.</summary>
    public NamedClasses? ClassNames { get; }

    /// <summary>[N], Int64, from 0, on the device.</summary>
    public Tensor Labels { get; }

    public int Count { get; }

    /// <summary>Takes every labeled row, in the view's order.</summary>
    /// <param name="data">The data view.</param>
    /// <param name="labels">Its label column.</param>
    /// <param name="pixels">Its image column.</param>
    /// <param name="device">Where the set is to lie, or its batches.</param>
    /// <param name="role">How the data are called in messages: "training data", "validation data".</param>
    /// <param name="skipped">How many rows had no label.</param>
    /// <exception cref="InvalidDataException">There is no row, a value is out of range, or pixels were scaled to 0..1.</exception>
    public static ImageSet Read(IDataView data, ClassLabels labels, PixelColumn pixels, Device device, string role, out long skipped)
        => (ImageSet?)StreamedImages.Read(data, labels, pixels, device, role, out skipped)
            ?? ResidentImages.Read(data, labels, pixels, device, role, out skipped);

    public abstract IExamplePass Open(int[] order, int batchSize, int firstBatch = 0);

    /// <summary>Adds to a hash what training on this set depends on.</summary>
    public abstract void AppendContent(IncrementalHash hash);

    /// <exception cref="InvalidDataException">All labels are the same.</exception>
    public void RequireTwoClasses(string column)
    {
        using var scope = NewDisposeScope();
        long first = Labels[0].item<long>();
        if (Labels.eq(first).all().item<bool>())
        {
            throw new InvalidDataException($"Label column '{column}': all {Count:N0} rows are of one class (key {first + 1}); "
                + "at least two classes are needed to train a classifier.");
        }
    }

    public virtual void Dispose() => Labels.Dispose();

    /// <summary>The labels that were read, from 0, as a tensor that belongs to no scope.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    protected static Tensor ToTensor(List<long> labels, Device device, string role, long skipped)
        => labels.Count > 0
            ? tensor(labels.ToArray(), device: device).DetachFromDisposeScope()
            : throw new InvalidDataException(
                $"The {role} have no row with a label{(skipped > 0 ? $" ({skipped:N0} rows have none)" : "")}; "
                + "at least two of different classes are needed.");
}

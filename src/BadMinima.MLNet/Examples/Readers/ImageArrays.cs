using BadMinima.MLNet.Examples.Views;

namespace BadMinima.MLNet.Examples.Readers;

/// <summary>Images of the caller's own.</summary>
internal static class ImageArrays
{
    public static ImageDataView Wrap(byte[] pixels, ImageShape shape, IReadOnlyList<int> labels, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        Guard.ClassNames(classNames);
        if (shape.Volume == 0)
        {
            throw new ArgumentException("shape has no size; give new ImageShape(channels, height, width).", nameof(shape));
        }

        if (labels.Count == 0 || pixels.LongLength != (long)labels.Count * shape.Volume)
        {
            throw new ArgumentException(
                $"pixels has {pixels.LongLength:N0} bytes; {labels.Count:N0} labels and images of {shape} ask for "
                + $"{(long)labels.Count * shape.Volume:N0}, and for at least one image.",
                nameof(pixels));
        }

        for (int i = 0; i < labels.Count; i++)
        {
            if (labels[i] < 0 || labels[i] >= classNames.Count)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(labels),
                    $"labels[{i}] is {labels[i]}; classNames has {classNames.Count} names, for 0 to {classNames.Count - 1}.");
            }
        }

        ReadOnlyMemory<byte>[] images = [.. Enumerable.Range(0, labels.Count).Select(i => pixels.AsMemory(i * shape.Volume, shape.Volume))];
        return new ImageDataView(shape, images, [.. labels], classNames);
    }
}

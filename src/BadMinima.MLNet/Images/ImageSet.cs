using BadMinima.MLNet.Interop;
using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>Images and their classes, read once from a data view and held as bytes on the device; or feature vectors, held as Singles.</summary>
internal sealed class ImageSet : ITrainingExamples, IDisposable
{
    private const int BlockRows = 4096;
    private const int BlockBytes = 64 << 20;

    private ImageSet(ExampleFormat format, int classes, Tensor pixels, Tensor labels)
        => (Format, Classes, Pixels, Labels) = (format, classes, pixels, labels);

    public ExampleFormat Format { get; }

    public ImageShape Shape => Format.Shape;

    public int Classes { get; }

    /// <summary>[N, C, H, W], of <see cref="ExampleFormat.Type"/>: Byte for images.</summary>
    public Tensor Pixels { get; }

    /// <summary>[N], Int64, from 0.</summary>
    public Tensor Labels { get; }

    public int Count => (int)Pixels.shape[0];

    /// <summary>Reads every labelled row, in the view's order.</summary>
    /// <param name="data">The data view.</param>
    /// <param name="label">Its label column, a key.</param>
    /// <param name="pixels">Its image column.</param>
    /// <param name="device">Where the bytes are to lie.</param>
    /// <param name="role">How the data are called in messages: "training data", "validation data".</param>
    /// <param name="skipped">How many rows had no label.</param>
    /// <exception cref="InvalidDataException">There is no row, only one class, a value out of range, or pixels that were scaled to 0..1.</exception>
    public static ImageSet Read(IDataView data, DataViewSchema.Column label, PixelColumn pixels, Device device, string role, out long skipped)
    {
        ExampleFormat format = pixels.Format;
        int classes = LabelColumn.Classes(label);
        List<Tensor> blocks = [];
        List<long> labels = [];
        skipped = 0;
        bool allAtMostOne = !format.IsVector;
        using var scope = NewDisposeScope();
        using (DataViewRowCursor cursor = data.GetRowCursor([label, pixels.Column]))
        {
            ValueGetter<uint> key = KeyColumns.Getter(cursor, label);
            PixelReader read = pixels.CreateReader(cursor);
            int blockRows = Math.Clamp(BlockBytes / format.Bytes, 1, BlockRows);
            byte[] block = new byte[Math.Min(blockRows, data.GetRowCount() ?? blockRows) * format.Bytes];
            int rows = 0;
            uint keyValue = 0;
            while (cursor.MoveNext())
            {
                key(ref keyValue);

                // ML.NET counts keys from 1 and takes what lies beyond the type's count for missing.
                if (keyValue == 0 || keyValue > classes)
                {
                    skipped++;
                    continue;
                }

                if ((rows + 1) * format.Bytes > block.Length)
                {
                    Flush();
                }

                Span<byte> example = block.AsSpan(rows * format.Bytes, format.Bytes);
                read(example);
                allAtMostOne = allAtMostOne && example.IndexOfAnyExceptInRange((byte)0, (byte)1) < 0;
                labels.Add(keyValue - 1);
                rows++;
            }

            Flush();

            void Flush()
            {
                if (rows > 0)
                {
                    blocks.Add(format.ToTensor(block.AsSpan(0, rows * format.Bytes)));
                    rows = 0;
                }
            }
        }

        if (labels.Count == 0)
        {
            throw new InvalidDataException($"The {role} have no row with a label{(skipped > 0 ? $" ({skipped:N0} rows have none)" : "")}; at least two of different classes are needed.");
        }

        if (allAtMostOne && format.Shape.Volume > 1)
        {
            throw new InvalidDataException($"Column '{pixels.Column.Name}' of the {role}: all pixels lie in 0..1; allowed is 0 to 255. Leave out the scaling (ExtractPixels without scaleImage).");
        }

        Tensor all = (blocks.Count == 1 ? blocks[0] : cat(blocks)).to(device).DetachFromDisposeScope();
        return new(format, classes, all, tensor(labels.ToArray(), device: device).DetachFromDisposeScope());
    }

    /// <exception cref="InvalidDataException">All labels are the same.</exception>
    public void RequireTwoClasses(string column)
    {
        using var scope = NewDisposeScope();
        long first = Labels[0].item<long>();
        if (Labels.eq(first).all().item<bool>())
        {
            throw new InvalidDataException($"Label column '{column}': all {Count:N0} rows are of one class (key {first + 1}); at least two classes are needed to train a classifier.");
        }
    }

    public (Tensor Pixels, Tensor Labels) Gather(ReadOnlySpan<int> examples)
    {
        Tensor indices = Indices(examples);
        return (Pixels.index_select(0, indices), Labels.index_select(0, indices));
    }

    /// <summary>Indices as an Int64 tensor where the images are.</summary>
    public Tensor Indices(ReadOnlySpan<int> examples)
    {
        long[] wide = new long[examples.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = examples[i];
        }

        return tensor(wide, device: Pixels.device);
    }

    public void Dispose()
    {
        Pixels.Dispose();
        Labels.Dispose();
    }
}

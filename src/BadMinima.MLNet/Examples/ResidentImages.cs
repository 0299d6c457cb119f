using System.Security.Cryptography;
using BadMinima.MLNet.Labels;
using BadMinima.MLNet.Models;
using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Examples;

/// <summary>Images read once from a data view and held as bytes on the device; or feature vectors or sequences, held as Singles.</summary>
internal sealed class ResidentImages : ImageSet
{
    private const int BlockRows = 4096;
    private const int BlockBytes = 64 << 20;

    private ResidentImages(InputShape shape, ClassLabels classes, Tensor pixels, Tensor labels) : base(shape, classes, labels)
        => Pixels = pixels;

    /// <summary>Images [N, C, H, W], Byte; or feature vectors [N, n] or sequences [N, T, d], Single.</summary>
    public Tensor Pixels { get; }

    /// <summary>As <see cref="ImageSet.Read"/>, for data of any origin.</summary>
    public static new ResidentImages Read(
        IDataView data, ClassLabels classLabels, PixelColumn pixels, Device device, string role, out long skipped)
    {
        InputShape shape = pixels.Shape;
        List<Tensor> blocks = [];
        List<long> labels = [];
        skipped = 0;

        // Bytes are never scaled: images of 0 and 1 alone are masks, bitmaps, or very dark.
        bool allAtMostOne = pixels.IsSingles;
        using var scope = NewDisposeScope();
        using (DataViewRowCursor cursor = data.GetRowCursor([classLabels.Column, pixels.Column]))
        {
            Func<int> readLabel = classLabels.CreateReader(cursor);
            PixelReader read = pixels.CreateReader(cursor);
            int blockRows = Math.Clamp(BlockBytes / shape.Bytes, 1, BlockRows);
            byte[] block = new byte[Math.Clamp(data.GetRowCount() ?? blockRows, 1, blockRows) * shape.Bytes];
            int rows = 0;
            while (cursor.MoveNext())
            {
                int label = readLabel();
                if (label < 0)
                {
                    skipped++;
                    continue;
                }

                if ((rows + 1) * shape.Bytes > block.Length)
                {
                    Flush();
                }

                Span<byte> example = block.AsSpan(rows * shape.Bytes, shape.Bytes);
                read(example);
                allAtMostOne = allAtMostOne && example.IndexOfAnyExceptInRange((byte)0, (byte)1) < 0;
                labels.Add(label);
                rows++;
            }

            Flush();

            void Flush()
            {
                if (rows > 0)
                {
                    blocks.Add(shape.ToTensor(block.AsSpan(0, rows * shape.Bytes)));
                    rows = 0;
                }
            }
        }

        Tensor labelTensor = ToTensor(labels, device, role, skipped);
        if (allAtMostOne && shape.Volume > 1)
        {
            labelTensor.Dispose();
            throw new InvalidDataException(
                $"Column '{pixels.Column.Name}' of the {role}: all pixels lie in 0..1; allowed is 0 to 255. "
                + "Leave out the scaling (ExtractPixels without scaleImage).");
        }

        Tensor all = (blocks.Count == 1 ? blocks[0] : cat(blocks)).to(device).DetachFromDisposeScope();
        return new(shape, classLabels, all, labelTensor);
    }

    public override IExamplePass Open(int[] order, int batchSize, int firstBatch = 0) => new Pass(this, order, batchSize, firstBatch);

    public override void AppendContent(IncrementalHash hash)
    {
        hash.AppendTensor(Pixels);
        hash.AppendTensor(Labels);
    }

    public override void Dispose()
    {
        Pixels.Dispose();
        base.Dispose();
    }

    private sealed class Pass(ResidentImages set, int[] order, int batchSize, int firstBatch)
        : ImagePass(set.Labels, order, batchSize, firstBatch)
    {
        protected override Tensor Pixels(Tensor images) => set.Pixels.index_select(0, images);
    }
}

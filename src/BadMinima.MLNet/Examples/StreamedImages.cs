using System.Security.Cryptography;
using System.Text;
using BadMinima.MLNet.Examples.Views;
using BadMinima.MLNet.Interop;
using BadMinima.MLNet.Labels;
using BadMinima.MLNet.Models;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Examples;

/// <summary>
/// Images that stay in their files. Their labels are held, and which row of the loader's view each of them is; a pass decodes the rest, a
/// few batches ahead of the reader.
/// </summary>
internal sealed class StreamedImages : ImageSet
{
    private readonly ImagesInFiles _files;
    private readonly int[] _rows;

    private StreamedImages(InputShape shape, ClassLabels classes, ImagesInFiles files, int[] rows, Tensor labels)
        : base(shape, classes, labels) => (_files, _rows) = (files, rows);

    /// <summary>The most images that were held decoded at one time, before they went to the device.</summary>
    public int MostHeld => _files.MostHeld;

    /// <summary>
    /// As <see cref="ImageSet.Read"/>; null where the image column is not that of a loader that left the images in files. Between the
    /// loader and here rows may have been left out, chosen, put in another order, or given other columns: their ids tell which they are,
    /// and no image is decoded to know it.
    /// </summary>
    public static new StreamedImages? Read(
        IDataView data, ClassLabels classLabels, PixelColumn pixels, Device device, string role, out long skipped)
    {
        skipped = 0;
        if (DataViewOrigin.Of(data) is not ImageDataView { Files: { } files } view || !ImageDataView.AreInFiles(pixels.Column))
        {
            return null;
        }

        List<int> rows = [];
        List<long> labels = [];
        using (DataViewRowCursor cursor = data.GetRowCursor([classLabels.Column]))
        {
            Func<int> readLabel = classLabels.CreateReader(cursor);
            ValueGetter<DataViewRowId> id = cursor.GetIdGetter();
            DataViewRowId row = default;
            while (cursor.MoveNext())
            {
                int label = readLabel();
                if (label < 0)
                {
                    skipped++;
                    continue;
                }

                // What draws a row several times gives each time an id of its own, hashed to 128 bits.
                id(ref row);
                if (row.High != 0 || row.Low >= (ulong)view.Count)
                {
                    return null;
                }

                rows.Add((int)row.Low);
                labels.Add(label);
            }
        }

        return new(pixels.Shape, classLabels, files, [.. rows], ToTensor(labels, device, role, skipped));
    }

    /// <summary>Checks that a phase's batches can be one piece of memory each.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They cannot.</exception>
    public void RequireBatches(string name, Phase? phase)
    {
        long largest = Math.Min(phase?.BatchSize ?? 0, (long)Count * ((phase as RandomLabelPhase)?.Replicas ?? 1));
        OptionException.Check(largest * Shape.Bytes <= Array.MaxLength, $"{name}.{nameof(phase.BatchSize)}", phase?.BatchSize,
            $"at most {Array.MaxLength / Shape.Bytes:N0} for {Shape} that stay in their files: a batch of them takes up to 2 GiB");
    }

    public override IExamplePass Open(int[] order, int batchSize, int firstBatch = 0) => new Pass(this, order, batchSize, firstBatch);

    /// <summary>
    /// Not the pixels, which would have to be decoded, but the files' bytes, how they are resized, and the labels: files that were moved or
    /// renamed are the same.
    /// </summary>
    public override void AppendContent(IncrementalHash hash)
    {
        hash.AppendData(Encoding.UTF8.GetBytes($"{_files.Resizing}\n"));
        hash.AppendData(_files.Hash(_rows));
        hash.AppendTensor(Labels);
    }

    /// <summary>What checkpoints of earlier versions have in place of the content: the files' names and sizes.</summary>
    public void AppendNames(IncrementalHash hash)
    {
        hash.AppendData(Encoding.UTF8.GetBytes($"{_files.Resizing}\n"));
        foreach (int row in _rows)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(_files.Describe(row) + '\n'));
        }

        hash.AppendTensor(Labels);
    }

    private sealed class Pass(StreamedImages set, int[] order, int batchSize, int firstBatch)
        : ImagePass(set.Labels, order, batchSize, firstBatch)
    {
        private readonly DecodedBatches _batches
            = new(set._files, Array.ConvertAll(order, image => set._rows[image]), batchSize, firstBatch);

        public override void Dispose()
        {
            _batches.Dispose();
            base.Dispose();
        }

        protected override Tensor Pixels(Tensor images)
        {
            Tensor pixels = set.Shape.ToTensor(_batches.Next().Span);

            // Out of pinned memory the copy does not make the processor wait for what the GPU still has to do; torch keeps the memory until
            // the copy is done.
            return set.Labels.device_type == DeviceType.CUDA ? pixels.pin_memory().to(set.Labels.device, non_blocking: true) : pixels;
        }
    }
}

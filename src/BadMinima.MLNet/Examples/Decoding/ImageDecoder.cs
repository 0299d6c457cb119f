using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace BadMinima.MLNet.Examples.Decoding;

/// <summary>
/// Image files of any size, through ML.NET's ResizeImages and ExtractPixels, to bytes in the order C, H, W. Gray files become three equal
/// planes.
/// </summary>
internal static class ImageDecoder
{
    // A pipeline takes 1 ms to set up, as long as an image of 96x96 takes: each task sets up one for several files, and yet a batch gives
    // work to every core.
    private const int FewestFilesPerTask = 4;
    private const int MostFilesPerTask = 32;

    /// <summary>Decodes every file once, on all cores.</summary>
    /// <exception cref="InvalidDataException">Files are no images, too large or cut; the message names them.</exception>
    public static ReadOnlyMemory<byte>[] Decode(string[] files, ImageShape shape, ImageResizingEstimator.ResizingKind resizing)
    {
        var images = new ReadOnlyMemory<byte>[files.Length];
        var faults = new ConcurrentBag<ImageFault>();
        try
        {
            Parallel.ForEach(
                Partitioner.Create(0, files.Length, MostFilesPerTask),
                range => DecodeRange(files, range.Item1, range.Item2, shape, resizing, Allocate, faults, CancellationToken.None));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return faults.IsEmpty ? images : throw ImageFault.Error(faults, files.Length);

        Memory<byte> Allocate(int file)
        {
            byte[] image = new byte[shape.Volume];
            images[file] = image;
            return image;
        }
    }

    /// <summary>Begins to decode every file once, on all cores.</summary>
    /// <param name="files">The files.</param>
    /// <param name="shape">The shape that every image is brought to.</param>
    /// <param name="resizing">How an image of another aspect is fitted in.</param>
    /// <param name="destination">Where the images go, one after another.</param>
    /// <param name="cancellation">Ends it between two files.</param>
    /// <returns>What ends when all that was begun has ended; in <see cref="InvalidDataException"/>, which names them, where files are no
    /// images, too large or cut.</returns>
    public static async Task Start(
        string[] files, ImageShape shape, ImageResizingEstimator.ResizingKind resizing, Memory<byte> destination,
        CancellationToken cancellation)
    {
        int filesPerTask = Math.Clamp(files.Length / (2 * Environment.ProcessorCount), FewestFilesPerTask, MostFilesPerTask);
        var faults = new ConcurrentBag<ImageFault>();
        await Task.WhenAll(Enumerable.Range(0, (files.Length + filesPerTask - 1) / filesPerTask).Select(task => Task.Run(
            () => DecodeRange(
                files, task * filesPerTask, Math.Min((task + 1) * filesPerTask, files.Length), shape, resizing,
                file => destination.Slice(file * shape.Volume, shape.Volume), faults, cancellation),
            cancellation))).ConfigureAwait(false);
        if (!faults.IsEmpty)
        {
            throw ImageFault.Error(
                faults, files.Length, " Other batches were not looked at; `badminima data check FOLDER` looks at every file.");
        }
    }

    private static void DecodeRange(
        string[] files, int from, int to, ImageShape shape, ImageResizingEstimator.ResizingKind resizing, Func<int, Memory<byte>> place,
        ConcurrentBag<ImageFault> faults, CancellationToken cancellation)
    {
        int file = from;

        // Not disposed by the iterator: ML.NET leaves one undisposed that it does not read to its end, and a large image keeps others
        // waiting.
        ImageFile? opened = null;
        try
        {
            var ml = new MLContext();
            IDataView source = ml.Data.LoadFromEnumerable(Open());
            IDataView pixels = ml.Transforms.ResizeImages("Resized", shape.Width, shape.Height, nameof(Decoded.Image), resizing)
                .Append(ml.Transforms.ExtractPixels("Pixels", "Resized", outputAsFloatArray: false))
                .Fit(source)
                .Transform(source);

            DataViewSchema.Column column = pixels.Schema["Pixels"];
            using DataViewRowCursor cursor = pixels.GetRowCursor([column]);
            ValueGetter<VBuffer<byte>> getter = cursor.GetGetter<VBuffer<byte>>(column);
            VBuffer<byte> image = default;
            while (cursor.MoveNext())
            {
                getter(ref image);
                image.CopyTo(place(file).Span);
            }
        }
        finally
        {
            opened?.Dispose();
        }

        // One image at a time. ResizeImages does not dispose what it reads, and unmanaged bitmaps cost what the collector does not see.
        IEnumerable<Decoded> Open()
        {
            for (file = from; file < to; file++)
            {
                cancellation.ThrowIfCancellationRequested();
                opened?.Dispose();
                opened = ImageFile.Open(files[file], cancellation, out ImageFault? fault);
                if (fault is not null)
                {
                    faults.Add(fault);
                }
                else
                {
                    yield return new Decoded { Image = opened!.Image };
                }
            }
        }
    }

    private sealed class Decoded
    {
        // Without a size the attribute throws; ResizeImages looks at the image's own.
        [ImageType(1, 1)]
        public required MLImage Image { get; init; }
    }
}

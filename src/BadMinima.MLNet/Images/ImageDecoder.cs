using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using SkiaSharp;

namespace BadMinima.MLNet;

/// <summary>Image files of any size, through ML.NET's ResizeImages and ExtractPixels, to bytes in the order C, H, W. Grey files become three equal planes.</summary>
internal static class ImageDecoder
{
    // A pipeline takes 1 ms to set up, as long as an image of 96x96 takes: each task sets up one for several files, and yet a batch gives work to every core.
    private const int FewestFilesPerTask = 4;
    private const int MostFilesPerTask = 32;

    /// <summary>Decodes every file once, on all cores.</summary>
    /// <exception cref="InvalidDataException">A file is no image or is cut; the message names it.</exception>
    public static ReadOnlyMemory<byte>[] Decode(string[] files, ImageShape shape, ImageResizingEstimator.ResizingKind resizing)
    {
        var images = new ReadOnlyMemory<byte>[files.Length];
        try
        {
            Parallel.ForEach(Partitioner.Create(0, files.Length, MostFilesPerTask), range => DecodeRange(files, range.Item1, range.Item2, shape, resizing, Allocate, CancellationToken.None));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return images;

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
    /// <returns>What ends when all that was begun has ended; in <see cref="InvalidDataException"/> where a file is no image or is cut.</returns>
    public static Task Start(string[] files, ImageShape shape, ImageResizingEstimator.ResizingKind resizing, Memory<byte> destination, CancellationToken cancellation)
    {
        int filesPerTask = Math.Clamp(files.Length / (2 * Environment.ProcessorCount), FewestFilesPerTask, MostFilesPerTask);
        return Task.WhenAll(Enumerable.Range(0, (files.Length + filesPerTask - 1) / filesPerTask).Select(task => Task.Run(
            () => DecodeRange(files, task * filesPerTask, Math.Min((task + 1) * filesPerTask, files.Length), shape, resizing, file => destination.Slice(file * shape.Volume, shape.Volume), cancellation),
            cancellation)));
    }

    private static void DecodeRange(
        string[] files, int from, int to, ImageShape shape, ImageResizingEstimator.ResizingKind resizing, Func<int, Memory<byte>> place, CancellationToken cancellation)
    {
        var ml = new MLContext();
        IDataView source = ml.Data.LoadFromEnumerable(Open(files[from..to], cancellation));
        IDataView pixels = ml.Transforms.ResizeImages("Resized", shape.Width, shape.Height, nameof(Decoded.Image), resizing)
            .Append(ml.Transforms.ExtractPixels("Pixels", "Resized", outputAsFloatArray: false))
            .Fit(source)
            .Transform(source);

        DataViewSchema.Column column = pixels.Schema["Pixels"];
        using DataViewRowCursor cursor = pixels.GetRowCursor([column]);
        ValueGetter<VBuffer<byte>> getter = cursor.GetGetter<VBuffer<byte>>(column);
        VBuffer<byte> image = default;
        for (int i = from; cursor.MoveNext(); i++)
        {
            getter(ref image);
            image.CopyTo(place(i).Span);
        }
    }

    /// <summary>Opens one image at a time. ResizeImages does not dispose what it reads, and unmanaged bitmaps cost what the collector does not see.</summary>
    private static IEnumerable<Decoded> Open(string[] files, CancellationToken cancellation)
    {
        foreach (string file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            using MLImage image = Open(file);
            yield return new Decoded { Image = image };
        }
    }

    // Not LoadImages: it takes a cut file for whole and leaves the rest of the picture grey.
    private static MLImage Open(string file)
    {
        using SKData data = SKData.CreateCopy(File.ReadAllBytes(file));
        using SKCodec? codec = SKCodec.Create(data);
        if (codec is null)
        {
            throw new InvalidDataException($"{file}: no image that can be read (JPEG, PNG, BMP, GIF, WebP expected), {data.Size:N0} bytes found. Replace or remove the file.");
        }

        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Bgra8888, SKAlphaType.Premul);
        SKCodecResult result = codec.GetPixels(info, out byte[] pixels);
        return result == SKCodecResult.Success
            ? MLImage.CreateFromPixels(info.Width, info.Height, MLPixelFormat.Bgra32, pixels)
            : throw new InvalidDataException($"{file}: the image of {info.Width} x {info.Height} cannot be read to its end ({result}): it is cut or damaged. Replace or remove the file.");
    }

    private sealed class Decoded
    {
        // Without a size the attribute throws; ResizeImages looks at the image's own.
        [ImageType(1, 1)]
        public required MLImage Image { get; init; }
    }
}

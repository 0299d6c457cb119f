using Microsoft.ML.Data;
using SkiaSharp;

namespace BadMinima.MLNet.Examples.Decoding;

/// <summary>An image file, decoded whole. How large it is decides its header, before any memory is taken for the pixels.</summary>
internal sealed class ImageFile : IDisposable
{
    /// <summary>The most pixels that are decoded: half a GiB of them, which ML.NET's ResizeImages copies. Telephones of 108 megapixels stay
    /// below it.</summary>
    public const int MaximumPixels = 1 << 27;

    // What every thread may hold at once without a word; of larger ones there is one at a time.
    private const int FewPixels = 1 << 24;
    private const int FewBytes = 4 * FewPixels;

    private static readonly SemaphoreSlim LargeOne = new(1);

    private bool _isLarge;
    private MLImage? _image;

    private ImageFile()
    {
    }

    /// <summary>Its pixels. A transparent pixel counts as painted on black: its color times its opacity, as in ML.NET's own
    /// LoadImages.</summary>
    public MLImage Image => _image!;

    /// <summary>PNG, JPEG and so on, whatever the file is called.</summary>
    public SKEncodedImageFormat Format { get; private set; }

    /// <summary>Reads and decodes a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellation">Ends the waiting for another large image.</param>
    /// <param name="fault">What is wrong with it where there is no result.</param>
    public static ImageFile? Open(string file, CancellationToken cancellation, out ImageFault? fault)
    {
        var image = new ImageFile();
        string? reason;
        try
        {
            reason = image.Read(file, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reason = $"cannot be read ({e.Message})";
        }
        catch
        {
            image.Dispose();
            throw;
        }

        fault = reason is null ? null : new(file, reason);
        if (fault is null)
        {
            return image;
        }

        image.Dispose();
        return null;
    }

    public void Dispose()
    {
        _image?.Dispose();
        _image = null;
        if (_isLarge)
        {
            _isLarge = false;
            LargeOne.Release();
        }
    }

    // Not LoadImages: it takes a cut file for whole and leaves the rest of the picture gray.
    private string? Read(string file, CancellationToken cancellation)
    {
        using FileStream stream = File.OpenRead(file);
        if (stream.Length > Array.MaxLength)
        {
            return $"a file of {stream.Length:N0} bytes; at most {Array.MaxLength:N0} are read";
        }

        WaitIfLarge(stream.Length > FewBytes, cancellation);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        using SKData data = SKData.CreateCopy(bytes);
        using SKCodec? codec = SKCodec.Create(data);
        if (codec is null)
        {
            return $"no image that can be read (JPEG, PNG, BMP, GIF, WebP, ICO expected), {data.Size:N0} bytes found";
        }

        (int width, int height) = (codec.Info.Width, codec.Info.Height);
        long pixels = (long)width * height;
        if (pixels > MaximumPixels)
        {
            return $"an image of {width:N0} x {height:N0} pixels; at most {MaximumPixels:N0} in all are decoded";
        }

        WaitIfLarge(pixels > FewPixels, cancellation);
        using var bitmap = new SKBitmap();
        if (!bitmap.TryAllocPixels(new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Premul)))
        {
            return $"an image of {width:N0} x {height:N0} pixels, for which there is no memory left";
        }

        SKCodecResult result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
        {
            return $"the image of {width} x {height} cannot be read to its end ({result}): it is cut or damaged";
        }

        _image = MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, bitmap.GetPixelSpan());
        Format = codec.EncodedFormat;
        return null;
    }

    private void WaitIfLarge(bool large, CancellationToken cancellation)
    {
        if (large && !_isLarge)
        {
            LargeOne.Wait(cancellation);
            _isLarge = true;
        }
    }
}

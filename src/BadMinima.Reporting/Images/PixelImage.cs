using SkiaSharp;

namespace BadMinima.Reporting;

/// <summary>A small image as networks see it, ready for a page.</summary>
public sealed class PixelImage
{
    private readonly byte[] _png;

    private PixelImage(byte[] png, int height, int width)
    {
        _png = png;
        Height = height;
        Width = width;
    }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>The image as a PNG in a <c>data:</c> URI, pixel for pixel.</summary>
    public string DataUri => $"data:image/png;base64,{Convert.ToBase64String(_png)}";

    /// <summary>An image of bytes, one plane after the other.</summary>
    /// <param name="pixels">[channels, height, width], 0 .. 255; planes in the order red, green, blue.</param>
    /// <param name="channels">1 (gray) or 3 (red, green, blue).</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <returns>The image; it keeps no reference to <paramref name="pixels"/>.</returns>
    /// <exception cref="ArgumentException">
    /// Other channels than 1 or 3, an empty image, or as many bytes as the shape does not hold.
    /// </exception>
    public static PixelImage FromChw(ReadOnlySpan<byte> pixels, int channels, int height, int width)
    {
        if (channels is not (1 or 3))
        {
            throw new ArgumentException(
                $"An image has {channels} channels; allowed are 1 (gray) and 3 (red, green, blue).", nameof(channels));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (pixels.Length != (long)channels * height * width)
        {
            throw new ArgumentException(
                $"An image of {channels} x {height} x {width} has {(long)channels * height * width} bytes; {pixels.Length} were given.",
                nameof(pixels));
        }

        int plane = height * width;
        SKColor[] colors = new SKColor[plane];
        for (int i = 0; i < plane; i++)
        {
            colors[i] = channels == 1
                ? new SKColor(pixels[i], pixels[i], pixels[i])
                : new SKColor(pixels[i], pixels[plane + i], pixels[(2 * plane) + i]);
        }

        using SKBitmap bitmap = new(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque) { Pixels = colors };
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return new PixelImage(png.ToArray(), height, width);
    }
}

using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using SkiaSharp;

namespace BadMinima.MLNet.Tests.Examples;

/// <summary>A transparent pixel is painted on black, as ML.NET's own pipeline has it; and images of rarer kinds.</summary>
[TestClass]
public sealed class TransparencyTests : IDisposable
{
    // Half-transparent red, transparent white, a transparent dark color, and an opaque one; in gray 200, 255, 10 and 60.
    private static readonly byte[] Colors = [255, 0, 0, 255, 255, 255, 10, 20, 30, 40, 50, 60];
    private static readonly byte[] Opacities = [128, 0, 0, 255];

    private static readonly byte[] OnBlack = [128, 0, 0, 0, 0, 0, 0, 0, 0, 40, 50, 60];

    private static readonly Dictionary<string, (byte[] File, byte[] Expected)> Images = new()
    {
        ["color.png"] = (RawImages.Png(4, 8, RawImages.ColorAlpha, WithAlpha(Colors, 3)), OnBlack),
        ["deep.png"] = (RawImages.Png(4, 16, RawImages.ColorAlpha, [.. WithAlpha(Colors, 3).SelectMany(c => new[] { c, (byte)7 })]), OnBlack),
        ["palette.png"] = (RawImages.Png(4, 8, RawImages.Palette, [0, 1, 2, 3], ("PLTE", Colors), ("tRNS", Opacities)), OnBlack),
        ["webp.webp"] = (Webp(), OnBlack),
        ["gray.png"] = (
            RawImages.Png(4, 8, RawImages.GrayAlpha, WithAlpha([200, 255, 10, 60], 1)),
            [100, 100, 100, 0, 0, 0, 0, 0, 0, 60, 60, 60]),
        ["one transparent color.png"] = (
            RawImages.Png(4, 8, RawImages.Color, Colors, ("tRNS", [0, 255, 0, 255, 0, 255])),
            [255, 0, 0, 0, 0, 0, 10, 20, 30, 40, 50, 60]),
        ["palette.gif"] = (RawImages.Gif(4, 1, Colors, [0, 1, 2, 3]), [255, 0, 0, 255, 255, 255, 10, 20, 30, 0, 0, 0]),
    };

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public static IEnumerable<object[]> Names =>
        from name in Images.Keys from inMemory in new[] { true, false } select new object[] { name, inMemory };

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void A_transparent_pixel_is_painted_on_black(string name, bool inMemory)
        => CollectionAssert.AreEqual(Planes(Images[name].Expected), Pixels(name, Images[name].File, 1, 4, inMemory: inMemory));

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Brought_to_any_size_it_is_what_ML_NET_s_own_pipeline_gives(string name, bool inMemory)
    {
        foreach ((int height, int width) in new[] { (2, 8), (1, 3), (5, 5) })
        {
            foreach (ImageResizingEstimator.ResizingKind resizing in Enum.GetValues<ImageResizingEstimator.ResizingKind>())
            {
                byte[] pixels = Pixels(name, Images[name].File, height, width, resizing, inMemory);
                IDataView source = _ml.Data.LoadFromEnumerable([new { File = _folder.File($"a/{name}") }]);
                IDataView expected = _ml.Transforms.LoadImages("Image", null, "File")
                    .Append(_ml.Transforms.ResizeImages("Image", width, height, "Image", resizing))
                    .Append(_ml.Transforms.ExtractPixels("Pixels", "Image", outputAsFloatArray: false))
                    .Fit(source)
                    .Transform(source);
                CollectionAssert.AreEqual(expected.GetColumn<byte[]>("Pixels").Single(), pixels, $"{resizing} {height} x {width}");
            }
        }
    }

    [TestMethod]
    public void Sixteen_bits_a_channel_give_their_upper_eight()
    {
        byte[] deep = RawImages.Png(2, 16, RawImages.Color, [255, 255, 0, 200, 1, 44, 200, 0, 2, 88, 3, 3]);
        CollectionAssert.AreEqual(Planes([255, 0, 1, 200, 2, 3]), Pixels("deep.png", deep, 1, 2));
    }

    [TestMethod]
    public void The_first_frame_of_an_animation_is_taken()
    {
        byte[] moving = RawImages.Gif(2, 1, Colors, [0, 2], [1, 1]);
        CollectionAssert.AreEqual(Planes([255, 0, 0, 10, 20, 30]), Pixels("moving.gif", moving, 1, 2));
    }

    [TestMethod]
    public void The_four_inks_of_a_printer_s_JPEG_become_three_colors()
    {
        // 8 x 8 pixels of cyan 46, magenta 227, yellow 255, black 19.
        byte[] file = Convert.FromBase64String(
            "/9j/7gAOQWRvYmUAZAAAAAAC/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUVFQwPFxgWFBgSFBUU/9sAQwEDBAQFBAUJBQUJFA0LDRQUFBQUFBQUFBQU"
            + "FBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU/8AAFAgACAAIBAERAAIRAQMRAQQRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAgJ/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/EABUBAQEAAAAAAAAA"
            + "AAAAAAAAAAcI/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAA4EAQACEQMRBAAAPwBAHhA6kD//2Q==");
        byte[] pixels = Pixels("print.jpg", file, 1, 1);
        Assert.IsInRange(185, 200, pixels[0], "red: 255 less cyan, times 255 less black");
        Assert.IsInRange(20, 35, pixels[1], "green");
        Assert.IsInRange(0, 8, pixels[2], "blue");
    }

    [TestMethod]
    public void The_orientation_that_a_camera_notes_is_not_applied()
    {
        byte[] jpeg = RawImages.Encoded(".jpg", 6, 9);
        byte[] orientation = [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
        byte[] turned = [.. jpeg[..2], 0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. orientation, .. jpeg[2..]];
        CollectionAssert.AreEqual(Pixels("straight.jpg", jpeg, 6, 9), Pixels("turned.jpg", turned, 6, 9));
    }

    private static byte[] WithAlpha(byte[] colors, int channels)
        => [.. colors.Chunk(channels).Zip(Opacities).SelectMany(p => p.First.Append(p.Second))];

    private static byte[] Planes(byte[] pixels)
        => [.. from channel in Enumerable.Range(0, 3) from pixel in pixels.Chunk(3) select pixel[channel]];

    private static byte[] Webp()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(4, 1, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        Marshal.Copy(WithAlpha(Colors, 3), 0, bitmap.GetPixels(), 16);
        using SKPixmap pixels = bitmap.PeekPixels();
        using SKData webp = pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 100));
        return webp.ToArray();
    }

    private byte[] Pixels(
        string name, byte[] file, int height, int width,
        ImageResizingEstimator.ResizingKind resizing = ImageResizingEstimator.ResizingKind.IsoCrop, bool inMemory = true)
    {
        ImageFiles.WritePicture(_folder.File("b/1.png"), 4, 4, 1, 2, 3);
        Directory.CreateDirectory(_folder.File("a"));
        foreach (string other in Directory.GetFiles(_folder.File("a")))
        {
            File.Delete(other);
        }

        File.WriteAllBytes(_folder.File($"a/{name}"), file);
        IDataView view = _ml.Data.LoadImageFolder(_folder.FullPath, height, width, resizing: resizing, inMemory: inMemory);
        return ImageRow.ReadAll(view)[0].Pixels;
    }
}

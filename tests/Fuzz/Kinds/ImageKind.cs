using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace BadMinima.Fuzz;

/// <summary>Pictures in a folder of classes: PNG, JPEG, WebP, GIF and BMP, kept in memory and read as they are needed.</summary>
internal sealed class ImageKind(string folder) : Kind(folder)
{
    private const int Width = 24, Height = 18, Side = 16;
    private readonly MLContext _ml = new();

    public override string Name => "image";

    protected override string DamagedName => "damaged.";

    public override string Extension(int index) => InTurn(index, ".png", ".jpg", ".webp", ".gif", ".bmp");

    public override void Prepare()
    {
        using var bitmap = new SKBitmap(Width, Height);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                bitmap.SetPixel(x, y, new SKColor((byte)(x * 10), (byte)(y * 14), (byte)(x * y)));
            }
        }

        Write(".png", Encoded(bitmap, SKEncodedImageFormat.Png));
        Write(".jpg", Encoded(bitmap, SKEncodedImageFormat.Jpeg));
        Write(".webp", Encoded(bitmap, SKEncodedImageFormat.Webp));
        Write(".bmp", Bmp(bitmap));
        Write(".gif", Gif(bitmap));
        Directory.CreateDirectory(File("classes/a"));
        Directory.CreateDirectory(File("classes/b"));
        System.IO.File.Copy(File("whole.png"), File("classes/a/whole.png"), overwrite: true);
    }

    public override bool Load(byte[] damaged, int index)
    {
        foreach (string old in Directory.GetFiles(File("classes/b")))
        {
            System.IO.File.Delete(old);
        }

        System.IO.File.WriteAllBytes(File("classes/b/damaged" + Extension(index)), damaged);
        IDataView view = _ml.Data.LoadImageFolder(File("classes"), Side, Side, inMemory: index / 5 % 2 == 0);
        byte[][] pixels = [.. view.GetColumn<byte[]>("Pixels")];
        Require(pixels.Length == 2 && pixels.All(p => p.Length == 3 * Side * Side), "images of another number or size");
        return damaged.AsSpan().SequenceEqual(Original(index));
    }

    protected override byte[] Original(int index) => System.IO.File.ReadAllBytes(File("whole" + Extension(index)));

    protected override byte[] Damage(Random random, int index) => Mutator.Mutate(random, Original(index));

    private void Write(string extension, byte[] bytes) => System.IO.File.WriteAllBytes(File("whole" + extension), bytes);

    private static byte[] Encoded(SKBitmap bitmap, SKEncodedImageFormat format)
    {
        using SKData data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    /// <summary>24 bits a pixel, from the lowest row up.</summary>
    private static byte[] Bmp(SKBitmap bitmap)
    {
        using var writer = new BinaryWriter(new MemoryStream());
        int size = Width * 3 * Height;
        writer.Write("BM"u8);
        foreach (int number in (int[])[54 + size, 0, 54, 40, Width, Height, 1 | (24 << 16), 0, size, 2835, 2835, 0, 0])
        {
            writer.Write(number);
        }

        for (int y = Height - 1; y >= 0; y--)
        {
            for (int x = 0; x < Width; x++)
            {
                SKColor pixel = bitmap.GetPixel(x, y);
                writer.Write([pixel.Blue, pixel.Green, pixel.Red]);
            }
        }

        return ((MemoryStream)writer.BaseStream).ToArray();
    }

    /// <summary>128 grays, in codes of 8 bits that are cleared before they would grow, so that nothing is compressed.</summary>
    private static byte[] Gif(SKBitmap bitmap)
    {
        using var writer = new BinaryWriter(new MemoryStream());
        writer.Write("GIF89a"u8);
        writer.Write((short)Width);
        writer.Write((short)Height);
        writer.Write([0xF6, 0, 0]);
        for (int gray = 0; gray < 128; gray++)
        {
            writer.Write([(byte)(gray * 2), (byte)(gray * 2), (byte)(gray * 2)]);
        }

        writer.Write((byte)0x2C);
        foreach (int number in (int[])[0, 0, Width, Height])
        {
            writer.Write((short)number);
        }

        writer.Write([0, 7]);
        for (int y = 0; y < Height; y++)
        {
            writer.Write([(byte)(Width + 1), 0x80]);
            for (int x = 0; x < Width; x++)
            {
                writer.Write((byte)(bitmap.GetPixel(x, y).Green / 2));
            }
        }

        writer.Write([1, 0x81, 0, 0x3B]);
        return ((MemoryStream)writer.BaseStream).ToArray();
    }
}

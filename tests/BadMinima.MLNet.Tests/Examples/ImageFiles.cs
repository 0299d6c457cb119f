using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Examples;

/// <summary>
/// Small files in every format that is read. What a pixel holds follows from its row and place, so that a test can tell what it must find.
/// </summary>
internal static class ImageFiles
{
    public const int CifarVolume = 3 * 32 * 32;

    /// <summary>The value at a place of the image of a row.</summary>
    public static byte Value(int row, int place) => (byte)((row * 31) + (place * 7));

    public static byte[] Image(int row, int volume) => [.. Enumerable.Range(0, volume).Select(p => Value(row, p))];

    /// <summary>
    /// CIFAR-10's folder: five training files and one test file of so many records. Row i of a part has the label i mod 10.
    /// </summary>
    public static void WriteCifar10(string folder, int recordsPerFile)
    {
        for (int file = 0; file < 5; file++)
        {
            WriteCifar(Path.Combine(folder, $"data_batch_{file + 1}.bin"), file * recordsPerFile, recordsPerFile, i => [(byte)(i % 10)]);
        }

        WriteCifar(Path.Combine(folder, "test_batch.bin"), 0, recordsPerFile, i => [(byte)(i % 10)]);
        File.WriteAllText(Path.Combine(folder, "batches.meta.txt"), "plane\ncar\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n");
    }

    /// <summary>CIFAR-100's folder. Row i has the fine label i mod 100 and the coarse label i mod 20.</summary>
    public static void WriteCifar100(string folder, int recordsPerFile)
    {
        foreach (string file in new[] { "train.bin", "test.bin" })
        {
            WriteCifar(Path.Combine(folder, file), 0, recordsPerFile, i => [(byte)(i % 20), (byte)(i % 100)]);
        }

        File.WriteAllLines(Path.Combine(folder, "fine_label_names.txt"), Enumerable.Range(0, 100).Select(c => $"fine{c}"));
        File.WriteAllLines(Path.Combine(folder, "coarse_label_names.txt"), Enumerable.Range(0, 20).Select(c => $"coarse{c}"));
    }

    /// <summary>An IDX file of images.</summary>
    public static void WriteIdxImages(string file, int count, int rows, int columns)
        => Write(file, [.. Header(0x0803, count, rows, columns), .. Enumerable.Range(0, count).SelectMany(i => Image(i, rows * columns))]);

    /// <summary>An IDX file of labels: row i has the label i mod <paramref name="classes"/>.</summary>
    public static void WriteIdxLabels(string file, int count, int classes)
        => Write(file, [.. Header(0x0801, count), .. Enumerable.Range(0, count).Select(i => (byte)(i % classes))]);

    /// <summary>Big-endian numbers of 32 bits.</summary>
    public static byte[] Header(params uint[] numbers)
    {
        byte[] bytes = new byte[4 * numbers.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 * i), numbers[i]);
        }

        return bytes;
    }

    /// <summary>Writes the bytes, compressed where the name ends in .gz.</summary>
    public static void Write(string file, byte[] bytes)
    {
        using FileStream plain = File.Create(file);
        using Stream stream = file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(plain, CompressionLevel.Fastest) : plain;
        stream.Write(bytes);
    }

    /// <summary>Keeps the first part of a file.</summary>
    public static void Cut(string file, long length)
    {
        using FileStream stream = File.OpenWrite(file);
        stream.SetLength(length);
    }

    /// <summary>A picture of one color; the folder is made, and the ending chooses the format (.png, .jpg).</summary>
    public static void WritePicture(string file, int height, int width, byte red, byte green, byte blue)
    {
        byte[] pixels = [.. Enumerable.Range(0, height * width).SelectMany(_ => new byte[] { red, green, blue, 255 })];
        WritePicture(file, height, width, pixels);
    }

    /// <summary>A picture of the given red, green, blue, alpha bytes.</summary>
    public static void WritePicture(string file, int height, int width, byte[] rgba)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using MLImage image = MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, rgba);
        image.Save(file);
    }

    /// <summary>A picture in which every pixel differs, so that it stays large when compressed.</summary>
    public static void WriteNoise(string file, int height, int width)
    {
        byte[] rgba = new byte[4 * height * width];
        new Random(1).NextBytes(rgba);
        for (int i = 3; i < rgba.Length; i += 4)
        {
            rgba[i] = 255;
        }

        WritePicture(file, height, width, rgba);
    }

    private static byte[] Header(uint magic, params int[] sizes) => Header([magic, .. sizes.Select(s => (uint)s)]);

    private static void WriteCifar(string file, int firstRow, int records, Func<int, byte[]> labels)
        => Write(file, [.. Enumerable.Range(firstRow, records).SelectMany(i => labels(i).Concat(Image(i, CifarVolume)))]);
}

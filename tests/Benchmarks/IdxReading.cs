using System.Buffers.Binary;
using System.Diagnostics;
using BadMinima.MLNet.Examples;
using BadMinima.MLNet.Labels;
using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.Benchmarks;

/// <summary>The way of the data from IDX files to the tensor that training gathers from.</summary>
internal static class IdxReading
{
    public static double Measure(MLContext ml, int count)
    {
        string folder = Directory.CreateTempSubdirectory("badminima-idx-").FullName;
        try
        {
            byte[] pixels = new byte[16 + count * 784];
            new Random(1).NextBytes(pixels.AsSpan(16));
            Header(pixels, 0x0803, count, 28, 28);
            File.WriteAllBytes(Path.Combine(folder, "train-images-idx3-ubyte"), pixels);
            byte[] labels = [.. new byte[8], .. Enumerable.Range(0, count).Select(i => (byte)(i % 10))];
            Header(labels, 0x0801, count);
            File.WriteAllBytes(Path.Combine(folder, "train-labels-idx1-ubyte"), labels);

            var clock = Stopwatch.StartNew();
            IDataView view = ml.Data.LoadIdx(folder);
            using ImageSet set = ImageSet.Read(view, ClassLabels.Own(view.Schema["Label"]), PixelColumn.Find(view.Schema, "Pixels"), CPU, "training data", out _);
            return clock.Elapsed.TotalSeconds;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Header(Span<byte> file, params ReadOnlySpan<int> numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(file[(4 * i)..], numbers[i]);
        }
    }
}

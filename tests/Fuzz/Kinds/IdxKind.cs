using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Fuzz;

/// <summary>
/// Files of images and of labels in the form of MNIST, as they are and packed by gzip. They bear no checksum: what is read must agree
/// with the header.
/// </summary>
internal sealed class IdxKind(string folder) : Kind(folder)
{
    private const int Count = 12, Side = 9;
    private readonly MLContext _ml = new();

    public override string Name => "idx";

    protected override string DamagedName => "damaged-";

    public override string Extension(int index) => InTurn(index, "-images", "-images.gz", "-labels", "-labels.gz");

    public override void Prepare()
    {
        byte[] images = [0, 0, 8, 3, .. Number(Count), .. Number(Side), .. Number(Side), .. Enumerable.Range(0, Count * Side * Side).Select(i => (byte)(i * 7))];
        byte[] labels = [0, 0, 8, 1, .. Number(Count), .. Enumerable.Range(0, Count).Select(i => (byte)(i % 10))];
        System.IO.File.WriteAllBytes(File("whole-images"), images);
        System.IO.File.WriteAllBytes(File("whole-labels"), labels);
        System.IO.File.WriteAllBytes(File("whole-images.gz"), Packed(images));
        System.IO.File.WriteAllBytes(File("whole-labels.gz"), Packed(labels));
    }

    public override bool Load(byte[] damaged, int index)
    {
        string file = File($"damaged-{index % 4}{Extension(index)}");
        System.IO.File.WriteAllBytes(file, damaged);
        bool isImages = index % 4 < 2;
        IDataView view = _ml.Data.LoadIdx(isImages ? file : File("whole-images"), isImages ? File("whole-labels") : file);
        byte[][] pixels = [.. view.GetColumn<byte[]>("Pixels")];
        uint[] labels = [.. view.GetColumn<uint>("Label")];

        byte[] header = Unpacked(index % 2 == 1 ? damaged : null) ?? damaged;
        int Stored(int at) => BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(at));
        Require(pixels.Length == labels.Length && pixels.Length == Stored(4), $"{pixels.Length} images, {labels.Length} labels");
        int size = isImages ? Stored(8) * Stored(12) : Side * Side;
        Require(pixels.All(p => p.Length == size), "images of another size");
        Require(labels.All(l => l > 0), "a label that is missing");
        return header.AsSpan().SequenceEqual(System.IO.File.ReadAllBytes(File(isImages ? "whole-images" : "whole-labels")));
    }

    protected override byte[] Original(int index) => System.IO.File.ReadAllBytes(File("whole" + Extension(index)));

    protected override byte[] Damage(Random random, int index)
    {
        byte[] whole = Original(index);
        bool repack = index % 2 == 1 && random.Next(2) == 0;
        return repack ? Packed(Mutator.Mutate(random, Unpacked(whole)!)) : Mutator.Mutate(random, whole);
    }

    private static byte[] Number(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Packed(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private static byte[]? Unpacked(byte[]? packed)
    {
        if (packed is null)
        {
            return null;
        }

        var bytes = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        gzip.CopyTo(bytes);
        return bytes.ToArray();
    }
}

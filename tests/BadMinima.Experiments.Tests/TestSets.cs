using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Experiments.Tests;

/// <summary>Small sets of every layout, drawn anew and the same in every process, and the files that a server has of them.</summary>
internal static class TestSets
{
    private const int CifarRecord = 3_074;

    /// <summary>CIFAR-100's layout in a .tar.gz of 2.8 MB, which holds a folder.</summary>
    public static readonly Served Cifar = MakeCifar();

    /// <summary>MNIST's layout: four .gz files, no archive.</summary>
    public static readonly Served Idx = MakeIdx();

    /// <summary>ImageNette's layout in a .tgz: train and val, two classes that bear names.</summary>
    public static readonly Served Pictures = MakePictures();

    public static DataSet[] All => [Cifar.Set, Idx.Set, Pictures.Set];

    public static byte[] Random(int bytes, int seed)
    {
        byte[] content = new byte[bytes];
        new Random(seed).NextBytes(content);
        return content;
    }

    public static Checksums ChecksumsOf(byte[] content)
        => new(Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.MD5, content)), Convert.ToHexStringLower(SHA256.HashData(content)));

    public static DataFile FileOf(string name, byte[] content) => new(name, content.Length, ChecksumsOf(content), "the test");

    public static byte[] TarGz(params IEnumerable<TarEntry> entries)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            foreach (TarEntry entry in entries)
            {
                // In every process the same bytes.
                entry.ModificationTime = DateTimeOffset.UnixEpoch;
                tar.WriteEntry(entry);
            }
        }

        return packed.ToArray();
    }

    public static TarEntry Entry(string name, byte[] content) => new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) };

    public static TarEntry Link(TarEntryType kind, string name, string to) => new UstarTarEntry(kind, name) { LinkName = to };

    private static Served MakeCifar()
    {
        byte[] Records(int count, int seed)
        {
            byte[] records = Random(count * CifarRecord, seed);
            for (int i = 0; i < count; i++)
            {
                (records[i * CifarRecord], records[(i * CifarRecord) + 1]) = ((byte)(i % 20), (byte)(i % 100));
            }

            return records;
        }

        byte[] train = Records(700, 1), test = Records(200, 2);
        byte[] archive = TarGz(Entry("tiny-binary/train.bin", train), Entry("tiny-binary/test.bin", test), Entry("tiny-binary/readme.txt", "a set for tests"u8.ToArray()));
        return new(
            Set("tiny", 700, 200, new(3, 32, 32), 100, [FileOf("tiny-binary.tar.gz", archive)], new FileLayout(
                [new("test.bin", test.Length, Checksums.None), new("train.bin", train.Length, ChecksumsOf(train))], 700, 200, (ml, folder, split) => ml.Data.LoadCifar100(folder, split))),
            new() { ["tiny-binary.tar.gz"] = archive });
    }

    private static Served MakeIdx()
    {
        Dictionary<string, byte[]> files = [];
        List<ContentFile> contents = [];
        void Add(string name, uint[] header, byte[] content)
        {
            byte[] plain = new byte[(4 * header.Length) + content.Length];
            for (int i = 0; i < header.Length; i++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(plain.AsSpan(4 * i), header[i]);
            }

            content.CopyTo(plain, 4 * header.Length);
            contents.Add(new(name, plain.Length, new(Md5: ChecksumsOf(plain).Md5), MayBeGzip: true));
            files[name + ".gz"] = Gzip(plain, CompressionLevel.Fastest);
        }

        foreach ((string part, uint count) in new[] { ("t10k", 20u), ("train", 60u) })
        {
            Add($"{part}-labels-idx1-ubyte", [0x0801, count], [.. Enumerable.Range(0, (int)count).Select(i => (byte)(i % 10))]);
            Add($"{part}-images-idx3-ubyte", [0x0803, count, 5, 4], Random((int)count * 20, (int)count));
        }

        return new(
            Set("tiny-idx", 60, 20, new(1, 5, 4), 10, [.. files.Select(f => FileOf(f.Key, f.Value))], new FileLayout(contents, 60, 20, (ml, folder, split) => ml.Data.LoadIdx(folder, split), ByContent: true)),
            files);
    }

    private static Served MakePictures()
    {
        var entries =
            from part in new[] { (Name: "train", Count: 4), (Name: "val", Count: 3) }
            from wordNet in new[] { "n00000001", "n00000002" }
            from i in Enumerable.Range(0, part.Count)
            select Entry($"pictures2/{part.Name}/{wordNet}/{i}.JPEG", Picture(part.Count + i));
        byte[] archive = TarGz([.. entries, Entry("pictures2/noisy.csv", "path,label"u8.ToArray())]);
        return new(
            Set("tiny-pictures", 8, 6, new(3, 16, 16), 2, [FileOf("pictures2.tgz", archive)], new FolderLayout([("train", 8), ("val", 6)], [("n00000001", "tench"), ("n00000002", "English springer")], 16)),
            new() { ["pictures2.tgz"] = archive });
    }

    public static byte[] Gzip(byte[] plain, CompressionLevel level)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, level))
        {
            gzip.Write(plain);
        }

        return packed.ToArray();
    }

    /// <summary>A picture of one color. Its format is PNG, whatever it is called.</summary>
    public static byte[] Picture(int shade)
    {
        string file = Path.Combine(Path.GetTempPath(), $"badminima-{Guid.NewGuid():N}.png");
        using (MLImage image = MLImage.CreateFromPixels(20, 18, MLPixelFormat.Rgba32, Enumerable.Repeat((byte)(40 * shade), 4 * 20 * 18).ToArray()))
        {
            image.Save(file);
        }

        byte[] bytes = File.ReadAllBytes(file);
        File.Delete(file);
        return bytes;
    }

    private static DataSet Set(string name, int train, int test, ImageShape shape, int classes, DataFile[] files, DataLayout layout) => new()
    {
        Name = name,
        Title = name,
        Description = "for tests",
        TrainImages = train,
        TestImages = test,
        ImageSize = "small",
        Shape = shape,
        Classes = classes,
        Licence = "MIT",
        Citation = "none",
        Home = "none",
        Files = files,
        Layout = layout,
    };
}

/// <summary>A set, and its files as a server has them.</summary>
internal sealed record Served(DataSet Set, Dictionary<string, byte[]> Files);

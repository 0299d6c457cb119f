using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using BadMinima.MLNet.Tests.Examples;
using ICSharpCode.SharpZipLib.Checksum;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace BadMinima.MLNet.Tests.Scoring;

/// <summary>Model files that were damaged, packed again with right checksums or made with intent: refused, by name, at once.</summary>
[TestClass]
public sealed class ModelArchiveTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    [TestMethod]
    public void The_checksum_of_zip_archives_is_computed_right()
    {
        // The check value of the CRC catalogues, whole and in pieces.
        byte[] digits = "123456789"u8.ToArray();
        for (int first = 0; first <= digits.Length; first++)
        {
            var checksum = new Crc32();
            checksum.Update(new ArraySegment<byte>(digits, 0, first));
            checksum.Update(new ArraySegment<byte>(digits, first, digits.Length - first));
            Assert.AreEqual(0xCBF43926L, checksum.Value);
        }
    }

    [TestMethod]
    [Timeout(60_000)]
    public void A_schema_cut_or_changed_anywhere_is_refused_though_its_checksums_fit()
    {
        // ML.NET's own loader goes on for ever in some of these.
        Save();
        byte[] schema = Entry("Schema");
        foreach (int length in new[] { 0, 1, 100, 255, 256, schema.Length / 2, schema.Length - 9, schema.Length - 1 })
        {
            Rewrite("Schema", _ => schema[..length]);
            Refused("the schema of its data cannot be read");
        }

        int refused = 0;
        for (int i = 0; i < schema.Length; i += 7)
        {
            Rewrite("Schema", bytes => Changed(bytes, i));
            try
            {
                _ml.Model.LoadTwoPhase(Changed(), out _).Dispose();
            }
            catch (InvalidDataException e)
            {
                Assert.Contains("changed.zip", e.Message);
                refused++;
            }
        }

        Assert.IsGreaterThan(10, refused);
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Arrays_in_the_schema_that_end_too_early_or_that_no_memory_holds_are_refused()
    {
        // A vector's type says how many dimensions follow.
        Save();
        byte[] schema = Entry("Schema");
        int vector = schema.AsSpan().IndexOf("VBuffer"u8);
        int dimensions = schema.AsSpan(vector).IndexOf(new byte[] { 3, 0, 0, 0, 1, 0, 0, 0 }) + vector;
        foreach (int count in new[] { 4, 1000, 1 << 20, int.MaxValue, -1 })
        {
            Rewrite("Schema", bytes =>
            {
                BitConverter.TryWriteBytes(bytes.AsSpan(dimensions), count);
                return bytes;
            });
            Refused("the schema of its data cannot be read");
        }
    }

    [TestMethod]
    public void Class_names_of_more_than_there_is_are_refused_before_memory_is_taken()
    {
        Save();
        byte[] content = Content();
        int vector = content.AsSpan().IndexOf("VBuffer"u8) - 1;
        int names = vector + content.AsSpan(vector).IndexOf(new byte[] { 10, 0, 0, 0, 255, 255, 255, 255 });
        long before = GC.GetTotalAllocatedBytes();
        foreach (int at in new[] { names - 12, names - 8, names - 4, names, names + 4, names + 8 })
        {
            foreach (int value in new[] { 1 << 30, 1 << 28, int.MaxValue, -2 })
            {
                Rewrite("BadMinima", packed =>
                {
                    BitConverter.TryWriteBytes(packed.AsSpan(16 + at), value);
                    return Hashed(packed);
                });
                Refused("class names cannot be read");
            }
        }

        Assert.IsLessThan(1L << 30, GC.GetTotalAllocatedBytes() - before);
    }

    [TestMethod]
    public void Types_nested_without_end_do_not_overflow_the_stack()
    {
        Save();
        byte[] nested = [.. Enumerable.Repeat(Encoding.Latin1.GetBytes("\u0007VBuffer\u007F"), 200_000).SelectMany(b => b)];
        Rewrite("Schema", bytes =>
        {
            byte[] header = bytes[..256];
            BitConverter.TryWriteBytes(header.AsSpan(24), 256L);
            BitConverter.TryWriteBytes(header.AsSpan(32), 256L + 2 + nested.Length);
            return [.. header, 1, (byte)'a', .. nested, .. bytes[^8..]];
        });
        Refused("the schema of its data cannot be read");
    }

    [TestMethod]
    public void An_archive_that_unpacks_to_more_than_any_model_is_refused_before_it_is_unpacked()
    {
        Save();
        byte[] bytes = File.ReadAllBytes(Original());
        int directory = bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(directory + 24), int.MaxValue);
        File.WriteAllBytes(Changed(), bytes);
        Refused("no model is packed that well");
    }

    [TestMethod]
    public void An_entry_that_has_lost_its_name_is_not_taken_for_missing()
    {
        // A model may have been saved without a schema; this one was not.
        Save();
        byte[] bytes = File.ReadAllBytes(Original());
        int name = bytes.AsSpan().LastIndexOf("Schema"u8);
        bytes[name] = (byte)'s';
        File.WriteAllBytes(Changed(), bytes);
        Refused("'schema', which no model of ML.NET has");
    }

    [TestMethod]
    public void Sizes_in_our_own_content_are_believed_only_as_far_as_the_file_goes()
    {
        Save();
        byte[] content = Content();
        int shape = 1 + content[0];
        int classes = shape + 13;
        foreach (int value in new[] { 0, -1, int.MaxValue, int.MinValue, 1 << 20, 1 << 14 })
        {
            for (int i = shape; i <= shape + 8; i += 4)
            {
                Forge(i, value);
                Refused("changed.zip");
            }

            Forge(classes, value);
            Refused("changed.zip");
        }

        Forge(classes, 11);
        Refused("11 classes and 10 class names");

        // Somewhere after the history: count of tensors, names, types, dimensions, sizes.
        for (int i = content.Length - 900; i < content.Length; i += 7)
        {
            Forge(i - (i % 4), int.MaxValue);
            try
            {
                _ml.Model.LoadTwoPhase(Changed(), out _).Dispose();
            }
            catch (InvalidDataException e)
            {
                Assert.Contains("changed.zip", e.Message);
            }
        }

        void Forge(int at, int value) => Rewrite("BadMinima", packed =>
        {
            BitConverter.TryWriteBytes(packed.AsSpan(16 + at), value);
            return Hashed(packed);
        });
    }

    [TestMethod]
    public void What_is_refused_leaves_no_tensor_behind()
    {
        // A tensor's name, in the middle of the weights: the network is there by then, and some of its weights are read.
        Save();
        int name = Content().AsSpan().LastIndexOf("weight"u8) + 16;
        Rewrite("BadMinima", packed =>
        {
            packed[name] ^= 1;
            return Hashed(packed);
        });
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (int i = 0; i < 5; i++)
        {
            Refused("'cnn' has no such tensor");
        }

        Assert.AreEqual(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [TestMethod]
    public void Content_that_is_longer_than_what_it_holds_is_refused()
    {
        Save();
        Rewrite("BadMinima", packed =>
        {
            byte[] longer = [.. packed[..^32], 0, .. packed[^32..]];
            BitConverter.TryWriteBytes(longer.AsSpan(8), (long)longer.Length - 48);
            return Hashed(longer);
        });
        Refused("bytes long, of which");
    }

    [TestMethod]
    public void In_a_chain_the_last_model_is_found_whatever_stands_around_it()
    {
        IDataView train = Tiny.Train(_ml);
        using TwoPhaseTransformer first = Tiny.Trainer(_ml).Fit(train);
        using TwoPhaseTransformer last = Tiny.Trainer(_ml, Tiny.Options with { ScoreColumnName = "S", PredictedLabelColumnName = "P", Seed = 9 }).Fit(train);
        ITransformer copy = _ml.Transforms.CopyColumns("Copy", "S").Fit(last.Transform(train));
        var chain = new TransformerChain<ITransformer>(first, new TransformerChain<ITransformer>(last, copy), copy);
        _ml.Model.Save(chain, train.Schema, Original());
        using TwoPhaseTransformer loaded = _ml.Model.LoadTwoPhase(Original(), out DataViewSchema schema);
        CollectionAssert.AreEqual(Tiny.Weights(last), Tiny.Weights(loaded));
        CollectionAssert.AreEqual(train.Schema.Select(c => $"{c.Name} {c.Type}").ToArray(), schema.Select(c => $"{c.Name} {c.Type}").ToArray());
        VBuffer<ReadOnlyMemory<char>> names = default;
        schema["Label"].GetKeyValues(ref names);
        CollectionAssert.AreEqual(loaded.ClassNames.ToArray(), names.DenseValues().Select(n => n.ToString()).ToArray());
    }

    [TestMethod]
    public void Models_saved_without_a_schema_or_with_a_loader_are_loaded_too()
    {
        IDataView train = Tiny.Train(_ml);
        using TwoPhaseTransformer model = Tiny.Trainer(_ml).Fit(train);
        _ml.Model.Save(model, (DataViewSchema?)null, Original());
        using (TwoPhaseTransformer loaded = _ml.Model.LoadTwoPhase(Original(), out DataViewSchema schema))
        {
            CollectionAssert.AreEqual(Tiny.Weights(model), Tiny.Weights(loaded));
            Assert.IsNull(schema);
        }

        _ml.Model.Save(model, _ml.Data.CreateTextLoader([new("Label", DataKind.UInt32, 0), new("Pixels", DataKind.Single, 1, 784)]), Original());
        using (TwoPhaseTransformer loaded = _ml.Model.LoadTwoPhase(Original(), out DataViewSchema schema))
        {
            CollectionAssert.AreEqual(Tiny.Weights(model), Tiny.Weights(loaded));
            CollectionAssert.AreEqual(new[] { "Label", "Pixels" }, schema.Select(c => c.Name).ToArray());
        }
    }

    [TestMethod]
    public void Label_noise_with_counts_that_are_not_its_classes_is_refused()
    {
        var noise = new LabelNoiseMap { Classes = 3, SelectedUpTo = 5, SkipsOwnClass = true, Upper = [[1, 2]] };
        byte[] whole = Written(noise);
        using (var reader = new BinaryReader(new MemoryStream(whole)))
        {
            CollectionAssert.AreEqual(noise.Upper[0], LabelNoiseMap.Read(reader).Upper[0]);
        }

        foreach (int place in new[] { 0, 14, 18 })
        {
            foreach (int value in new[] { 0, 2, 4, -1, int.MaxValue, int.MinValue })
            {
                byte[] changed = [.. whole];
                BitConverter.TryWriteBytes(changed.AsSpan(place), value);
                if (!changed.SequenceEqual(whole))
                {
                    using var reader = new BinaryReader(new MemoryStream(changed));
                    Assert.ThrowsExactly<InvalidDataException>(() => LabelNoiseMap.Read(reader));
                }
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private string Original() => _folder.File("model.zip");

    private string Changed() => _folder.File("changed.zip");

    private void Save()
    {
        IDataView train = Tiny.Train(_ml);
        using TwoPhaseTransformer model = Tiny.Trainer(_ml).Fit(train);
        _ml.Model.Save(model, train.Schema, Original());
        File.Copy(Original(), Changed());
    }

    private void Refused(string message)
    {
        string said = Assert.ThrowsExactly<InvalidDataException>(() => _ml.Model.LoadTwoPhase(Changed(), out _)).Message;
        Assert.Contains("changed.zip", said);
        Assert.Contains(message, said);
        Assert.DoesNotContain("target of an invocation", said);
    }

    private byte[] Content() => Entry("BadMinima")[16..^32];

    private byte[] Entry(string name)
    {
        using ZipArchive zip = ZipFile.OpenRead(Original());
        using Stream stream = zip.Entries.Single(e => e.Name == name).Open();
        var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Copies model.zip to changed.zip with an entry changed: the archive's checksums fit.</summary>
    private void Rewrite(string name, Func<byte[], byte[]> change)
    {
        byte[] changed = change(Entry(name));
        File.Copy(Original(), Changed(), overwrite: true);
        using ZipArchive zip = ZipFile.Open(Changed(), ZipArchiveMode.Update);
        ZipArchiveEntry entry = zip.Entries.Single(e => e.Name == name);
        string path = entry.FullName;
        entry.Delete();
        using Stream stream = zip.CreateEntry(path).Open();
        stream.Write(changed);
    }

    private static byte[] Changed(byte[] bytes, int at)
    {
        bytes[at] ^= 0x55;
        return bytes;
    }

    private static byte[] Hashed(byte[] packed) => [.. packed[..^32], .. SHA256.HashData(packed.AsSpan(16, packed.Length - 48))];

    private static byte[] Written(LabelNoiseMap noise)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        noise.Write(writer);
        return stream.ToArray();
    }
}

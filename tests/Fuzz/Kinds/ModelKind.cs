using System.IO.Compression;
using System.Security.Cryptography;
using BadMinima.MLNet;
using Microsoft.ML;
using TorchSharp;

namespace BadMinima.Fuzz;

/// <summary>
/// Saved models: of the file's bytes, of an entry that is packed again with right checksums, and of our own content with its hash made
/// anew. Where that hash was not, the model must be the same bit for bit.
/// </summary>
internal sealed class ModelKind(string folder) : Kind(folder)
{
    private readonly MLContext _ml = new();
    private byte[] _whole = [];
    private byte[] _weights = [];
    private string _schema = "";

    public override string Name => "model";

    protected override string DamagedName => "damaged.zip";

    public override string Extension(int index) => ".zip";

    public override void Prepare()
    {
        IDataView train = _ml.Data.LoadSyntheticImages(Split.Train, 40, seed: 1);
        var chain = _ml.Transforms.CopyColumns("Input", "Pixels").Append(_ml.MulticlassClassification.Trainers.TwoPhase(new()
        {
            Architecture = "cnn",
            FeatureColumnName = "Input",
            RandomLabels = new() { Epochs = 1 },
            Training = new() { Epochs = 1 },
            Device = "cpu",
        })).Append(_ml.Transforms.CopyColumns("Probabilities", "Score"));
        using var model = chain.Fit(train);
        _ml.Model.Save(model, train.Schema, File("original.zip"));
    }

    public override void Open()
    {
        using TwoPhaseTransformer model = _ml.Model.LoadTwoPhase(File("original.zip"), out DataViewSchema schema);
        (_weights, _schema) = (WeightsOf(model), TextOf(schema));
    }

    public override bool Load(byte[] damaged, int index)
    {
        System.IO.File.WriteAllBytes(File(DamagedName), damaged);
        using TwoPhaseTransformer model = _ml.Model.LoadTwoPhase(File(DamagedName), out DataViewSchema schema);
        bool same = WeightsOf(model).AsSpan().SequenceEqual(_weights);
        Require(same || Way(index) == 3, "other weights");
        Require(Way(index) > 0 || TextOf(schema) == _schema, "another schema");
        return same;
    }

    protected override byte[] Original(int index) => _whole.Length > 0 ? _whole : _whole = System.IO.File.ReadAllBytes(File("original.zip"));

    protected override byte[] Damage(Random random, int index)
    {
        Original(index);
        return Way(index) switch
        {
            0 => Mutator.Mutate(random, _whole),
            1 => Repacked(e => e == "Schema", b => Mutator.Mutate(random, b)),
            2 => Repacked(null, b => Mutator.Mutate(random, b), random),
            _ => Repacked(e => e.EndsWith("/BadMinima", StringComparison.Ordinal), b => Sealed(random, b)),
        };
    }

    private static int Way(int index) => index % 4;

    private static byte[] Sealed(Random random, byte[] packed)
    {
        // The beginning, with all that says what follows, is a small part of the content.
        byte[] content = packed[16..^32];
        int head = random.Next(4) > 0 ? Math.Min(content.Length, 300) : content.Length;
        content = [.. Mutator.Mutate(random, content[..head]), .. content[head..]];
        byte[] length = BitConverter.GetBytes((long)content.Length);
        return [.. packed[..8], .. length, .. content, .. SHA256.HashData(content)];
    }

    private byte[] Repacked(Func<string, bool>? isMeant, Func<byte[], byte[]> change, Random? random = null)
    {
        using var from = new ZipArchive(new MemoryStream(_whole), ZipArchiveMode.Read);
        int drawn = random?.Next(from.Entries.Count) ?? -1;
        var bytes = new MemoryStream();
        using (var to = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((int i, ZipArchiveEntry entry) in from.Entries.Index())
            {
                using Stream stream = entry.Open();
                var content = new MemoryStream();
                stream.CopyTo(content);
                bool isChanged = isMeant?.Invoke(entry.FullName) ?? i == drawn;
                ZipArchiveEntry copy = to.CreateEntry(entry.FullName, CompressionLevel.Fastest);
                copy.LastWriteTime = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using Stream target = copy.Open();
                target.Write(isChanged ? change(content.ToArray()) : content.ToArray());
            }
        }

        return bytes.ToArray();
    }

    private static string TextOf(DataViewSchema? schema) => schema is null ? "none" : string.Join(", ", schema.Select(c => $"{c.Name} {c.Type}"));

    internal static byte[] WeightsOf(TwoPhaseTransformer model)
    {
        using var scope = torch.NewDisposeScope();
        return [.. model.Network.state_dict().OrderBy(t => t.Key, StringComparer.Ordinal).SelectMany(t => t.Value.bytes.ToArray())];
    }
}

using System.Security.Cryptography;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Fuzz;

/// <summary>
/// Checkpoints: as they are, and with the hash at their end made anew. Where it was not, the resumed run must end in the same weights bit
/// for bit.
/// </summary>
internal sealed class CheckpointKind(string folder) : Kind(folder)
{
    private readonly MLContext _ml = new(seed: 1);
    private byte[] _whole = [];
    private byte[] _weights = [];

    public override string Name => "checkpoint";

    protected override string DamagedName => "checkpoint-000001.bin";

    public override string Extension(int index) => ".bin";

    public override void Prepare()
    {
        string run = File("original");
        if (Directory.Exists(run))
        {
            Directory.Delete(run, recursive: true);
        }

        var context = new MLContext(seed: 1);
        Trainer(context, Options(run) with { MetricsCallback = _ => context.CancelExecution() }).Fit(Data()).Dispose();
    }

    public override void Open()
    {
        using TwoPhaseTransformer model = Trainer(_ml, Options(run: null)).Fit(Data());
        _weights = ModelKind.WeightsOf(model);
    }

    public override bool Load(byte[] damaged, int index)
    {
        string run = File("run");
        Directory.CreateDirectory(run);
        foreach (string old in Directory.GetFiles(run, "checkpoint-*"))
        {
            System.IO.File.Delete(old);
        }

        System.IO.File.WriteAllBytes(Path.Combine(run, DamagedName), damaged);
        using TwoPhaseTransformer model = Trainer(_ml, Options(run)).Resume(Data());
        bool same = ModelKind.WeightsOf(model).AsSpan().SequenceEqual(_weights);
        Require(same || IsSealed(index), "other weights");
        return same;
    }

    /// <summary>Besides damage, what is sealed may be of another run, or bear weights that no training goes on from.</summary>
    public override bool IsRefusal(Exception e)
        => base.IsRefusal(e)
        || (e is ArgumentException && e.Message.StartsWith("The checkpoint is of another run", StringComparison.Ordinal))
        || (e is InvalidDataException && e.Message.StartsWith("The checkpoint", StringComparison.Ordinal))
        || (e is InvalidOperationException && e.Message.Contains("no longer a finite number", StringComparison.Ordinal))
        || e is DivergedException;

    protected override byte[] Original(int index)
    {
        if (_whole.Length == 0)
        {
            _whole = System.IO.File.ReadAllBytes(Directory.GetFiles(File("original"), "checkpoint-*.bin").Order(StringComparer.Ordinal).Last());
        }

        return _whole;
    }

    protected override byte[] Damage(Random random, int index)
    {
        if (!IsSealed(index))
        {
            return Mutator.Mutate(random, Original(index));
        }

        byte[] content = Original(index)[..^32];
        int head = random.Next(4) > 0 ? Math.Min(content.Length, 4000) : content.Length;
        int from = random.Next(3) == 0 ? random.Next(head) : 0;
        content = [.. content[..from], .. Mutator.Mutate(random, content[from..head]), .. content[head..]];
        return [.. content, .. SHA256.HashData(content)];
    }

    private static bool IsSealed(int index) => index % 2 == 1;

    private static TwoPhaseTrainer Trainer(MLContext ml, TwoPhaseTrainer.Options options) => ml.MulticlassClassification.Trainers.TwoPhase(options);

    private IDataView Data() => _ml.Data.LoadSyntheticImages(Split.Train, 20, seed: 1);

    private static TwoPhaseTrainer.Options Options(string? run) => new()
    {
        Architecture = "cnn",
        RandomLabels = new() { Epochs = 2, BatchSize = 10, StopAtAccuracy = null, MeasureEvery = 9 },
        Training = new() { Epochs = 1, BatchSize = 10, Momentum = 0.9 },
        Device = "cpu",
        Threads = 1,
        Checkpoints = run is null ? null : new(run),
    };
}

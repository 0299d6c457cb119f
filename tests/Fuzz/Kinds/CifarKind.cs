using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Fuzz;

/// <summary>
/// The binary files of CIFAR-10 and CIFAR-100. They bear no checksum: records must be whole, and labels within the classes.
/// </summary>
internal sealed class CifarKind(string folder) : Kind(folder)
{
    private const int Pixels = 3 * 32 * 32;
    private readonly MLContext _ml = new();

    public override string Name => "cifar";

    protected override string DamagedName => Path.GetFullPath(Folder);

    public override string Extension(int index) => IsTen(index) ? "-10.bin" : "-100.bin";

    public override void Prepare()
    {
        foreach (string name in (string[])["cifar10", "cifar100"])
        {
            Directory.CreateDirectory(File(name));
        }

        for (int i = 1; i <= 5; i++)
        {
            System.IO.File.WriteAllBytes(File($"cifar10/data_batch_{i}.bin"), Records(2, 10));
        }

        System.IO.File.WriteAllBytes(File("cifar10/whole"), Records(2, 10));
        System.IO.File.WriteAllBytes(File("cifar100/whole"), Records(3, 20, 100));
    }

    public override bool Load(byte[] damaged, int index)
    {
        bool ten = IsTen(index);
        System.IO.File.WriteAllBytes(File(ten ? "cifar10/data_batch_3.bin" : "cifar100/train.bin"), damaged);
        IDataView view = ten ? _ml.Data.LoadCifar10(File("cifar10")) : _ml.Data.LoadCifar100(File("cifar100"), labels: InTurn(index / 2, CifarLabels.Fine, CifarLabels.Coarse));
        byte[][] pixels = [.. view.GetColumn<byte[]>("Pixels")];
        uint[] labels = [.. view.GetColumn<uint>("Label")];
        int record = Pixels + (ten ? 1 : 2);
        int classes = ten ? 10 : index / 2 % 2 == 0 ? 100 : 20;
        Require(damaged.Length % record == 0, "records that are not whole");
        Require(pixels.Length == labels.Length && pixels.Length == (damaged.Length / record) + (ten ? 8 : 0), $"{pixels.Length} images, {labels.Length} labels");
        Require(pixels.All(p => p.Length == Pixels) && labels.All(l => l >= 1 && l <= classes), "an image or a label that cannot be");
        return damaged.AsSpan().SequenceEqual(Original(index));
    }

    protected override byte[] Original(int index) => System.IO.File.ReadAllBytes(File(IsTen(index) ? "cifar10/whole" : "cifar100/whole"));

    protected override byte[] Damage(Random random, int index)
        => Mutator.Mutate(random, Original(index));

    private static bool IsTen(int index) => index % 2 == 0;

    private static byte[] Records(int count, params int[] classes)
        => [.. Enumerable.Range(0, count).SelectMany(r => classes.Select(c => (byte)((r * 3) % c)).Concat(Enumerable.Range(0, Pixels).Select(i => (byte)(i * (r + 1)))))];
}

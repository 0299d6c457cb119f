using System.Runtime.CompilerServices;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Experiments;

/// <summary>A folder of ImageNet, or of those of its classes that take part in Restricted ImageNet.</summary>
internal sealed record RestrictedImageNetLayout(int TestImages) : DataLayout
{
    // ImageNette and its kin have ten synsets, Restricted ImageNet 203.
    private const int Many = 100;

    public override bool Fits(string folder) => Folders.In(Path.Combine(folder, "train")).Count(IsSynset) >= Many;

    public override async IAsyncEnumerable<Finding> CheckFiles(string folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (DataPart part in Parts(new MLContext(), folder))
        {
            yield return await Task.Run(() => Check(part), cancellation);
        }
    }

    public override IEnumerable<DataPart> Parts(MLContext ml, string folder) =>
    [
        new("train", null, () => ml.Data.LoadRestrictedImageNet(folder, Split.Train)),
        new("test", TestImages, () => ml.Data.LoadRestrictedImageNet(folder, Split.Test)),
    ];

    public override IDataView Read(MLContext ml, string folder, Split split, int? most, int size, bool inMemory)
        => ml.Data.LoadRestrictedImageNet(folder, split, size, size, maximumRows: most);

    private static Finding Check(DataPart part)
    {
        try
        {
            int images = part.Load().GetColumn<uint>("Label").Count();
            return part.Images is not int expected || images == expected
                ? new(part.Name, true, $"{images:N0} images in nine classes")
                : new(part.Name, false, $"{expected:N0} images expected, {images:N0} found");
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return new(part.Name, false, e.Message);
        }
    }

    private static bool IsSynset(string name) => name.Length == 9 && name[0] == 'n' && name.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
}

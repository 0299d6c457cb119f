using System.IO.Compression;
using System.Runtime.CompilerServices;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>
/// A file of a set as the loader reads it. An IDX file may also be gzip, under the same name with .gz: size and checksums are those of the
/// content.
/// </summary>
internal sealed record ContentFile(string Name, long Bytes, Checksums Checksums, bool MayBeGzip = false)
{
    /// <summary>The file in a folder, or null.</summary>
    public string? Find(string folder)
        => new[] { Name, Name + ".gz" }.Take(MayBeGzip ? 2 : 1).Select(n => Path.Combine(folder, n)).FirstOrDefault(File.Exists);

    /// <summary>Looks at the file in a folder.</summary>
    public async Task<Finding> Check(string folder, CancellationToken cancellation)
    {
        if (Find(folder) is not string file)
        {
            return new(Name, false, MayBeGzip ? "not there, neither plain nor .gz" : "not there");
        }

        string name = Path.GetFileName(file);
        bool gzip = file.EndsWith(".gz", StringComparison.Ordinal);
        if (!gzip && new FileInfo(file).Length is var length && length != Bytes)
        {
            return new(name, false, $"{Bytes:N0} bytes expected, {length:N0} found");
        }

        try
        {
            await using Stream content = gzip ? new GZipStream(File.OpenRead(file), CompressionMode.Decompress) : File.OpenRead(file);
            return await Checksums.Mismatch(content, cancellation) is string mismatch
                ? new(name, false, gzip ? $"of the content, {mismatch}" : mismatch)
                : new(name, true, Checksums.Known ? "checksum" : $"{Bytes:N0} bytes (no checksum is published)");
        }
        catch (InvalidDataException e)
        {
            return new(name, false, $"the gzip data are damaged ({e.Message})");
        }
    }
}

/// <summary>A set of a few files that are known one by one: CIFAR's binary versions and the IDX files of MNIST and its kin.</summary>
/// <param name="Files">Its files, smallest first.</param>
/// <param name="TrainImages">Images for training.</param>
/// <param name="TestImages">Images for testing.</param>
/// <param name="Load">The library's loader.</param>
/// <param name="ByContent">Whether other sets have files of the same names, so that only checksums tell them apart.</param>
internal sealed record FileLayout(
    IReadOnlyList<ContentFile> Files, int TrainImages, int TestImages, Func<MLContext, string, Split, IDataView> Load,
    bool ByContent = false) : DataLayout
{
    public override bool TakesAnySize => false;

    public override bool Fits(string folder)
        => Files.Any(
            f => f.Find(folder) is not null && (!ByContent || f.Check(folder, CancellationToken.None).GetAwaiter().GetResult().Good));

    public override async IAsyncEnumerable<Finding> CheckFiles(string folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (ContentFile file in Files)
        {
            yield return await file.Check(folder, cancellation);
        }
    }

    public override IEnumerable<DataPart> Parts(MLContext ml, string folder) =>
    [
        new("train", TrainImages, () => Load(ml, folder, Split.Train)),
        new("test", TestImages, () => Load(ml, folder, Split.Test)),
    ];
}

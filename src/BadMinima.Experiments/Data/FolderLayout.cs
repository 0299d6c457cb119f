using System.Runtime.CompilerServices;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>A set of parts (train, valid, val, test), each with one folder a class.</summary>
/// <param name="PartFolders">The parts: train first, that for testing last.</param>
/// <param name="Classes">The classes and their folders.</param>
/// <param name="Size">Rows and columns that a check brings the images to.</param>
internal sealed record FolderLayout(
    IReadOnlyList<(string Name, int Images)> PartFolders, IReadOnlyList<(string Folder, string Name)> Classes, int Size) : DataLayout
{
    /// <summary>Whether the folders below 'train' are these classes: no other, and most of them.</summary>
    public override bool Fits(string folder)
    {
        string[] found = Folders.In(Path.Combine(folder, "train"));
        return 2 * found.Length > Classes.Count && found.All(f => Classes.Any(c => c.Folder == f));
    }

    public override async IAsyncEnumerable<Finding> CheckFiles(string folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach ((string part, int images) in PartFolders)
        {
            string path = Path.Combine(folder, part);
            string[] missing = [.. Classes.Select(c => c.Folder).Except(Folders.In(path))];
            int found = await Task.Run(() => Folders.Images(path), cancellation);
            string expected = $"{images:N0} images in {Classes.Count} folders";
            yield return missing.Length > 0
                ? new(part, false, $"{expected} expected, no folder {string.Join(", ", missing)}")
                : new(part, found == images, found == images ? expected : $"{expected} expected, {found:N0} images found");
        }
    }

    public override IEnumerable<DataPart> Parts(MLContext ml, string folder)
        => PartFolders.Select(part => new DataPart(part.Name, part.Images, () => part.Name switch
        {
            "train" => ml.Data.LoadImageFolder(folder, Size, Size, Split.Train, inMemory: false),
            _ when part == PartFolders[^1] => ml.Data.LoadImageFolder(folder, Size, Size, Split.Test, inMemory: false),
            _ => ml.Data.LoadImageFolder(Path.Combine(folder, part.Name), Size, Size, inMemory: false),
        }));

    public override void Complete(string folder)
    {
        if (Classes.Any(c => c.Folder != c.Name))
        {
            AtomicFile.Write(Path.Combine(folder, "class_names.txt"), string.Concat(Classes.Select(c => $"{c.Folder}\t{c.Name}\n")));
        }
    }
}

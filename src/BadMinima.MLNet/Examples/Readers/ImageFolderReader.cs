using BadMinima.MLNet.Examples.Decoding;
using BadMinima.MLNet.Examples.Views;
using Microsoft.ML.Transforms.Image;

namespace BadMinima.MLNet.Examples.Readers;

/// <summary>A folder with one subfolder a class, or with such a folder for each part.</summary>
internal static class ImageFolderReader
{
    /// <summary>Reads one part.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="shape">The shape that every image is brought to.</param>
    /// <param name="split">Which part.</param>
    /// <param name="resizing">How an image of another aspect is fitted in.</param>
    /// <param name="maximumRows">Only the first so many rows; null for all.</param>
    /// <param name="inMemory">Whether everything is decoded here, or each image whenever it is needed.</param>
    /// <param name="warn">Told once what is passed over, if anything is.</param>
    /// <param name="group">Makes the classes from the folders' names; null for a class a folder.</param>
    public static ImageDataView Read(
        string folder, ImageShape shape, Split split, ImageResizingEstimator.ResizingKind resizing, int? maximumRows, bool inMemory,
        Action<string> warn, Func<string, string[], ImageClass[]>? group = null)
    {
        Guard.FolderExists(folder);
        Guard.Split(split);
        Guard.Defined(resizing, nameof(resizing));
        Guard.MaximumRows(maximumRows);

        ImageFolderFiles part = ImageFolderFiles.Find(folder, split, group);
        if (part.Faults.Count > 0)
        {
            throw ImageFault.Error(part.Faults, part.Files.Sum(f => f.Length) + part.Faults.Count);
        }

        if (part.PassedOver is string passedOver)
        {
            warn(passedOver);
        }

        (string File, int Label)[] rows = [.. Labeled(part.Files).Take(maximumRows ?? int.MaxValue)];
        string[] paths = [.. rows.Select(r => r.File)];
        IImageSource images = inMemory
            ? new ImagesInMemory(ImageDecoder.Decode(paths, shape, resizing))
            : new ImagesInFiles(folder, paths, shape, resizing);
        return new ImageDataView(shape, images, [.. rows.Select(r => r.Label)], [.. part.Classes.Select(c => c.Name)]);
    }

    private static IEnumerable<(string File, int Label)> Labeled(string[][] files)
        => InTurn.Of(files.Select((f, label) => f.Select(file => (file, label)).ToArray()));
}

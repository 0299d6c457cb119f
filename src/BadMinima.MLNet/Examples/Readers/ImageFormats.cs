namespace BadMinima.MLNet.Examples.Readers;

/// <summary>Tells by the files in a folder which format it holds; the folder's own name says nothing.</summary>
internal static class ImageFormats
{
    private static readonly Split[] BothParts = [Split.Train, Split.Test];

    public static ImageSetFormat Recognize(string folder)
    {
        Guard.FolderExists(folder);
        return Candidates(folder) switch
        {
            [ImageSetFormat one] => one,
            [] when CifarVersions.Explain(folder) is string other => throw new InvalidDataException(
                $"{folder}: no image set found. {other}{Hint(folder)}"),
            [] => throw new InvalidDataException(
                $"{folder}: no image set found. Looked for {LookedFor}.{IdxNames.Hint(folder)}{Hint(folder)}"),
            ImageSetFormat[] several => throw new InvalidDataException(
                $"{folder}: files of several sets found ({string.Join(", ", several)}). "
                + "Give each set a folder of its own, or call the loader of the one that is meant."),
        };
    }

    private static string LookedFor =>
        "CIFAR-10 (data_batch_1.bin ... data_batch_5.bin, test_batch.bin), CIFAR-100 (train.bin, test.bin), "
        + "IDX (train-images-idx3-ubyte, t10k-images-idx3-ubyte and their labels, plain or .gz, also with a prefix), "
        + "and folders of images, one a class (class/image.jpg, or train/class/image.jpg and the same under test or val)";

    private static ImageSetFormat[] Candidates(string folder)
    {
        ImageSetFormat[] inFiles = [.. InFiles(folder)];
        return inFiles.Length == 0 && FolderWalk.FindsImages(folder) ? [ImageSetFormat.ClassFolders] : inFiles;
    }

    private static IEnumerable<ImageSetFormat> InFiles(string folder)
    {
        if (HasAny(CifarReader.Files10))
        {
            yield return ImageSetFormat.Cifar10;
        }

        if (HasAny(CifarReader.Files100))
        {
            yield return ImageSetFormat.Cifar100;
        }

        if (IdxNames.HasImages(folder))
        {
            yield return ImageSetFormat.Idx;
        }

        bool HasAny(Func<Split, string[]> names) => BothParts.SelectMany(names).Any(n => File.Exists(Path.Combine(folder, n)));
    }

    /// <summary>The archives unpack to a folder of their own, so the folder above is often the one that is given.</summary>
    private static string Hint(string folder)
        => Directory.EnumerateDirectories(folder).FirstOrDefault(d => Candidates(d).Length > 0) is string inside
            ? $" Is {inside} meant?"
            : "";
}

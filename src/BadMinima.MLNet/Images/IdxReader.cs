namespace BadMinima.MLNet;

/// <summary>A pair of IDX files, images and labels: MNIST, Fashion-MNIST, KMNIST, EMNIST and their kin.</summary>
internal static class IdxReader
{
    private static readonly string[] TrainNames = ["train"];
    private static readonly string[] TestNames = ["t10k", "test"];
    private static readonly string[] Separators = ["-", "."];
    private static readonly string[] Endings = ["", ".gz"];

    /// <summary>The pair of a folder, under the names that these sets are published with.</summary>
    public static ImageDataView ReadFolder(string folder, Split split, IReadOnlyList<string>? classNames, int? maximumRows)
    {
        Guard.FolderExists(folder);
        Guard.Split(split);
        string images = FindImages(folder, split) ?? throw Missing(folder, split, "images", 3);
        string labels = Find(folder, split, "labels", 1) ?? throw Missing(folder, split, "labels", 1);

        // Both parts together settle the number of classes, so that train and test labels are keys of one type.
        Split other = split == Split.Train ? Split.Test : Split.Train;
        return Read(images, labels, Find(folder, other, "labels", 1), classNames, maximumRows);
    }

    public static ImageDataView ReadFiles(string imagesFile, string labelsFile, IReadOnlyList<string>? classNames, int? maximumRows)
    {
        Guard.FileExists(imagesFile);
        Guard.FileExists(labelsFile);
        return Read(imagesFile, labelsFile, null, classNames, maximumRows);
    }

    public static string? FindImages(string folder, Split split) => Find(folder, split, "images", 3);

    private static ImageDataView Read(string imagesFile, string labelsFile, string? otherLabelsFile, IReadOnlyList<string>? classNames, int? maximumRows)
    {
        Guard.MaximumRows(maximumRows);
        if (classNames is not null)
        {
            Guard.ClassNames(classNames);
        }

        byte[] labels = ReadLabels(labelsFile);
        using IdxFile images = IdxFile.OpenImages(imagesFile);
        if (images.Count != labels.Length)
        {
            throw new InvalidDataException($"{imagesFile}: {images.Count:N0} images, but {labels.Length:N0} labels in {labelsFile}; the counts must be equal. Are the two files of one set and one part?");
        }

        classNames ??= Numbers(Math.Max(labels.Max(), otherLabelsFile is null ? (byte)0 : ReadLabels(otherLabelsFile).Max()));
        int wrong = Array.FindIndex(labels, l => l >= classNames.Count);
        if (wrong >= 0)
        {
            throw new InvalidDataException($"{labelsFile}: label {labels[wrong]} found at place {wrong + 1:N0}; classNames has {classNames.Count} names, for 0 to {classNames.Count - 1}.");
        }

        uint count = Math.Min((uint)(maximumRows ?? int.MaxValue), images.Count);
        return new ImageDataView(new ImageShape(1, images.Size.Rows, images.Size.Columns), images.Read(count), [.. labels.Take((int)count).Select(l => (int)l)], classNames);
    }

    private static byte[] ReadLabels(string file)
    {
        using IdxFile labels = IdxFile.OpenLabels(file);
        return [.. labels.Read(labels.Count).Select(l => l.Span[0])];
    }

    private static string[] Numbers(byte largest) => [.. Enumerable.Range(0, largest + 1).Select(c => c.ToString())];

    private static string? Find(string folder, Split split, string items, int dimensions)
        => FileNames(split, items, dimensions).Select(n => Path.Combine(folder, n)).FirstOrDefault(File.Exists);

    private static IEnumerable<string> FileNames(Split split, string items, int dimensions) =>
        from part in split == Split.Train ? TrainNames : TestNames
        from separator in Separators
        from ending in Endings
        select $"{part}-{items}{separator}idx{dimensions}-ubyte{ending}";

    private static FileNotFoundException Missing(string folder, Split split, string items, int dimensions)
        => new($"{folder}: no file of {items} for the {split} part; one of these is expected: {string.Join(", ", FileNames(split, items, dimensions))}.");
}

using System.Globalization;
using BadMinima.MLNet.Examples.Views;

namespace BadMinima.MLNet.Examples.Readers;

/// <summary>A pair of IDX files, images and labels: MNIST, Fashion-MNIST, KMNIST, EMNIST, QMNIST and their kin.</summary>
internal static class IdxReader
{
    /// <summary>The pair of a folder, under the names that these sets are published with.</summary>
    public static ImageDataView ReadFolder(string folder, Split split, IReadOnlyList<string>? classNames, int? maximumRows)
    {
        Guard.FolderExists(folder);
        Guard.Split(split);
        string images = IdxNames.Find(folder, split, images: true) ?? throw Missing(folder, split, "images-idx3-ubyte");
        string labels = IdxNames.Find(folder, split, images: false) ?? throw Missing(folder, split, "labels-idx1-ubyte");

        // Both parts together settle the classes, so that train and test labels are keys of one type.
        Split other = split == Split.Train ? Split.Test : Split.Train;
        return Read(images, labels, IdxNames.Find(folder, other, images: false), classNames, maximumRows);
    }

    public static ImageDataView ReadFiles(string imagesFile, string labelsFile, IReadOnlyList<string>? classNames, int? maximumRows)
    {
        Guard.FileExists(imagesFile);
        Guard.FileExists(labelsFile);
        return Read(imagesFile, labelsFile, null, classNames, maximumRows);
    }

    private static ImageDataView Read(
        string imagesFile, string labelsFile, string? otherLabelsFile, IReadOnlyList<string>? classNames, int? maximumRows)
    {
        Guard.MaximumRows(maximumRows);
        if (classNames is not null)
        {
            Guard.ClassNames(classNames);
        }

        int[] labels = IdxFile.ReadLabels(labelsFile);
        using IdxFile images = IdxFile.OpenImages(imagesFile);
        if (images.Count != labels.Length)
        {
            throw new InvalidDataException($"{imagesFile}: {images.Count:N0} images, but {labels.Length:N0} labels in {labelsFile}; "
                + "the counts must be equal. Are the two files of one set and one part?");
        }

        int[]? others = otherLabelsFile is null ? null : IdxFile.ReadLabels(otherLabelsFile);
        int smallest = Math.Min(labels.Min(), others?.Min() ?? int.MaxValue), largest = Math.Max(labels.Max(), others?.Max() ?? 0);
        int first = FirstClass(smallest, largest, others is not null, classNames);
        classNames ??= [.. Enumerable.Range(first, largest - first + 1).Select(c => c.ToString(CultureInfo.InvariantCulture))];
        int wrong = Array.FindIndex(labels, l => l - first >= classNames.Count);
        if (wrong >= 0)
        {
            throw new InvalidDataException($"{labelsFile}: label {labels[wrong]} found at place {wrong + 1:N0}; "
                + $"classNames has {classNames.Count} names, for {first} to {first + classNames.Count - 1}."
                + (smallest > 0 && first == 0 ? $" The labels are {smallest} to {largest}: give a name to 0, too." : ""));
        }

        uint count = Math.Min((uint)(maximumRows ?? int.MaxValue), images.Count);
        ImageShape shape = new(1, images.Size.Rows, images.Size.Columns);
        return new ImageDataView(shape, images.Read(count), [.. labels.Take((int)count).Select(l => l - first)], classNames);
    }

    /// <summary>
    /// The label that is the first class. Without names no class is made up below the smallest label (EMNIST's letters are 1 to 26). Names
    /// are those of 0, 1, ..., unless there are just as many as labels from the smallest to the largest: then they are theirs, if both
    /// parts are there to settle which these are; one part alone may lack the last.
    /// </summary>
    private static int FirstClass(int smallest, int largest, bool ofBothParts, IReadOnlyList<string>? names)
        => names is null || (ofBothParts && names.Count == largest - smallest + 1) ? smallest : 0;

    private static FileNotFoundException Missing(string folder, Split split, string ending)
    {
        string part = split == Split.Train ? "train" : "t10k";
        string alternatives = split == Split.Train ? "" : $", or test-{ending}";
        return new(
            $"{folder}: no file of {ending.Split('-')[0]} for the {split} part; "
            + $"expected is {part}-{ending} or {part}-{ending}.gz{alternatives}, "
            + $"also with a dot before idx, or with a prefix that all of the set's files bear (emnist-letters-{part}-{ending})."
            + (ending.StartsWith("labels", StringComparison.Ordinal) ? " QMNIST's labels end in idx2-int." : "") + IdxNames.Hint(folder));
    }
}

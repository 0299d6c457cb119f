using Microsoft.ML.Transforms.Image;

namespace BadMinima.MLNet;

/// <summary>A folder with one subfolder a class, or with such a folder for each part: train/class/image and test/class/image.</summary>
internal static class ImageFolderReader
{
    private const string Extensions = ".jpg .jpeg .png .bmp .gif .webp";

    private static readonly HashSet<string> KnownExtensions = new(Extensions.Split(' '), StringComparer.OrdinalIgnoreCase);

    private static readonly EnumerationOptions Recursively = new() { RecurseSubdirectories = true, IgnoreInaccessible = false };

    public static ImageDataView Read(string folder, ImageShape shape, Split split, ImageResizingEstimator.ResizingKind resizing, int? maximumRows)
    {
        Guard.FolderExists(folder);
        Guard.Split(split);
        Guard.Defined(resizing, nameof(resizing));
        Guard.MaximumRows(maximumRows);

        // The training part settles the classes, so that the labels of both parts are keys of one type.
        string trainFolder = HasSplit(folder) ? Path.Combine(folder, "train") : folder;
        string[] classes = ClassesOf(trainFolder);
        string[][] files = split == Split.Train ? TrainFiles(trainFolder, classes) : TestFiles(folder, classes);
        (string File, int Label)[] rows = [.. InTurn(files).Take(maximumRows ?? int.MaxValue)];
        return new ImageDataView(shape, ImageDecoder.Decode([.. rows.Select(r => r.File)], shape, resizing), [.. rows.Select(r => r.Label)], classes);
    }

    /// <summary>Whether the folder comes in two parts. (A lone folder 'train' is a class: there are trains.)</summary>
    public static bool HasSplit(string folder) => Directory.Exists(Path.Combine(folder, "train")) && Directory.Exists(Path.Combine(folder, "test"));

    /// <summary>Whether there are images below the folder's subfolders.</summary>
    public static bool HasImages(string folder) => Directory.EnumerateDirectories(folder).Any(d => ImagesBelow(d).Any());

    private static string[] ClassesOf(string folder)
    {
        string[] classes = [.. Directory.EnumerateDirectories(folder, "*", new EnumerationOptions { IgnoreInaccessible = false }).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];
        return classes.Length >= 2
            ? classes
            : throw new InvalidDataException($"{folder}: at least 2 folders expected, one a class, with images inside ({Extensions}); found {classes.Length}.");
    }

    private static string[][] TrainFiles(string folder, string[] classes)
    {
        string[][] files = FilesOf(folder, classes);
        int empty = Array.FindIndex(files, f => f.Length == 0);
        return empty < 0
            ? files
            : throw new InvalidDataException($"{Path.Combine(folder, classes[empty])}: no image found; the folder of a class must hold at least one ({Extensions}). Remove the folder if it is not a class.");
    }

    private static string[][] TestFiles(string folder, string[] classes)
    {
        string testFolder = Path.Combine(folder, "test");
        if (!HasSplit(folder))
        {
            throw new DirectoryNotFoundException(
                $"{testFolder}: no such folder, so the set has no test part of its own. Make the folders 'train' and 'test' with the classes in each, or load the whole as Split.Train and divide it with TrainTestSplit.");
        }

        if (ClassesOf(testFolder).Except(classes).FirstOrDefault() is string unknown)
        {
            throw new InvalidDataException($"{Path.Combine(testFolder, unknown)}: the folder 'train' has no such class; it has {string.Join(", ", classes)}.");
        }

        string[][] files = FilesOf(testFolder, classes);
        return files.Any(f => f.Length > 0) ? files : throw new InvalidDataException($"{testFolder}: no image found in the folders of the classes ({Extensions}).");
    }

    private static string[][] FilesOf(string folder, string[] classes) => [.. classes.Select(c => Path.Combine(folder, c)).Select(d => Directory.Exists(d) ? ImagesBelow(d).ToArray() : [])];

    // Ordered by the path with one separator for all systems: the same order everywhere.
    private static IEnumerable<string> ImagesBelow(string folder) => Directory.EnumerateFiles(folder, "*", Recursively)
        .Where(f => KnownExtensions.Contains(Path.GetExtension(f)))
        .OrderBy(f => f.Replace('\\', '/'), StringComparer.Ordinal);

    /// <summary>One image of each class in turn, so that the first rows hold every class: ten of one class would teach nothing.</summary>
    private static IEnumerable<(string File, int Label)> InTurn(string[][] files) =>
        from place in Enumerable.Range(0, files.Max(f => f.Length))
        from label in Enumerable.Range(0, files.Length)
        where place < files[label].Length
        select (files[label][place], label);
}

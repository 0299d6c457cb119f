using Microsoft.ML.Transforms.Image;

namespace BadMinima.MLNet;

/// <summary>A folder with one subfolder a class, or with such a folder for each part: train/class/image and test/class/image (val and valid stand for test where there is none).</summary>
internal static class ImageFolderReader
{
    private const string Extensions = ".jpg .jpeg .png .bmp .gif .webp";

    private static readonly HashSet<string> KnownExtensions = new(Extensions.Split(' '), StringComparer.OrdinalIgnoreCase);

    // CINIC-10 has train, valid and test, ImageNet and ImageNette have train and val.
    private static readonly string[] TestFolderNames = ["test", "val", "valid"];

    private static readonly EnumerationOptions Directly = new() { IgnoreInaccessible = false };

    private static readonly EnumerationOptions Recursively = new() { RecurseSubdirectories = true, IgnoreInaccessible = false };

    /// <summary>Reads one part.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="shape">The shape that every image is brought to.</param>
    /// <param name="split">Which part.</param>
    /// <param name="resizing">How an image of another aspect is fitted in.</param>
    /// <param name="maximumRows">Only the first so many rows; null for all.</param>
    /// <param name="inMemory">Whether everything is decoded here, or each image whenever it is needed.</param>
    /// <param name="group">Makes the classes from the folders' names; null for a class a folder.</param>
    public static ImageDataView Read(
        string folder, ImageShape shape, Split split, ImageResizingEstimator.ResizingKind resizing, int? maximumRows, bool inMemory, Func<string, string[], ImageClass[]>? group = null)
    {
        Guard.FolderExists(folder);
        Guard.Split(split);
        Guard.Defined(resizing, nameof(resizing));
        Guard.MaximumRows(maximumRows);

        // The training part settles the classes, so that the labels of both parts are keys of one type.
        string trainFolder = HasSplit(folder) ? Path.Combine(folder, "train") : folder;
        group ??= (part, names) => OnePerFolder(folder, part, names);
        ImageClass[] classes = group(trainFolder, FoldersIn(trainFolder));
        string[][] files = split == Split.Train ? TrainFiles(trainFolder, classes) : TestFiles(folder, classes, group);
        (string File, int Label)[] rows = [.. Labelled(files).Take(maximumRows ?? int.MaxValue)];
        string[] paths = [.. rows.Select(r => r.File)];
        IImageSource images = inMemory ? new ImagesInMemory(ImageDecoder.Decode(paths, shape, resizing)) : new ImagesInFiles(folder, paths, shape, resizing);
        return new ImageDataView(shape, images, [.. rows.Select(r => r.Label)], [.. classes.Select(c => c.Name)]);
    }

    /// <summary>Whether the folder comes in two parts. (A lone folder 'train' is a class: there are trains.)</summary>
    public static bool HasSplit(string folder) => Directory.Exists(Path.Combine(folder, "train")) && TestFolder(folder) is not null;

    /// <summary>Whether there are images below the folder's subfolders.</summary>
    public static bool HasImages(string folder) => Directory.EnumerateDirectories(folder).Any(d => ImagesBelow(d).Any());

    private static string? TestFolder(string folder) => TestFolderNames.Select(n => Path.Combine(folder, n)).FirstOrDefault(Directory.Exists);

    private static string[] FoldersIn(string folder) => [.. Directory.EnumerateDirectories(folder, "*", Directly).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    private static ImageClass[] OnePerFolder(string folder, string partFolder, string[] names)
    {
        if (names.Length < 2)
        {
            throw new InvalidDataException($"{partFolder}: at least 2 folders expected, one a class, with images inside ({Extensions}); found {names.Length}.");
        }

        Func<string, string> title = ImageClassNames.Of(folder);
        return [.. names.Select(n => new ImageClass(title(n), [n]))];
    }

    private static string[][] TrainFiles(string folder, ImageClass[] classes)
    {
        string[][] files = FilesOf(folder, classes);
        int empty = Array.FindIndex(files, f => f.Length == 0);
        return empty < 0
            ? files
            : throw new InvalidDataException($"{Path.Combine(folder, classes[empty].Folders[0])}: no image found; the folder of a class must hold at least one ({Extensions}). Remove the folder if it is not a class.");
    }

    private static string[][] TestFiles(string folder, ImageClass[] classes, Func<string, string[], ImageClass[]> group)
    {
        if (!HasSplit(folder) || TestFolder(folder) is not string testFolder)
        {
            throw new DirectoryNotFoundException(
                $"{Path.Combine(folder, "test")}: no such folder (nor 'val' or 'valid'), so the set has no test part of its own. Make the folders 'train' and 'test' with the classes in each, or load the whole as Split.Train and divide it with TrainTestSplit.");
        }

        if (group(testFolder, FoldersIn(testFolder)).SelectMany(c => c.Folders).Except(classes.SelectMany(c => c.Folders)).FirstOrDefault() is string unknown)
        {
            throw new InvalidDataException($"{Path.Combine(testFolder, unknown)}: the folder 'train' has no such class; it has {string.Join(", ", classes.SelectMany(c => c.Folders))}.");
        }

        string[][] files = FilesOf(testFolder, classes);
        return files.Any(f => f.Length > 0) ? files : throw new InvalidDataException($"{testFolder}: no image found in the folders of the classes ({Extensions}).");
    }

    private static string[][] FilesOf(string folder, ImageClass[] classes) => [.. classes.Select(c => InTurn(c.Folders.Select(name => ImagesIn(folder, name))).ToArray())];

    private static string[] ImagesIn(string folder, string name) => Path.Combine(folder, name) is var path && Directory.Exists(path) ? [.. ImagesBelow(path)] : [];

    // Ordered by the path with one separator for all systems: the same order everywhere.
    private static IEnumerable<string> ImagesBelow(string folder) => Directory.EnumerateFiles(folder, "*", Recursively)
        .Where(f => KnownExtensions.Contains(Path.GetExtension(f)))
        .OrderBy(f => f.Replace('\\', '/'), StringComparer.Ordinal);

    private static IEnumerable<(string File, int Label)> Labelled(string[][] files) => InTurn(files.Select((f, label) => f.Select(file => (file, label)).ToArray()));

    /// <summary>One item of each list in turn, so that the first rows hold every class: ten of one class would teach nothing.</summary>
    private static IEnumerable<T> InTurn<T>(IEnumerable<T[]> lists)
    {
        T[][] all = [.. lists];
        return from place in Enumerable.Range(0, all.Max(l => l.Length))
               from list in all
               where place < list.Length
               select list[place];
    }
}

using BadMinima.MLNet.Labels;

namespace BadMinima.MLNet.Examples.Readers;

/// <summary>The image files of one part of a set that lies in folders, found and sorted into classes, none of them opened.</summary>
/// <param name="Folder">The folder of the part.</param>
/// <param name="Classes">The classes of the training part, so that the labels of both parts are keys of one type.</param>
/// <param name="Files">The files of each class, in the order of the rows.</param>
/// <param name="Faults">Links to what is not there, and files that cannot be named.</param>
/// <param name="PassedOver">What is there and is not read, in a sentence; null if nothing is.</param>
internal sealed record ImageFolderFiles(
    string Folder, ImageClass[] Classes, string[][] Files, IReadOnlyList<ImageFault> Faults, string? PassedOver)
{
    private const int MostNamed = 10;

    /// <summary>Finds them.</summary>
    /// <param name="folder">The folder of the set.</param>
    /// <param name="split">Which part.</param>
    /// <param name="group">Makes the classes from the folders' names; null for a class a folder.</param>
    /// <exception cref="DirectoryNotFoundException">The set comes whole, and the test part was asked for.</exception>
    /// <exception cref="InvalidDataException">The folders are not those of classes; the message names those that are wrong.</exception>
    public static ImageFolderFiles Find(string folder, Split split, Func<string, string[], ImageClass[]>? group = null)
    {
        ImageFolderParts parts = ImageFolderParts.Of(folder);
        var walk = new FolderWalk(folder);
        Dictionary<string, string> trainFolders = FoldersIn(parts.Train, walk);
        if (group is null && walk.Faults.Count == 0 && trainFolders.Count < 2)
        {
            throw TooFew(parts.Train, [.. trainFolders.Values]);
        }

        group ??= (_, names) => OnePerFolder(folder, names);
        ImageClass[] classes = group(parts.Train, [.. trainFolders.Keys]);
        return split == Split.Train ? Train(parts.Train, classes, trainFolders, walk) : Test(folder, parts, classes, group);
    }

    private static ImageFolderFiles Train(string folder, ImageClass[] classes, Dictionary<string, string> folders, FolderWalk walk)
    {
        string[][] files = FilesOf(folder, classes, folders, walk);
        string[] empty = [.. classes.Where((_, c) => files[c].Length == 0).Select(c => Path.Combine(folder, folders[c.Folders[0]]))];
        return empty.Length == 0 || walk.Faults.Count > 0
            ? new(folder, classes, files, walk.Faults, Describe(folder, walk, null))
            : throw new InvalidDataException(
                $"{Some(empty)}: no image found; the folder of a class must hold at least one ({ImageFileTypes.Endings}). "
                + "Remove the folder if it is not a class."
                + (Describe(folder, walk, null) is string passedOver ? $" {passedOver}" : ""));
    }

    private static ImageFolderFiles Test(
        string folder, ImageFolderParts parts, ImageClass[] classes, Func<string, string[], ImageClass[]> group)
    {
        if (parts.Test is not string testFolder)
        {
            throw new DirectoryNotFoundException(
                $"{folder}: the set has no test part of its own. Make folders for the parts ({ImageFolderParts.Names}) "
                + "with the classes in each, or load the whole as Split.Train and divide it with TrainTestSplit.");
        }

        var walk = new FolderWalk(folder);
        Dictionary<string, string> folders = FoldersIn(testFolder, walk);
        if (folders.Count == 0)
        {
            throw new InvalidDataException(
                $"{testFolder}: no folder of a class found, so its {walk.WithoutClass:N0} images have no labels. "
                + $"Sort them into folders that are called like those in {parts.Train}, or load {parts.Train} by itself "
                + "and divide it with TrainTestSplit.");
        }

        string[] known = [.. classes.SelectMany(c => c.Folders)];
        if (group(testFolder, [.. folders.Keys]).SelectMany(c => c.Folders).Except(known).ToArray() is { Length: > 0 } unknown)
        {
            throw new InvalidDataException(
                $"{Some([.. unknown.Select(u => Path.Combine(testFolder, folders[u]))])}: "
                + $"the folder '{Path.GetFileName(parts.Train)}' has no such class; it has {string.Join(", ", known)}.");
        }

        string[][] files = FilesOf(testFolder, classes, folders, walk);
        return files.Any(f => f.Length > 0) || walk.Faults.Count > 0
            ? new(testFolder, classes, files, walk.Faults, Describe(testFolder, walk, parts.Unlabeled))
            : throw new InvalidDataException($"{testFolder}: no image found in the folders of the classes ({ImageFileTypes.Endings}).");
    }

    /// <summary>The folders in a part by their names in composed form, in ordinal order.</summary>
    private static Dictionary<string, string> FoldersIn(string part, FolderWalk walk)
    {
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in walk.ClassFolders(part).OrderBy(ComposedForm.Of, StringComparer.Ordinal))
        {
            if (!folders.TryAdd(ComposedForm.Of(name), name))
            {
                throw new InvalidDataException(
                    $"{part}: two folders are called '{ComposedForm.Of(name)}', written in two forms of Unicode "
                    + "(an accent is a character of its own in one of them). Put their files into one.");
            }
        }

        return folders;
    }

    private static ImageClass[] OnePerFolder(string folder, string[] names)
    {
        Func<string, string> title = ImageClassNames.Of(folder);
        return [.. names.Select(n => new ImageClass(title(n), [n]))];
    }

    private static InvalidDataException TooFew(string part, string[] found)
    {
        string hint = found.Length == 1 && ImageFolderParts.IsName(found[0]) ? $" Is {Path.Combine(part, found[0])} meant?" : "";
        return new(
            $"{part}: at least 2 folders expected, one a class, with images inside ({ImageFileTypes.Endings}); "
            + $"found {found.Length}.{hint}");
    }

    private static string[][] FilesOf(string part, ImageClass[] classes, Dictionary<string, string> folders, FolderWalk walk)
    {
        return [.. classes.Select(c => InTurn.Of(c.Folders.Select(ImagesIn)).ToArray())];

        string[] ImagesIn(string name) => folders.TryGetValue(name, out string? actual) ? walk.ImagesIn(Path.Combine(part, actual)) : [];
    }

    private static string Some(string[] folders)
        => string.Join(", ", folders.Take(MostNamed)) + (folders.Length > MostNamed ? $" and {folders.Length - MostNamed:N0} more" : "");

    private static string? Describe(string part, FolderWalk walk, string? unlabeled)
    {
        List<string> said = [];
        if (walk.PassedOver.Count > 0)
        {
            said.Add($"{string.Join(", ", walk.PassedOver.Select(k => $"{k.Value:N0} {k.Key}"))} (read are {ImageFileTypes.Endings})");
        }

        if (walk.WithoutClass > 0)
        {
            said.Add($"{walk.WithoutClass:N0} images beside the folders of the classes");
        }

        if (walk.LinksUp.Count > 0)
        {
            said.Add($"links to folders that they lie in: {Some([.. walk.LinksUp])}");
        }

        if (unlabeled is not null)
        {
            said.Add($"{unlabeled}, which has none of the classes' folders");
        }

        return said.Count == 0 ? null : $"{part}: passed over are {string.Join("; ", said)}.";
    }
}

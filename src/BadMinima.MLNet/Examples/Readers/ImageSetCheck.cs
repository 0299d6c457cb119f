using BadMinima.MLNet.Examples.Readers;
using BadMinima.MLNet.Examples.Views;
using Microsoft.ML.Data;

namespace BadMinima.MLNet;

/// <summary>
/// What a folder of images of your own holds, and all that is wrong with it at once: every image is read, as training would read it.
/// </summary>
/// <param name="Format">The format, told by the files in the folder.</param>
/// <param name="Parts">The training part and the test part, or the whole set as one; none where <paramref name="Error"/> says why.</param>
/// <param name="Error">Why the folders in it are no parts of a set; null if nothing is wrong with that.</param>
/// <example>
/// <code>
/// ImageSetCheck check = ImageSetCheck.Of("flowers");
/// foreach (ImageSetPart part in check.Parts)
/// {
///     Console.WriteLine($"{part.Split}: {part.Images} images in {part.Classes.Count} classes. {part.Error}");
///     foreach (ImageFault fault in part.Faults)
///     {
///         Console.WriteLine(fault);
///     }
/// }
/// </code>
/// </example>
public sealed record ImageSetCheck(ImageSetFormat Format, IReadOnlyList<ImageSetPart> Parts, string? Error)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsGood => Error is null && Parts.All(p => p.Error is null && p.Faults.Count == 0);

    /// <summary>Looks at all of it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="progress">
    /// Is told, of a part in folders, how many of its image files are done and how many there are; on any thread, one call at a time.
    /// </param>
    /// <param name="cancellation">Ends it between two files.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder holds no set (the message says what was looked for), or several.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static ImageSetCheck Of(string folder, Action<Split, int, int>? progress = null, CancellationToken cancellation = default)
    {
        ImageSetFormat format = ImageFormats.Recognize(folder);
        (string train, string? test) = (folder, folder);
        if (format == ImageSetFormat.ClassFolders)
        {
            try
            {
                (train, test, _) = ImageFolderParts.Of(folder);
            }
            catch (Exception e) when (IsFault(e))
            {
                return new(format, [], e.Message);
            }
        }

        ImageSetPart Part(Split split, string own)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return format switch
                {
                    ImageSetFormat.Cifar10 => InArrays(own, split, CifarReader.Read10(folder, split, null)),
                    ImageSetFormat.Cifar100 => InArrays(own, split, CifarReader.Read100(folder, split, null, CifarLabels.Fine)),
                    ImageSetFormat.Idx => InArrays(own, split, IdxReader.ReadFolder(folder, split, null, null)),
                    _ => InFiles(split, ImageFolderFiles.Find(folder, split), progress, cancellation),
                };
            }
            catch (Exception e) when (IsFault(e))
            {
                return new(split, own) { Error = e.Message };
            }
        }

        return new(format, test is null ? [Part(Split.Train, train)] : [Part(Split.Train, train), Part(Split.Test, test)], null);
    }

    private static ImageSetPart InArrays(string folder, Split split, ImageDataView view)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema[ImageDataView.LabelColumn].GetKeyValues(ref names);
        int[] counts = new int[names.Length];
        for (int row = 0; row < view.Count; row++)
        {
            counts[view.Label(row) - 1]++;
        }

        return new(split, folder)
        {
            Classes = [.. names.DenseValues().Zip(counts, (name, count) => KeyValuePair.Create($"{name}", count))],
            Shape = view.Shape,
        };
    }

    private static ImageSetPart InFiles(
        Split split, ImageFolderFiles files, Action<Split, int, int>? progress, CancellationToken cancellation)
    {
        string[] all = [.. files.Files.SelectMany(f => f)];
        ImageFilesCheck check = ImageFilesCheck.Of(all, done => progress?.Invoke(split, done, all.Length), cancellation);
        return new(split, files.Folder)
        {
            Classes = [.. files.Classes.Zip(files.Files, (c, f) => KeyValuePair.Create(c.Name, f.Length))],
            PassedOver = files.PassedOver,
            Faults = [.. files.Faults.Concat(check.Faults).OrderBy(f => f.File, StringComparer.Ordinal)],
            Files = all.Length + files.Faults.Count,
            Formats = [.. check.Formats.Select(f => KeyValuePair.Create(f.Key.ToString().ToUpperInvariant(), f.Value))],
            Smallest = check.Smallest,
            Largest = check.Largest,
        };
    }

    private static bool IsFault(Exception e) => e is IOException or InvalidDataException or UnauthorizedAccessException;
}

/// <summary>What there is of a part of a set.</summary>
/// <param name="Split">Which part.</param>
/// <param name="Folder">Where it lies.</param>
public sealed record ImageSetPart(Split Split, string Folder)
{
    /// <summary>Why it cannot be read at all; null if it can.</summary>
    public string? Error { get; init; }

    /// <summary>How many images there are of each class, with those that cannot be read, in the order of the labels.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Classes { get; init; } = [];

    /// <summary>All images, with those that cannot be read.</summary>
    public int Images => Classes.Sum(c => c.Value);

    /// <summary>The shape of all images, where they lie in binary files; null for folders of image files.</summary>
    public ImageShape? Shape { get; init; }

    /// <summary>What is there and is not read, in a sentence; null if nothing is.</summary>
    public string? PassedOver { get; init; }

    /// <summary>The image files that cannot be read, in the order of their paths.</summary>
    public IReadOnlyList<ImageFault> Faults { get; init; } = [];

    /// <summary>How many files were looked at: images, and what should be one, such as a link to nothing.</summary>
    public int Files { get; init; }

    /// <summary>How many of the files that can be read are of each format, whatever they are called.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Formats { get; init; } = [];

    /// <summary>Width and height of the image file of the fewest pixels; null if none can be read.</summary>
    public (int Width, int Height)? Smallest { get; init; }

    /// <summary>Likewise of the most.</summary>
    public (int Width, int Height)? Largest { get; init; }
}

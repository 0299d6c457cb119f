using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>What a folder of the user's own holds, and every fault of it, as findings beside those on sets of the catalogue.</summary>
/// <param name="Findings">What was looked at.</param>
/// <param name="Parts">What there is.</param>
/// <param name="Faults">The image files that cannot be read.</param>
internal sealed record OwnFolderCheck(
    IReadOnlyList<Finding> Findings, IReadOnlyList<ImageSetPart> Parts, IReadOnlyList<ImageFault> Faults)
{
    // More classes than these are told by the smallest and the largest.
    private const int MostListed = 20;

    /// <summary>Looks at all of it.</summary>
    /// <exception cref="InvalidDataException">The folder holds no set, or several.</exception>
    public static OwnFolderCheck Of(string folder, ConsoleProgress progress, CancellationToken cancellation)
    {
        Dictionary<Split, Action<int, int>> reports = new[] { Split.Train, Split.Test }
            .ToDictionary(split => split, split => DataChecker.Progress(progress, Images(split)));
        var check = ImageSetCheck.Of(folder, (split, done, files) => reports[split](done, files), cancellation);
        return new(
            [
                new("format", true, $"{NameOf(check.Format)}; not checked as a set of the catalogue"),
                .. check.Format == ImageSetFormat.ClassFolders ? (Finding[])[PartsOf(check)] : [],
                .. check.Parts.SelectMany(part => LookAt(part, check.Format)),
            ],
            [.. check.Parts.Where(p => p.Error is null)],
            [.. check.Parts.SelectMany(p => p.Faults)]);
    }

    /// <summary>train or test.</summary>
    public static string NameOf(Split split) => split == Split.Train ? "train" : "test";

    private static string NameOf(ImageSetFormat format) => format switch
    {
        ImageSetFormat.Cifar10 => "binary files like those of CIFAR-10",
        ImageSetFormat.Cifar100 => "binary files like those of CIFAR-100",
        ImageSetFormat.Idx => "IDX files",
        _ => "folders of images, one a class",
    };

    private static Finding PartsOf(ImageSetCheck check) => new("parts", check.Error is null, check.Error
        ?? (check.Parts is [var train, var test]
            ? $"{Path.GetFileName(train.Folder)} to train on, {Path.GetFileName(test.Folder)} to test on"
            : "none; it is divided when it is loaded"));

    private static IEnumerable<Finding> LookAt(ImageSetPart part, ImageSetFormat format)
    {
        string classes = $"{NameOf(part.Split)}, classes", images = Images(part.Split);
        if (part.Error is not null)
        {
            yield return new(format == ImageSetFormat.ClassFolders ? classes : images, false, part.Error);
            yield break;
        }

        yield return new(classes, true, Classes(part));
        if (part.PassedOver is not null)
        {
            yield return new($"{NameOf(part.Split)}, passed over", true, part.PassedOver);
        }

        yield return part.Shape is { } shape ? new(images, true, $"{part.Images:N0} read, {shape}")
            : part.Faults.Count > 0 ? new(images, false, $"{part.Faults.Count:N0} of {part.Files:N0} cannot be read")
            : new(images, true, $"{part.Files:N0} read, {Size(part.Smallest)} to {Size(part.Largest)}, "
                + string.Join(", ", part.Formats.Select(f => $"{f.Value:N0} {f.Key}")));
    }

    private static string Images(Split split) => $"{NameOf(split)}, images";

    private static string Size((int Width, int Height)? size) => $"{size?.Width} x {size?.Height}";

    private static string Classes(ImageSetPart part) => part.Classes.Count <= MostListed
        ? $"{part.Classes.Count}: {string.Join(", ", part.Classes.Select(c => $"{c.Key} {c.Value:N0}"))}"
        : $"{part.Classes.Count:N0} of {part.Classes.Min(c => c.Value):N0} to {part.Classes.Max(c => c.Value):N0} images";
}

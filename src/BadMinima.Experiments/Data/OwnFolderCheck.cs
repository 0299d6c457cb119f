using BadMinima.MLNet.Examples.Readers;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Experiments;

/// <summary>What a folder of the user's own holds, and every fault of it.</summary>
/// <param name="Findings">What was looked at.</param>
/// <param name="Parts">What there is.</param>
/// <param name="Faults">The image files that cannot be read.</param>
internal sealed record OwnFolderCheck(IReadOnlyList<Finding> Findings, IReadOnlyList<OwnPart> Parts, IReadOnlyList<FileFault> Faults)
{
    // More classes than these are told by the smallest and the largest.
    private const int MostListed = 20;

    /// <summary>Looks at all of it.</summary>
    /// <exception cref="InvalidDataException">The folder holds no set, or several.</exception>
    public static OwnFolderCheck Of(string folder, ConsoleProgress progress, CancellationToken cancellation)
    {
        var check = new Checking(folder, progress, cancellation);
        ImageFormat format = ImageFormats.Recognize(folder);
        if (format == ImageFormat.ClassFolders)
        {
            check.ClassFolders();
        }
        else
        {
            check.Files(format == ImageFormat.Idx
                ? "IDX files"
                : $"binary files like those of {(format == ImageFormat.Cifar10 ? "CIFAR-10" : "CIFAR-100")}");
        }

        return new(check.Findings, check.Parts, check.Faults);
    }

    private sealed class Checking(string folder, ConsoleProgress progress, CancellationToken cancellation)
    {
        public List<Finding> Findings { get; } = [];

        public List<OwnPart> Parts { get; } = [];

        public List<FileFault> Faults { get; } = [];

        public void ClassFolders()
        {
            Findings.Add(new("format", true, "folders of images, one a class; not checked as a set of the catalogue"));
            Try("parts", () =>
            {
                ImageFolderParts parts = ImageFolderParts.Of(folder);
                Findings.Add(new("parts", true, parts.AreTwo
                    ? $"{Path.GetFileName(parts.Train)} to train on, {Path.GetFileName(parts.Test)} to test on"
                    : "none; it is divided when it is loaded"));
                foreach (Split split in parts.AreTwo ? [Split.Train, Split.Test] : new[] { Split.Train })
                {
                    cancellation.ThrowIfCancellationRequested();
                    string name = Name(split);
                    Try($"{name}, classes", () => Look(name, ImageFolderFiles.Find(folder, split)));
                }
            });
        }

        public void Files(string format)
        {
            Findings.Add(new("format", true, $"{format}; not checked as a set of the catalogue"));
            foreach (Split split in Enum.GetValues<Split>())
            {
                cancellation.ThrowIfCancellationRequested();
                string name = Name(split);
                Try($"{name}, images", () =>
                {
                    IDataView view = new MLContext().Data.LoadImageSet(folder, split);
                    VBuffer<ReadOnlyMemory<char>> names = default;
                    view.Schema["Label"].GetKeyValues(ref names);
                    int[] counts = new int[names.Length];
                    foreach (uint key in view.GetColumn<uint>("Label"))
                    {
                        counts[key - 1]++;
                    }

                    _ = ImageShape.TryFrom(view.Schema["Pixels"].Type, out ImageShape shape);
                    KeyValuePair<string, int>[] classes = [.. names.DenseValues()
                        .Zip(counts, (n, count) => KeyValuePair.Create(n.ToString(), count))];
                    OwnPart part = new(name, folder, counts.Sum(), classes);
                    Parts.Add(part);
                    Findings.Add(new($"{name}, classes", true, Classes(part)));
                    Findings.Add(new($"{name}, images", true, $"{part.Images:N0} read, {shape}"));
                });
            }
        }

        private void Look(string name, ImageFolderFiles files)
        {
            KeyValuePair<string, int>[] classes = [.. files.Classes.Zip(files.Files, (c, f) => KeyValuePair.Create(c.Name, f.Length))];
            OwnPart part = new(name, files.Folder, classes.Sum(c => c.Value), classes);
            Parts.Add(part);
            Findings.Add(new($"{name}, classes", true, Classes(part)));
            if (files.PassedOver is string passedOver)
            {
                Findings.Add(new($"{name}, passed over", true, passedOver));
            }

            string what = $"{name}, images";
            int total = part.Images + files.Faults.Count;
            Action<int, int> report = DataChecker.Progress(progress, what);
            string[] all = [.. files.Files.SelectMany(f => f)];
            ImageFilesCheck check = ImageFilesCheck.Of(all, done => report(done, all.Length), cancellation);
            FileFault[] faults =
            [
                .. files.Faults.Concat(check.Faults).OrderBy(f => f.File, StringComparer.Ordinal)
                    .Select(f => new FileFault(f.File, f.Reason)),
            ];
            Faults.AddRange(faults);
            string formats = string.Join(", ", check.Formats.Select(f => $"{f.Value:N0} {f.Key.ToString().ToUpperInvariant()}"));
            Findings.Add(faults.Length > 0
                ? new(what, false, $"{faults.Length:N0} of {total:N0} cannot be read")
                : new(what, true, $"{total:N0} read, {Size(check.Smallest)} to {Size(check.Largest)}, {formats}"));
        }

        private void Try(string what, Action look)
        {
            try
            {
                look();
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                Findings.Add(new(what, false, e.Message));
            }
        }

        private static string Name(Split split) => split == Split.Train ? "train" : "test";

        private static string Size((int Width, int Height)? size) => $"{size?.Width} x {size?.Height}";

        private static string Classes(OwnPart part) => part.Classes.Count <= MostListed
            ? $"{part.Classes.Count}: {string.Join(", ", part.Classes.Select(c => $"{c.Key} {c.Value:N0}"))}"
            : $"{part.Classes.Count:N0} of {part.Classes.Min(c => c.Value):N0} to {part.Classes.Max(c => c.Value):N0} images";
    }
}

/// <summary>A part of such a folder.</summary>
/// <param name="Name">train or test.</param>
/// <param name="Folder">Where it lies.</param>
/// <param name="Images">Its images, with those that cannot be read.</param>
/// <param name="Classes">How many there are of each class.</param>
internal sealed record OwnPart(string Name, string Folder, int Images, IReadOnlyList<KeyValuePair<string, int>> Classes);

/// <summary>What is wrong with an image file.</summary>
/// <param name="File">The file.</param>
/// <param name="Reason">What was found, and what is allowed.</param>
internal sealed record FileFault(string File, string Reason)
{
    public override string ToString() => $"{File}: {Reason}";
}

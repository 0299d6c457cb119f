using System.Text.RegularExpressions;
using BadMinima.MLNet.Labels;

namespace BadMinima.MLNet.Examples.Readers;

/// <summary>The parts that a folder of images comes in, by the names of the folders in it.</summary>
/// <param name="Train">The folder of the training part; that of the set where it comes whole.</param>
/// <param name="Test">The folder of the test part; null where the set comes whole.</param>
/// <param name="Unlabeled">A folder that is called like a test part but has no class folder, so that <paramref name="Test"/> takes its
/// place; null if there is none.</param>
internal sealed partial record ImageFolderParts(string Train, string? Test, string? Unlabeled = null)
{
    /// <summary>The names of parts, in any case. CINIC-10 has train, valid and test, ImageNet and ImageNette have train and val, others
    /// training_set and test_set.</summary>
    public const string Names = "train or training, and test, testing, eval, evaluation, val, valid, validation or dev";

    private enum Kind
    {
        None,
        Train,
        Test,
        Evaluation,
        Validation,
    }

    /// <summary>Whether the set comes in two parts.</summary>
    public bool AreTwo => Test is not null;

    /// <summary>Looks at the folders in a folder.</summary>
    /// <exception cref="InvalidDataException">They are called like parts, but do not fit together; the message says which and what to
    /// do.</exception>
    public static ImageFolderParts Of(string folder)
    {
        var walk = new FolderWalk(folder);
        string[] names = walk.ClassFolders(folder);
        if (walk.Faults.Count > 0)
        {
            throw ImageFault.Error(walk.Faults, names.Length + walk.Faults.Count);
        }

        string[] parts = [.. names.Where(n => KindOf(n) != Kind.None)];
        if (parts.GroupBy(n => n, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } alike)
        {
            throw Refuse(folder, alike, "differ only in upper and lower case. Keep one of them.");
        }

        string[] train = [.. parts.Where(n => KindOf(n) == Kind.Train)];
        if (train.Length > 1)
        {
            throw Refuse(folder, train, "are both called like a training part. Keep one of them, or give the folder of one.");
        }

        if (train.Length == 0 || parts.Length == 1)
        {
            RequireWhole(folder, names, parts);
            return new(folder, null);
        }

        return Two(folder, train[0], [.. parts.Except(train)]);
    }

    /// <summary>Whether a folder in a set is called like a part.</summary>
    public static bool IsName(string name) => KindOf(name) != Kind.None;

    private static ImageFolderParts Two(string folder, string train, string[] others)
    {
        string[] classes = ClassesIn(folder, train);
        string[][] ranks = [.. others.GroupBy(KindOf).OrderBy(g => g.Key).Select(g => g.ToArray())];
        string[][] labeled = [.. ranks.Select(rank => rank.Where(n => ClassesIn(folder, n).Intersect(classes).Any()).ToArray())];
        int at = Array.FindIndex(labeled, rank => rank.Length > 0);
        if (at >= 0 && labeled[at].Length > 1)
        {
            throw Refuse(folder, labeled[at], "both have the classes of a test part. Keep one of them beside the training part.");
        }

        string test = at < 0 ? ranks[0][0] : labeled[at][0];
        string? unlabeled = at < 0 ? null : ranks.Take(at + 1).SelectMany(r => r).FirstOrDefault(n => n != test);
        return new(Path.Combine(folder, train), Path.Combine(folder, test), unlabeled is null ? null : Path.Combine(folder, unlabeled));
    }

    /// <summary>A lone folder 'train' is a class: there are trains. But not if it looks like a part.</summary>
    private static void RequireWhole(string folder, string[] names, string[] parts)
    {
        if (parts.Length > 1)
        {
            throw Refuse(
                folder, parts,
                "are called like parts of a set, but there is none called train or training. "
                + "Rename the one to train with, or, if they are classes, both.");
        }

        if (parts is not [string part])
        {
            return;
        }

        string cure = $"If they are parts, call them train and test; if they are classes, rename '{part}' "
            + $"(a file {ImageClassNames.FileName} can give the class any name).";
        string[] classes = ClassesIn(folder, part);
        foreach (string other in names.Where(n => n != part))
        {
            if (ClassesIn(folder, other).Intersect(classes).FirstOrDefault() is string both)
            {
                throw Refuse(
                    folder, [part, other], $"hold folders of the same name ('{both}'), as parts of a set do and classes do not. {cure}");
            }

            if (classes.Length > 1 && !HasImages(folder, part) && HasImages(folder, other))
            {
                throw Refuse(
                    folder, [part, other],
                    $"do not go together: '{part}' is called like a part of a set and holds folders, '{other}' holds images. {cure}");
            }
        }
    }

    private static InvalidDataException Refuse(string folder, IEnumerable<string> names, string why)
        => new($"{folder}: the folders {string.Join(" and ", names.Select(n => $"'{n}'"))} {why}");

    private static string[] ClassesIn(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        return [.. new FolderWalk(folder).ClassFolders(path).Select(ComposedForm.Of)];
    }

    private static bool HasImages(string folder, string name)
    {
        var walk = new FolderWalk(folder);
        walk.ClassFolders(Path.Combine(folder, name));
        return walk.WithoutClass > 0;
    }

    private static Kind KindOf(string name) => PartName().Match(name).Groups[1].Value.ToLowerInvariant() switch
    {
        "train" or "training" => Kind.Train,
        "test" or "testing" => Kind.Test,
        "eval" or "evaluation" => Kind.Evaluation,
        "" => Kind.None,
        _ => Kind.Validation,
    };

    [GeneratedRegex(
        "^(train|training|test|testing|eval|evaluation|val|valid|validation|dev)(?:[-_ ]?set)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PartName();
}

using System.Text.RegularExpressions;

namespace BadMinima.MLNet.Examples.Readers;

/// <summary>The files of a folder that bear the names which IDX sets are published with: MNIST's train-images-idx3-ubyte and
/// t10k-labels-idx1-ubyte, EMNIST's and QMNIST's with a prefix before (emnist-letters-train-images-idx3-ubyte), QMNIST's labels of eight
/// numbers (idx2-int), all also with a dot before idx, in capitals, and with .gz.</summary>
internal static partial class IdxNames
{
    private const int NamedAtMost = 10;

    /// <summary>Whether there are images of either part, of one set or several.</summary>
    public static bool HasImages(string folder) => All(folder).Any(f => f.IsImages);

    /// <summary>The images or labels of a part; null where there are none.</summary>
    /// <exception cref="InvalidDataException">The folder holds several sets.</exception>
    public static string? Find(string folder, Split split, bool images)
    {
        IdxName[] files = All(folder);
        string[] prefixes = [.. files.Where(f => f.IsImages).Select(f => f.Prefix).Distinct().Order(StringComparer.Ordinal)];
        if (prefixes.Length > 1)
        {
            string[] named = [.. files.Where(f => f.IsImages).Select(f => Path.GetFileName(f.File)).Order(StringComparer.Ordinal)];
            throw new InvalidDataException($"{folder}: IDX files of {prefixes.Length} sets found ({List(named)}). "
                + "Give each set a folder of its own, or name the two files: LoadIdx(imagesFile, labelsFile).");
        }

        // Where a file is there twice, t10k before test, one number a label before eight, a dash before a dot, plain before packed, small
        // letters before capitals.
        return files.Where(f => f.Split == split && f.IsImages == images && (prefixes.Length == 0 || f.Prefix == prefixes[0]))
            .OrderBy(f => f.Rank).ThenByDescending(f => f.File, StringComparer.Ordinal).FirstOrDefault()?.File;
    }

    /// <summary>
    /// For a folder without such a pair: which files look like IDX all the same, and how they must be called; empty where there are none.
    /// </summary>
    public static string Hint(string folder)
    {
        string[] alike =
        [
            .. Directory.EnumerateFiles(folder)
                .Select(f => Path.GetFileName(f))
                .Where(n => Alike().IsMatch(n))
                .Order(StringComparer.Ordinal)
        ];
        return alike.Length == 0 ? ""
            : $" Found are {List(alike)}: the names of a pair say part and kind (train or test, images or labels), "
                + "with or without a prefix. "
                + "Rename the files, or name the two: LoadIdx(imagesFile, labelsFile).";
    }

    private static string List(string[] names)
        => string.Join(", ", names.Take(NamedAtMost)) + (names.Length > NamedAtMost ? $" and {names.Length - NamedAtMost:N0} more" : "");

    // Not what begins with a dot: macOS leaves ._train-images-idx3-ubyte beside the file.
    private static IdxName[] All(string folder) =>
    [
        .. Directory.EnumerateFiles(folder).Where(file => Path.GetFileName(file)[0] != '.')
            .Select(file => (File: file, Match: Pattern().Match(Path.GetFileName(file)))).Where(f => f.Match.Success)
            .Select(f => Of(f.File, f.Match)),
    ];

    private static IdxName Of(string file, Match match)
    {
        string Lower(string group) => match.Groups[group].Value.ToLowerInvariant();
        string part = Lower("part");
        int rank = (part == "test" ? 8 : 0)
            + (Lower("dims") == "2" ? 4 : 0)
            + (Lower("dot") == "." ? 2 : 0)
            + (Lower("packed").Length > 0 ? 1 : 0);
        return new(file, Lower("prefix"), part == "train" ? Split.Train : Split.Test, match.Groups["images"].Success, rank);
    }

    [GeneratedRegex(
        @"^(?<prefix>(.*[-_.])?)(?<part>train|t10k|test)-"
        + @"((?<images>images)(?<dot>[-.])idx(?<dims>3)-ubyte|labels(?<dot>[-.])idx((?<dims>1)-ubyte|(?<dims>2)-int))(?<packed>\.gz)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"idx\d|ubyte|\.idx(\.|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Alike();

    private sealed record IdxName(string File, string Prefix, Split Split, bool IsImages, int Rank);
}

using BadMinima.MLNet.Labels;

namespace BadMinima.MLNet.Examples.Readers;

/// <summary>The file class_names.txt beside the folders of classes, where there is one: a folder's name, a tab and the class's name on each
/// line. ImageNet's folders are
/// called n01440764 and the like.</summary>
internal static class ImageClassNames
{
    public const string FileName = "class_names.txt";

    /// <summary>From a folder's name in composed form to the class's name: as the file says, or the same where there is no file.</summary>
    /// <exception cref="InvalidDataException">A line has no tab, or a name is there twice.</exception>
    public static Func<string, string> Of(string folder)
    {
        string file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            return name => name;
        }

        IEnumerable<string> written = File.ReadLines(file).Where(l => l.Trim().Length > 0);
        string[][] lines = [.. written.Select(l => ComposedForm.Of(l).Split('\t', StringSplitOptions.TrimEntries))];
        if (lines.FirstOrDefault(l => l is not [not "", not ""]) is string[] wrong)
        {
            throw new InvalidDataException(
                $"{file}: '{string.Join('\t', wrong)}' found; a line holds a folder's name, a tab and the class's name. "
                + "Correct it, or delete the file to name classes by their folders.");
        }

        if (lines.SelectMany(l => new[] { (0, l[0]), (1, l[1]) }).GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new InvalidDataException(
                $"{file}: '{twice.Key.Item2}' is there twice; folders and class names must differ. "
                + "Correct it, or delete the file to name classes by their folders.");
        }

        Dictionary<string, string> names = lines.ToDictionary(l => l[0], l => l[1], StringComparer.Ordinal);
        return name => names.TryGetValue(name, out string? title)
            ? title
            : throw new InvalidDataException(
                $"{file}: no line for the folder '{name}'. Add one, or delete the file to name classes by their folders.");
    }
}

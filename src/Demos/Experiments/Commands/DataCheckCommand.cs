using System.CommandLine;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary><c>badminima data check FOLDER</c></summary>
internal static class DataCheckCommand
{
    private const int CheckFailed = 1;

    public static Command Create(IReadOnlyList<DataSet> sets)
    {
        Argument<string> folder = new("FOLDER") { Description = "The folder of a set" };
        Option<string?> name = new("--name") { Description = "The set that it must be. Default: recognised by its content" };
        name.AcceptOnlyFromAmong([.. sets.Select(s => s.Name)]);
        Command command = new("check",
            "Verifies a set: checksums where some are published or were noted while unpacking, files and their sizes, and every image, read as training reads it.\n"
            + "Exit codes: 0 all is well, 1 something is missing or damaged, 2 the folder is missing or holds no known set, 130 interrupted.")
        {
            folder, name,
        };
        command.SetBody(
            async (parsed, cancellation) =>
            {
                string path = parsed.GetValue(folder)!;
                DataSet set = Choose(sets, path, parsed.GetValue(name));
                List<Finding> findings = [];
                using (ConsoleProgress progress = new(unit: "file"))
                {
                    await foreach (Finding finding in DataChecker.Check(set, path, progress, cancellation))
                    {
                        findings.Add(finding);
                    }
                }

                ConsoleTable.Write(new($"{set.Title} in {path}", [Column.Text("What"), Column.Text("Good"), Column.Text("Result")],
                    [.. findings.Select(f => (string[])[f.What, f.Good ? "yes" : "NO", f.Result])]));
                int bad = findings.Count(f => !f.Good);
                string cure = set.Files.Count > 0 ? $" Delete what is damaged; then `badminima data get {set.Name} --out {path}` gets it again." : "";
                Console.WriteLine(bad == 0 ? $"{set.Name}: all is well." : $"{set.Name}: {bad} of {findings.Count} checks failed.{cure}");
                return bad == 0 ? ConsoleProgram.Done : CheckFailed;
            },
            interrupted: "Interrupted; nothing was changed.");
        return command;
    }

    private static DataSet Choose(IReadOnlyList<DataSet> sets, string folder, string? name)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{folder}: no such folder ({Path.GetFullPath(folder)}).");
        }

        return name is not null ? sets.Single(s => s.Name == name) : DataChecker.Recognize(sets, folder) switch
        {
            [DataSet one] => one,
            [] => throw new InvalidDataException($"{folder}: no known set was recognised{Hint(sets, folder)}. Say with --name which it must be: {string.Join(", ", sets.Select(s => s.Name))}."),
            var several => throw new InvalidDataException($"{folder}: files of several sets found ({string.Join(", ", several.Select(s => s.Name))}). Say with --name which one it must be."),
        };
    }

    /// <summary>Archives unpack to a folder of their own, so the folder above is often the one that is given.</summary>
    private static string Hint(IReadOnlyList<DataSet> sets, string folder)
        => Directory.EnumerateDirectories(folder).FirstOrDefault(d => DataChecker.Recognize(sets, d).Count > 0) is string inside ? $" (is {inside} meant?)" : "";
}

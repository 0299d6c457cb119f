using System.CommandLine;
using System.Text.Json;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary><c>badminima data check FOLDER</c></summary>
internal static class DataCheckCommand
{
    private const int CheckFailed = 1;

    public static Command Create(IReadOnlyList<DataSet> sets)
    {
        Argument<string> folder = new("FOLDER") { Description = "The folder of a set" };
        Option<string?> name = new("--name") { Description = "The set that it must be. Default: recognized by its content" };
        name.AcceptOnlyFromAmong([.. sets.Select(s => s.Name)]);
        Option<bool> own = new("--own") { Description = "Check it as images of your own, even where it is like a set of the catalogue" };
        Option<bool> json = new("--json") { Description = "As JSON: what was looked at, what there is, every fault" };
        Command command = new("check",
            "Verifies a set: checksums where some are published or were noted while unpacking, files and their sizes, and every image, "
            + "read as training reads it.\n"
            + "A folder of your own (folders of images, IDX or CIFAR files): what is there, what is passed over, and every image\n"
            + "that cannot be read.\n"
            + "Exit codes: 0 all is well, 1 something is missing or damaged, 2 the folder is missing or holds no set, 130 interrupted.")
        {
            folder, name, own, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(own) && result.GetValue(name) is not null)
            {
                result.AddError("--own and --name exclude each other: a set of the catalogue is not one of your own.");
            }
        });
        command.SetBody(
            async (parsed, cancellation) =>
            {
                string path = parsed.GetValue(folder)!;
                DataSet? set = Choose(sets, path, parsed.GetValue(name), parsed.GetValue(own));
                OwnFolderCheck check;
                using (ConsoleProgress progress = new(unit: "file"))
                {
                    check = set is null
                        ? await Task.Run(() => OwnFolderCheck.Of(path, progress, cancellation), cancellation)
                        : new(await All(DataChecker.Check(set, path, progress, cancellation)), [], []);
                }

                bool good = check.Findings.All(f => f.Good);
                if (parsed.GetValue(json))
                {
                    Console.WriteLine(JsonSerializer.Serialize(Describe(set, path, good, check), JsonOutput.Options));
                }
                else
                {
                    Write(set, path, check);
                }

                return good ? ConsoleProgram.Done : CheckFailed;
            },
            interrupted: "Interrupted; nothing was changed.");
        return command;
    }

    private static void Write(DataSet? set, string path, OwnFolderCheck check)
    {
        ConsoleTable.Write(new($"{set?.Title ?? "Images"} in {path}", [Column.Text("What"), Column.Text("Good"), Column.Text("Result")],
            [.. check.Findings.Select(f => (string[])[f.What, f.Good ? "yes" : "NO", f.Result])]));
        foreach (ImageFault fault in check.Faults)
        {
            Console.WriteLine(fault);
        }

        int bad = check.Findings.Count(f => !f.Good);
        string cure = set is { Files.Count: > 0 }
            ? $" Delete what is damaged; then `badminima data get {set.Name} --out {path}` gets it again."
            : check.Faults.Count > 0 ? " Replace or remove the files named above." : "";
        string title = set?.Name ?? path;
        Console.WriteLine(bad == 0 ? $"{title}: all is well." : $"{title}: {bad} of {check.Findings.Count} checks failed.{cure}");
    }

    private static object Describe(DataSet? set, string folder, bool good, OwnFolderCheck check) => new
    {
        set = set?.Name,
        folder,
        good,
        check.Findings,
        parts = check.Parts.Select(p => new
        {
            name = OwnFolderCheck.NameOf(p.Split),
            p.Folder,
            p.Images,
            classes = p.Classes.ToDictionary(c => c.Key, c => c.Value),
        }),
        check.Faults,
    };

    private static async Task<List<Finding>> All(IAsyncEnumerable<Finding> findings)
    {
        List<Finding> all = [];
        await foreach (Finding finding in findings)
        {
            all.Add(finding);
        }

        return all;
    }

    /// <summary>A set of the catalogue; null for a folder of the user's own.</summary>
    private static DataSet? Choose(IReadOnlyList<DataSet> sets, string folder, string? name, bool own)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{folder}: no such folder ({Path.GetFullPath(folder)}).");
        }

        return own ? null : name is not null ? sets.Single(s => s.Name == name) : DataChecker.Recognize(sets, folder) switch
        {
            [DataSet one] => one,
            [] => null,
            var several => throw new InvalidDataException(
                $"{folder}: files of several sets found ({string.Join(", ", several.Select(s => s.Name))}). "
                + "Say with --name which one it must be, or with --own that it is none of them."),
        };
    }
}

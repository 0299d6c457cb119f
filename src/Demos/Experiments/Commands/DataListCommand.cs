using System.CommandLine;
using System.Text.Json;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary><c>badminima data list</c></summary>
internal static class DataListCommand
{
    public static Command Create(IReadOnlyList<DataSet> sets)
    {
        Option<bool> json = new("--json") { Description = "Everything that is known of each set, as JSON" };
        Command command = new("list",
            $"The sets: size, classes, licence, and whether they are here (below ./data or the folder that {DataRoot.Variable} names).")
        {
            json
        };
        command.SetBody(
            (parsed, _) =>
            {
                if (parsed.GetValue(json))
                {
                    Console.WriteLine(JsonSerializer.Serialize(sets.Select(Describe), JsonOutput.Options));
                }
                else
                {
                    ConsoleTable.Write(Table(sets));
                    Console.WriteLine("badminima data get NAME downloads one; --json has sources, checksums and citations.");
                }

                return Task.FromResult(ConsoleProgram.Done);
            },
            interrupted: "Interrupted.");
        return command;
    }

    private static Table Table(IReadOnlyList<DataSet> sets) => new("Data sets",
        [Column.Text("Name"), Column.Number("Images"), Column.Text("Size"), Column.Number("Classes"), Column.Text("Licence"),
            Column.Text("Here")],
        [.. sets.Select(s => (string[])
            [s.Name, $"{(s.TrainImages is int train ? $"{train:N0}" : "?")}+{s.TestImages:N0}", s.ImageSize, $"{s.Classes}", s.Licence,
                Here(s) ? "yes" : "no"])]);

    private static bool Here(DataSet set) => DataRoot.FolderOf(set) is var folder && Directory.Exists(folder) && set.Layout.Fits(folder);

    private static object Describe(DataSet set) => new
    {
        set.Name,
        set.Title,
        set.Description,
        images = new { train = set.TrainImages, test = set.TestImages },
        size = set.ImageSize,
        set.Classes,
        set.Licence,
        set.Citation,
        set.Home,
        files = set.Files.Select(f => new { f.Name, f.Bytes, f.Checksums.Md5, f.Checksums.Sha256, f.ChecksumsFrom, f.Urls }),
        set.HowToObtain,
        here = Here(set),
        folder = DataRoot.FolderOf(set),
    };
}

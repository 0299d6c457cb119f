using System.CommandLine;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary><c>badminima data get NAME</c></summary>
internal static class DataGetCommand
{
    public static Command Create(IReadOnlyList<DataSet> sets)
    {
        Argument<string> name = new("NAME") { Description = "The set" };
        name.AcceptOnlyFromAmong([.. sets.Select(s => s.Name)]);
        Option<string?> folder = new("--out")
        {
            Description = $"Folder for the set; it is made. Default: data/NAME, or NAME below the folder that {DataRoot.Variable} names"
        };
        Option<string?> mirror = new("--from")
        {
            Description = "Address (http, https) below which the set's files lie under their own names, instead of the publishers'"
        };
        mirror.Validators.Add(result =>
        {
            if (result.Tokens is [var token]
                && !(Uri.TryCreate(token.Value, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"))
            {
                result.AddError($"--from is {token.Value}; allowed is an address that begins with http:// or https://.");
            }
        });
        Command command = new("get",
            "Downloads a set, verifies its checksums and unpacks it. What is there already is not downloaded again; after an interruption "
            + "the same command goes on where it stopped.\n"
            + "Exit codes: 0 the set is there, 2 it is not (one message says why), 130 interrupted.")
        {
            name, folder, mirror,
        };
        command.SetBody(
            async (parsed, cancellation) =>
            {
                DataSet set = sets.Single(s => s.Name == parsed.GetValue(name));
                string target = parsed.GetValue(folder) ?? DataRoot.FolderOf(set);
                using ConsoleProgress progress = new(unit: "MB");
                DataGetter getter = new(new TransferProgress(progress), DownloadOptions.Default);
                bool fetched = await getter.Get(
                    set, target, parsed.GetValue(mirror) is string address ? new Uri(address) : null, cancellation);
                progress.WriteLine(
                    fetched ? $"{set.Title} is in {target}." : $"{set.Title} is in {target} already; nothing was downloaded.");
                progress.WriteLine($"Licence: {set.Licence}. Cite: {set.Citation}");
                return ConsoleProgram.Done;
            },
            interrupted: "Interrupted. What has arrived is kept (the file that ends in .part); the same command goes on from there.");
        return command;
    }
}

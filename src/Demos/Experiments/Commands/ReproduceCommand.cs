using System.CommandLine;
using System.Text.Json;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary><c>badminima reproduce</c></summary>
internal static class ReproduceCommand
{
    private const int SomeFailed = 1;

    public static Command Create(IReadOnlyList<DataSet> sets, IReadOnlyList<string> program)
    {
        Argument<string?> name = new("NAME") { Description = "The work; without it all are listed", Arity = ArgumentArity.ZeroOrOne };
        name.CompletionSources.Add([.. Work.All.Select(w => w.Name)]);
        Option<string?> data = new("--data")
        {
            Description = "Other images, with works that train on some: a set of `data list`, or a folder",
            HelpName = "NAME|FOLDER"
        };
        Option<int?> train = new("--train") { Description = "Training images, at most, with these works", HelpName = "N" };
        Option<string?> architecture = new("--architecture")
        {
            Description = "Another network, with these works: one of `models`",
            HelpName = "NAME"
        };
        Option<string?> output = new("--out") { Description = "The folder; it is made. Default: works/ and the name", HelpName = "FOLDER" };
        WorkerOptions workers = new("Runs");
        Option<bool> dryRun = new("--dry-run") { Description = "List the runs with an estimate of the time, and run nothing" };
        Option<bool> json = new("--json")
        {
            Description = "Print claims.json, without a name the works, as JSON; progress goes to the standard error"
        };
        Command command = new("reproduce",
            "A published work at a laptop's scale: runs it, and says what came of its claim and how far that is from the published scale.\n"
            + "Without a name it lists the works. Each is a sweep, in minutes on two cores: what comes out, in the folder, is "
            + "report.html, report.md, claims.json, tables/, charts/ and every run. Ctrl-C ends it, and the same command continues.\n"
            + "Exit codes: 0 done, 1 done but some runs failed, 2 wrong input or a failure (a message says what), 130 interrupted: the "
            + "same command continues.")
        {
            name,
        };
        foreach (Option option in (Option[])[data, train, architecture, output, .. workers.All, dryRun, json])
        {
            command.Add(option);
        }

        command.SetBody(
            (parsed, cancellation) =>
            {
                bool asJson = parsed.GetValue(json);
                if (parsed.GetValue(name) is not { } asked)
                {
                    Option? other = command.Options.FirstOrDefault(o => o != json && parsed.GetResult(o) is { Implicit: false });
                    if (other is not null)
                    {
                        throw new ArgumentException($"{other.Name} is given without a work; allowed is one of "
                            + $"{string.Join(", ", Work.All.Select(w => w.Name))} before it.");
                    }

                    List(asJson);
                    return Task.FromResult(ConsoleProgram.Done);
                }

                Work work = Work.Named(asked);
                string text = work.SweepOf(parsed.GetValue(data), parsed.GetValue(train), parsed.GetValue(architecture));
                SweepSession session = SweepSession.Open(
                    "", text, parsed.GetValue(output) ?? Path.Combine("works", work.Name), sets, program,
                    workers.Read(parsed, asJson ? Console.Error : null));
                if (parsed.GetValue(dryRun))
                {
                    session.Estimate(asJson, cancellation);
                    return Task.FromResult(ConsoleProgram.Done);
                }

                session.Run(cancellation);
                Report report = new(SweepResults.Read(session.Folder.Name, withEpochs: true));
                report.Write();
                ReportCommand.Print(report, asJson);
                if (!asJson)
                {
                    Console.WriteLine($"{work.Source}\n  Published: {work.Published}.\n  Here: {work.Here}.");
                }

                return Task.FromResult(session.Failed.Any() ? SomeFailed : ConsoleProgram.Done);
            },
            interrupted: "Interrupted; continue with the same command.",
            alsoExpected: e => e is TorchLoadException);
        return command;
    }

    private static void List(bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(
                Work.All.Select(w => new { w.Name, w.Source, w.Claim, w.Published, w.Here }), JsonOutput.Options));
            return;
        }

        foreach (Work work in Work.All)
        {
            Console.WriteLine($"{work.Name}: {work.Source}\n    {work.Claim}\n    Published: {work.Published}.\n    Here: {work.Here}.");
        }
    }
}

using System.CommandLine;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary><c>badminima sweep</c></summary>
internal static class SweepCommand
{
    private const int SomeFailed = 1;

    public static Command Create(IReadOnlyList<DataSet> sets, IReadOnlyList<string> program)
    {
        Argument<string> file = new("FILE") { Description = "The sweep file: JSON of docs/sweep.schema.json" };
        Option<string?> output = new("--out")
        {
            Description = "The sweep's folder; it is made. Default: sweeps/ and the sweep's name",
            HelpName = "FOLDER"
        };
        WorkerOptions workers = new("Cells");
        ClusterOptions cluster = new();
        Option<bool> dryRun = new("--dry-run")
        {
            Description = "List the cells with an estimate of the time, and train nothing; with --slurm, print the job script"
        };
        Option<bool> prepare = new("--prepare") { Description = "Make the folder and train nothing: for `work`" };
        Option<bool> json = new("--json") { Description = "With --dry-run: every cell, as JSON; with --status: how it stands" };
        Option<bool> schema = new("--schema") { Description = "Print the JSON schema of sweep files" };
        file.Arity = ArgumentArity.ZeroOrOne;
        Command command = new("sweep",
            "A grid of runs: every combination of data, networks, starts, recipes and seeds that a sweep file names.\n"
            + "Cells run side by side, each in a folder of its own named after its settings; an adversarial start is trained once and "
            + "shared by all recipes that begin there. What is finished is never run again: the same command continues an interrupted\n"
            + "sweep, and an extended sweep file adds to it. Several calls may work on one folder, also from several machines.\n"
            + "On a cluster: badminima sweep FILE --out FOLDER --slurm --partition gpu --gpus 1 --time 12:00:00, then with --status.\n"
            + "Exit codes: 0 done, 1 done but some cells failed, 2 wrong input or a failure (a message says what), 130 interrupted: "
            + "the same command continues.")
        {
            file,
        };
        foreach (Option option in (Option[])[output, .. workers.All, dryRun, prepare, json, schema, .. cluster.All])
        {
            command.Add(option);
        }

        command.SetBody(
            (parsed, cancellation) =>
            {
                if (parsed.GetValue(schema))
                {
                    Console.Write(SweepSchema.Text);
                    return Task.FromResult(ConsoleProgram.Done);
                }

                string path = parsed.GetValue(file) ?? throw new ArgumentException("FILE is missing: the sweep file.");
                Launcher? launcher = cluster.Choose(parsed);
                if (parsed.GetValue(prepare) && (launcher is not null || parsed.GetValue(dryRun)))
                {
                    throw new ArgumentException(launcher is not null
                        ? $"--prepare does not go with --{launcher.Name}, which prepares the folder itself."
                        : "--prepare and --dry-run do not go together: the one makes the folder, the other makes nothing.");
                }

                if (parsed.GetValue(json) && !(launcher is null ? parsed.GetValue(dryRun) : cluster.ShowsStatus(parsed)))
                {
                    throw new ArgumentException(launcher is null
                        ? "--json goes with --dry-run, and on a cluster with --status; `badminima show FOLDER --json` gives the results."
                        : $"--json goes with --{launcher.Name} where --status is given too.");
                }

                SweepSession session = SweepSession.Open(
                    path, File.ReadAllText(path), parsed.GetValue(output), sets, program, workers.Read(parsed));
                if (launcher is not null)
                {
                    return Task.FromResult(
                        cluster.Run(
                            parsed, launcher, session, program, workers.Read(parsed), parsed.GetValue(dryRun), parsed.GetValue(json)));
                }

                if (parsed.GetValue(dryRun))
                {
                    session.Estimate(parsed.GetValue(json), cancellation);
                    return Task.FromResult(ConsoleProgram.Done);
                }

                if (parsed.GetValue(prepare))
                {
                    session.Prepare();
                    Console.WriteLine(
                        $"{session.Folder.Name}: {session.Jobs.Length} jobs. Next: badminima work {session.Folder.Name} --index I --of N");
                    return Task.FromResult(ConsoleProgram.Done);
                }

                session.Run(cancellation);
                int failed = session.Failed.Count();
                Console.WriteLine($"{session.Jobs.Length - failed} of {session.Jobs.Length} "
                    + $"jobs are finished{(failed > 0 ? $", {failed} failed (--retry-failed runs them again)" : "")}. Next: badminima "
                    + $"report {session.Folder.Name}");
                return Task.FromResult(failed > 0 ? SomeFailed : ConsoleProgram.Done);
            },
            interrupted: "Interrupted; continue with the same command.",
            alsoExpected: e => e is TorchLoadException);
        return command;
    }
}

using System.CommandLine;
using System.Text.Json;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Spectre.Console;

namespace BadMinima.Experiments;

/// <summary><c>badminima run</c></summary>
internal static class RunCommand
{
    private static readonly Setting<TimeSpan> CheckpointEvery = new(
        "checkpoint-every", "MINUTES", Types.Number,
        "How often to write a checkpoint within an epoch; there is one at each epoch's end. Default: 10", (_, t) => Text.Minutes(t),
        every => every);

    public static Command Create(IReadOnlyList<DataSet> sets)
    {
        RunArguments arguments = new();
        Option<string?> output = new("--out")
        {
            Description = "The run's folder; it is made. Default: runs/ and a name made of data, network, protocol, "
                + "start, regularizers and seed",
            HelpName = "FOLDER"
        };
        Option<string?> checkpointEvery = CheckpointEvery.ToOption();
        Option<bool> dryRun = new("--dry-run") { Description = "Print every setting as resolved, as JSON, and train nothing" };
        Option<bool> json = new("--json") { Description = "Print result.json; progress goes to the standard error" };
        Command command = new("run",
            "One training run: a network on a data set, from a random or an adversarial start, with some or none of "
            + "the explicit regularizers.\n"
            + "A protocol gives the settings; options change them one by one. Those from --epochs to --measure-every are for training on "
            + "the true labels; with random-label- before\n"
            + "the name (--random-label-epochs) for the phase that fits random labels.\n"
            + "The folder gets config.json, log.txt, metrics.csv, the same numbers for TensorBoard, result.json and model.zip, and "
            + "checkpoints while the run lasts: the same command\n"
            + "continues an interrupted run, and prints the result of a finished one.\n"
            + "Exit codes: 0 done, 2 wrong input or a failure (one message says what), 130 interrupted: the same command continues.");
        arguments.AddTo(command);
        foreach (Option option in new Option[] { output, checkpointEvery, dryRun, json })
        {
            command.Add(option);
        }

        command.SetBody(
            (parsed, cancellation) => FollowedRun.AfterFirst(() =>
            {
                var plan = RunPlan.Resolve(arguments.Read(parsed), new DataFinder(sets));
                string folder = parsed.GetValue(output) ?? plan.DefaultFolder;
                TimeSpan every = SettingOptions.TextOf(parsed, checkpointEvery) is string text
                    ? CheckpointEvery.Apply(default, text)
                    : new CheckpointOptions(folder).Every;
                if (parsed.GetValue(dryRun))
                {
                    Console.WriteLine(JsonSerializer.Serialize(
                        new { folder, settings = plan.Settings, plan.Request.From, plan.Request.Device, plan.Request.Threads },
                        JsonOutput.Options));
                }
                else
                {
                    Run(plan, folder, every, parsed.GetValue(json), cancellation);
                }

                return Task.FromResult(ConsoleProgram.Done);
            }),
            interrupted: FollowedRun.IsFollower ? null : "Interrupted; continue with the same command.",
            alsoExpected: e => e is TorchLoadException);
        return command;
    }

    private static void Run(RunPlan plan, string path, TimeSpan checkpointEvery, bool json, CancellationToken cancellation)
    {
        FollowedRun.RequireSense(plan);
        plan.RequireTrainable(path);
        if (FollowedRun.IsFollower)
        {
            FollowedRun.Follow(plan, path, checkpointEvery, cancellation);
            return;
        }

        using var folder = RunFolder.Open(path);
        string? notCompared = folder.RequireSame(plan);
        IAnsiConsole console = json
            ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })
            : AnsiConsole.Console;
        if (notCompared is not null)
        {
            console.Profile.Out.Writer.WriteLine($"note: {path}: {notCompared}");
        }

        bool finished = folder.IsFinished;
        RunResult result = finished ? folder.ReadResult() : Train(plan, folder, checkpointEvery, console, cancellation);
        console.Profile.Out.Writer.WriteLine($"{(finished ? $"{path}: was finished before; nothing was trained. " : "")}{result.Summary} "
            + $"{folder.Result}");
        if (json)
        {
            Console.Write(File.ReadAllText(folder.Result));
        }
    }

    private static RunResult Train(
        RunPlan plan, RunFolder folder, TimeSpan checkpointEvery, IAnsiConsole console, CancellationToken cancellation)
    {
        using ConsoleProgress progress = new(console);
        return new Runner(plan, folder, checkpointEvery, new ConsoleRunProgress(progress)).Run(cancellation);
    }
}

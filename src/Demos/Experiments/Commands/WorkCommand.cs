using System.CommandLine;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary><c>badminima work</c></summary>
internal static class WorkCommand
{
    private const int SomeFailed = 1;
    private const int TimeIsUp = 3;

    // In minutes, 49 days: what a timer can count. No task lives as long as its limit beyond.
    private const double LongestTimer = 71_000;

    public static Command Create(IReadOnlyList<DataSet> sets, IReadOnlyList<string> program)
    {
        Argument<string> folder = new("FOLDER") { Description = "A sweep's folder, as `sweep FILE --prepare` makes it" };
        Option<int> index = new("--index") { Description = "Which of the calls that share the folder this is, from 0 on", HelpName = "I" };
        Option<int> of = new("--of")
        {
            Description = "How many calls share the folder",
            HelpName = "N",
            DefaultValueFactory = _ => 1
        };
        Option<double?> minutes = new("--minutes")
        {
            Description = "End after so long, before the scheduler does, so that another call continues. Default: when nothing is left",
            HelpName = "M"
        };
        Option<bool> gpu = new("--gpu")
        {
            Description = "Refuse to begin where torch sees no GPU, in place of training on the CPU: for tasks that have asked for one"
        };
        WorkerOptions workers = new("Cells");
        Command command = new("work",
            "A part of a sweep's work, for any scheduler of a cluster: every task of an array job calls it with its own number.\n"
            + "Example: badminima sweep FILE --out FOLDER --prepare, then in each task: badminima work FOLDER --index $TASK --of 20 "
            + "--minutes 55\n"
            + "A call begins with every N-th job from its own on, goes on with what is left, and ends when others are at all the rest. No "
            + "cell is run twice, one that was interrupted or killed is continued by the next call that comes to it, and cells wait for "
            + "the adversarial start that they share.\n"
            + "Exit codes: 0 nothing is left to take, 1 the same but some cells failed, 2 wrong input or a failure (a message says what), "
            + "3 the minutes are over, 130 interrupted: the same command continues.")
        {
            folder, index, of, minutes, gpu,
        };
        foreach (Option option in workers.All)
        {
            command.Add(option);
        }

        command.SetBody(
            (parsed, cancellation) =>
            {
                SweepFolder place = new(parsed.GetValue(folder)!);
                if (!File.Exists(place.SweepFile))
                {
                    throw new ArgumentException(
                        $"{place.Name} has no sweep.json: no sweep was begun there. Make it with `badminima sweep FILE --out {place.Name} "
                        + "--prepare`.");
                }

                double? limit = parsed.GetValue(minutes);
                if (limit is <= 0 or > 1e6 or double.NaN)
                {
                    throw new ArgumentException($"--minutes is {limit}; allowed is a number above 0, up to 1,000,000.");
                }

                if (parsed.GetValue(gpu))
                {
                    RequireGpu();
                }

                using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                if (limit < LongestTimer)
                {
                    time.CancelAfter(TimeSpan.FromMinutes(limit.Value));
                }

                SweepSession session = SweepSession.Open(
                    place.SweepFile, File.ReadAllText(place.SweepFile), place.Name, sets, program,
                    workers.Read(parsed) with { Share = (parsed.GetValue(index), parsed.GetValue(of)) });
                try
                {
                    session.Run(time.Token);
                }
                catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
                {
                    Console.WriteLine($"{limit} minutes are over; the same command continues.");
                    return Task.FromResult(TimeIsUp);
                }

                int failed = session.Failed.Count(), finished = session.Jobs.Count(job => job.IsFinished);
                int left = session.Jobs.Length - failed - finished;
                Console.WriteLine(
                    $"{finished} of {session.Jobs.Length} jobs are finished{(failed > 0 ? $", {failed} failed" : "")}"
                    + $"{(left > 0 ? $"; other calls are at {left}" : "")}.");
                return Task.FromResult(failed > 0 ? SomeFailed : ConsoleProgram.Done);
            },
            interrupted: "Interrupted; continue with the same command.",
            alsoExpected: e => e is TorchLoadException);
        return command;
    }

    private static void RequireGpu()
    {
        TorchRuntime.EnsureLoaded();
        if (!TorchSharp.torch.cuda.is_available())
        {
            throw new InvalidOperationException(
                $"This task is to have a GPU (--gpu), but torch sees none on {Environment.MachineName}: {TorchRuntime.Description}. "
                + "Publish the program with -p:TorchBackend=cuda, or let BADMINIMA_LIBTORCH name the libtorch of a PyTorch with CUDA.");
        }
    }
}

using System.Diagnostics;

namespace BadMinima.Experiments.Tests;

/// <summary>Runs that were interrupted in one way or another, and the same command once more.</summary>
[TestClass]
public sealed class InterruptedRunTests : IDisposable
{
    private const int Kills = 20;

    // So often that there is one after nearly each step: a checkpoint's number tells how far a run is, however fast the machine.
    private static readonly string[] AfterEachStep = ["--checkpoint-every", "0.00001"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Killed_at_twenty_random_moments_the_run_ends_in_the_weights_of_the_undisturbed_one()
    {
        var random = new Random(1);
        int[] moments = [.. Enumerable.Range(0, Kills).Select(_ => random.Next(1, (int)(0.9 * ShortRun.Steps))).Order()];
        HashSet<bool> phases = [];
        for (int kill = 0; kill < Kills; kill++)
        {
            int before = ShortRun.Newest(_folder);
            using Command run = Start(AfterEachStep);
            var clock = Stopwatch.StartNew();
            int delay = random.Next(1000);

            // Some while it starts and reads its checkpoint, the others while it trains.
            await Waiting.Until(() => run.HasExited || (kill % 5 == 0 ? ShortRun.Newest(_folder) > before || clock.ElapsedMilliseconds >= delay : ShortRun.Newest(_folder) >= moments[kill]));
            await Task.Delay(delay % 8);
            run.Kill();
            Assert.AreNotEqual(0, run.Wait().Code, $"the run was over before kill {kill}");
            phases.Add(ShortRun.Epochs(_folder).Length < ShortRun.EpochsOfPhase);
        }

        Assert.HasCount(2, phases, "both phases were to be hit");
        Result result = Finish(AfterEachStep);
        Assert.Contains("continues from its last checkpoint", result.Output);
        ShortRun.AssertSame(_folder);
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public async Task After_Ctrl_C_the_same_command_continues()
    {
        using (Command run = Start())
        {
            await Waiting.Until(() => ShortRun.Epochs(_folder).Length >= 3);
            run.Interrupt();
            Result interrupted = run.Wait();
            Assert.AreEqual(130, interrupted.Code, interrupted.All);
            Assert.AreEqual("Interrupted; continue with the same command.\n", interrupted.Error);
        }

        Assert.IsFalse(File.Exists(_folder.File("result.json")));
        int epochs = ShortRun.Epochs(_folder).Length;
        Assert.Contains($"continues from its last checkpoint; {epochs} epochs were done.", Finish().Output);
        ShortRun.AssertSame(_folder);
    }

    [TestMethod]
    public async Task A_checkpoint_that_is_half_written_is_passed_over_for_the_one_before()
    {
        await KillAt(checkpoint: 40);
        string newest = ShortRun.Checkpoints(_folder)[^1];
        using (FileStream cut = File.OpenWrite(newest))
        {
            cut.SetLength(cut.Length / 2);
        }

        Result result = Finish();
        Assert.Contains($"warning: {newest}: cut or changed (its checksum does not agree). The checkpoint before it is taken.", result.Output);
        ShortRun.AssertSame(_folder);
    }

    [TestMethod]
    public async Task With_other_options_it_lists_what_differs_and_leaves_all_as_it_is()
    {
        await KillAt(checkpoint: 5);
        string[] before = Snapshot();
        Result result = Command.Run(ShortRun.Arguments(_folder.FullPath, "--seed", "2", "--zero-out", "0.2", "--weight-decay", "0.1"));
        Assert.AreEqual(2, result.Code);
        Assert.AreEqual($"error: {_folder.FullPath} holds another run: seed: 1 there, 2 now; randomLabels.zeroOutRatio: 0.1 there, 0.2 now; training.weightDecay: 0 there, 0.1 now. "
            + "Give the same options and data, or another folder with --out.\n", result.Error);
        CollectionAssert.AreEqual(before, Snapshot());
    }

    [TestMethod]
    public async Task Two_processes_are_never_at_one_run()
    {
        using Command run = Start(AfterEachStep);
        await Waiting.Until(() => ShortRun.Newest(_folder) > 0);
        Result second = Command.Run(ShortRun.Arguments(_folder.FullPath));
        Assert.AreEqual(2, second.Code, second.All);
        Assert.AreEqual($"error: {_folder.FullPath}: another process is at this run. Wait for it, or name another folder with --out.\n", second.Error);
        Result first = run.Wait();
        Assert.AreEqual(0, first.Code, first.All);
        ShortRun.AssertSame(_folder);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void A_disk_that_fills_up_leaves_the_last_good_checkpoint_to_continue_from()
    {
        const string Script = """
            "$@" & run=$!
            while kill -0 $run && [ $(ls a/checkpoints | grep -c bin$) -lt 2 ]; do sleep 0.01; done 2> /dev/null
            while kill -0 $run; do cat /dev/zero >> fill; sleep 0.01; done 2> /dev/null
            wait $run; echo first $?
            rm fill; echo $(ls a/checkpoints | grep -c bin$) checkpoints
            "$@"; echo second $?
            cp -r a $KEEP
            """;
        using var kept = new TemporaryFolder();
        Result result = SmallDisk.Run(_folder, "4m", Script.Replace("$KEEP", kept.FullPath, StringComparison.Ordinal), ShortRun.Arguments("a", AfterEachStep));
        Assert.AreEqual(0, result.Code, result.All);
        Assert.Contains("first 2\n", result.Output);
        Assert.Contains("warning: A checkpoint could not be written: No space left on device", result.Output);
        string[] errors = [.. result.Error.Split('\n').Where(line => line.StartsWith("error", StringComparison.Ordinal))];
        Assert.HasCount(1, errors, result.Error);
        Assert.StartsWith("error: a: the disk is full", errors[0]);
        Assert.EndsWith("The last good checkpoint is kept, and the same command continues from it.", errors[0]);
        Assert.Contains("2 checkpoints\n", result.Output);
        Assert.Contains("a: continues from its last checkpoint", result.Output);
        Assert.Contains("second 0\n", result.Output);
        ShortRun.AssertSame(kept, "a");
    }

    private Command Start(params string[] more) => Command.Start(arguments: ShortRun.Arguments(_folder.FullPath, more));

    private Result Finish(params string[] more)
    {
        Result result = Command.Run(ShortRun.Arguments(_folder.FullPath, more));
        Assert.AreEqual(0, result.Code, result.All);
        return result;
    }

    private async Task KillAt(int checkpoint)
    {
        using Command run = Start(AfterEachStep);
        await Waiting.Until(() => ShortRun.Newest(_folder) >= checkpoint);
        run.Kill();
        Assert.AreNotEqual(0, run.Wait().Code);
    }

    private string[] Snapshot() => [.. _folder.Files.Where(f => !f.StartsWith(".owner.", StringComparison.Ordinal)).Select(f => $"{f} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(_folder.File(f))))}")];
}

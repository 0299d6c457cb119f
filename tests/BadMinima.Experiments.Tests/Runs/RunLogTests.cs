using BadMinima.Reporting;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class RunLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FilePath => _folder.File("log.txt");

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void A_run_notes_what_it_trains_how_its_phases_ended_and_what_came_of_it()
    {
        Result run = Command.Run("run", "--out", _folder.FullPath, "--train", "60", "--test", "40", "--start", "adversarial", "--random-label-epochs", "3", "--epochs", "2", "--device", "cpu");
        Assert.AreEqual(0, run.Code, run.All);
        AssertLines(
            $"{_folder.FullPath}: begins.", "badminima 0.1.0, commit ([0-9a-f]{40}|unknown), process .*", "TwoPhaseTrainer: cnn, 29,178 parameters, on cpu .*; seed 1",
            "TwoPhaseTrainer: RandomLabels ended after 3 of 3 epochs and .* s: Epochs", "TwoPhaseTrainer: Training ended after 2 of 2 epochs and .* s: Epochs", "Finished. Test accuracy .*");
    }

    [TestMethod]
    public async Task The_sittings_of_a_run_stand_one_below_the_other()
    {
        using (Command run = Command.Start(arguments: ShortRun.Arguments(_folder.FullPath)))
        {
            await Waiting.Until(() => ShortRun.Epochs(_folder).Length >= 2);
            Assert.IsTrue(FolderLease.IsTaken(_folder.FullPath), "a process is at it");
            run.Kill();
            run.Wait();
            Assert.IsFalse(FolderLease.IsTaken(_folder.FullPath), "and is no more");
        }

        Assert.AreEqual(0, Command.Run(ShortRun.Arguments(_folder.FullPath)).Code);
        AssertLines(
            $"{_folder.FullPath}: begins.", "badminima .*", "TwoPhaseTrainer: cnn, .*",
            $"{_folder.FullPath}: continues from its last checkpoint; [0-9]+ epochs were done.", "badminima .*", "TwoPhaseTrainer: cnn, .*", "TwoPhaseTrainer: Continues after 0 phases, .*",
            "TwoPhaseTrainer: RandomLabels ended .*", "TwoPhaseTrainer: Training ended .*", "Finished. .*");
    }

    [TestMethod]
    public void A_run_that_fails_notes_the_error()
    {
        Result run = Command.Run("run", "--out", _folder.FullPath, "--train", "60", "--test", "40", "--batch-size", "4", "--learning-rate", "1e30", "--device", "cpu");
        Assert.AreEqual(2, run.Code);
        Assert.AreEqual(run.Error, $"error: {RunLog.LastError(FilePath)}\n");
    }

    [TestMethod]
    public void A_line_that_was_half_written_stays_by_itself()
    {
        using ConsoleProgress console = new();
        File.WriteAllText(FilePath, "2026-01-01T00:00:00.000Z a wa");
        RunLog log = new(FilePath, new ConsoleRunProgress(console));
        log.Write("of two\nlines");
        log.Write("next");
        Assert.MatchesRegex(@"^2026-01-01T00:00:00\.000Z a wa\n\S+Z of two lines\n\S+Z next\n$", File.ReadAllText(FilePath));
    }

    [TestMethod]
    public void Only_an_error_at_the_end_counts()
    {
        using ConsoleProgress console = new();
        RunLog log = new(FilePath, new ConsoleRunProgress(console));
        Assert.IsNull(RunLog.LastError(FilePath), "no file");
        log.Fail(new IOException("the first: of all"));
        Assert.AreEqual("the first: of all", RunLog.LastError(FilePath));
        log.Write("begins.");
        Assert.IsNull(RunLog.LastError(FilePath));
    }

    [TestMethod]
    public void A_log_that_cannot_be_written_stops_nothing()
    {
        using ConsoleProgress console = new();
        RunLog log = new(_folder.File("missing", "log.txt"), new ConsoleRunProgress(console));
        log.Write("lost");
        Directory.CreateDirectory(_folder.File("missing"));
        log.Write("kept");
        Assert.EndsWith("Z kept\n", File.ReadAllText(_folder.File("missing", "log.txt")));
    }

    private void AssertLines(params string[] patterns)
    {
        string[] lines = File.ReadAllLines(FilePath);
        Assert.HasCount(patterns.Length, lines, string.Join('\n', lines));
        foreach ((string line, string pattern) in lines.Zip(patterns))
        {
            Assert.MatchesRegex($@"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z {pattern}$", line);
        }
    }
}

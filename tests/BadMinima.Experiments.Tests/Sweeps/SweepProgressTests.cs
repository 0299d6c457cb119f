using System.Collections.Immutable;
using BadMinima.Reporting.Tests;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class SweepProgressTests
{
    private static readonly ImmutableArray<SweepJob> Jobs = [new BoundaryJob("a", 1), new BoundaryJob("b", 2)];

    [TestMethod]
    public void A_log_has_a_line_for_each_job_that_ends_and_nothing_else()
    {
        TestTerminal log = new(isTerminal: false);
        Go(log, new string('x', 200));
        string[] lines = log.Lines;
        Assert.HasCount(2, lines, log.Text);
        Assert.MatchesRegex(@"^\[1/2 done, \d\d:\d\d:\d\d, about \d\d:\d\d:\d\d left\] 2-D figure seed 1: x{200}$", lines[0]);
        Assert.MatchesRegex(@"^\[1/2 done, 1 failed, .*\] 2-D figure seed 2: failed: of something$", lines[1]);
    }

    [TestMethod]
    public void A_terminal_shows_all_of_it_and_each_running_job()
    {
        TestTerminal terminal = new(isTerminal: true);
        Go(terminal, "done");
        Assert.Contains("0/2 done", terminal.Text);
        Assert.Contains("2-D figure seed 1: halfway", terminal.Text);
        Assert.Contains("2-D figure seed 1: done", terminal.Text);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void What_ends_the_work_is_what_is_seen(bool isTerminal)
        => Assert.ThrowsExactly<OperationCanceledException>(() => Of(new(isTerminal)).While(() => throw new OperationCanceledException()));

    private static SweepProgress Of(TestTerminal console) => new(Jobs, ImmutableHashSet<int>.Empty, ImmutableHashSet<int>.Empty, console.Console());

    private static void Go(TestTerminal console, string result)
    {
        SweepProgress progress = Of(console);
        progress.While(() =>
        {
            progress.Hear(0, new(WorkerEventKind.Begin, 0));
            progress.Hear(0, new(WorkerEventKind.Progress, 0) { Share = 0.5, At = "halfway" });
            Thread.Sleep(console.IsTerminal ? 600 : 0);
            progress.Hear(0, new(WorkerEventKind.End, 0) { Text = result });
            progress.Hear(0, new(WorkerEventKind.Begin, 1));
            progress.Hear(0, new(WorkerEventKind.Fail, 1) { Text = "of something" });
        });
    }
}

namespace BadMinima.Reporting.Tests;

[TestClass]
public sealed class ConsoleProgressTests
{
    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(18, 18)]
    [DataRow(19, 11)]
    [DataRow(100, 11)]
    [DataRow(350, 19)]
    [DataRow(100_000, 11)]
    public void A_log_gets_a_bounded_number_of_lines_that_holds_the_first_and_the_last_epoch(int epochs, int lines)
    {
        TestTerminal log = new(isTerminal: false);
        using (ConsoleProgress progress = new(log.Console()))
        {
            for (int epoch = 1; epoch <= epochs; epoch++)
            {
                progress.Report("Random labels", epoch, epochs, ("train", "45.6 %"));
            }
        }

        Assert.HasCount(lines, log.Lines);
        Assert.Contains($" 1/{epochs}", log.Lines[0]);
        Assert.Contains($"{epochs}/{epochs}", log.Lines[^1]);
    }

    [TestMethod]
    public void A_log_holds_no_control_characters_and_long_lines_are_not_broken()
    {
        TestTerminal log = new(isTerminal: false);
        using (ConsoleProgress progress = new(log.Console()))
        {
            progress.Report("Random labels", 1, 5, ("loss", "2.303"), ("train", "10.0 %"), ("test", "10.0 %"), ("remark", new string('x', 100)));
        }

        Assert.HasCount(1, log.Lines);
        Assert.IsFalse(log.Lines[0].Any(char.IsControl), log.Lines[0]);
        Assert.EndsWith($"loss 2.303  train 10.0 %  test 10.0 %  remark {new string('x', 100)}", log.Lines[0]);
    }

    [TestMethod]
    public void A_phase_that_stops_early_leaves_its_last_epoch_in_the_log()
    {
        TestTerminal log = new(isTerminal: false);
        using (ConsoleProgress progress = new(log.Console()))
        {
            for (int epoch = 1; epoch <= 37; epoch++)
            {
                progress.Report("Random labels", epoch, 100);
            }

            progress.Report("Training", 1, 100);
        }

        string[] expected = ["1/100", "10/100", "20/100", "30/100", "37/100", "1/100"];
        CollectionAssert.AreEqual(expected, log.Lines.Select(line => line.Split(' ')[^1]).ToArray());
    }

    [TestMethod]
    public void Reports_that_jump_leave_a_line_for_every_stride_that_they_pass()
    {
        TestTerminal log = new(isTerminal: false);
        using (ConsoleProgress progress = new(log.Console(), "MB"))
        {
            foreach (int megabytes in new[] { 3, 7, 13, 14, 26, 26, 27, 163, 170 })
            {
                progress.Report("cifar-10-binary.tar.gz", megabytes, 170);
            }
        }

        CollectionAssert.AreEqual(new[] { "MB   3/170", "MB  13/170", "MB  26/170", "MB 163/170", "MB 170/170" }, log.Lines.Select(line => line[(line.IndexOf("MB", StringComparison.Ordinal))..]).ToArray());
    }

    [TestMethod]
    public void A_terminal_redraws_one_line_a_phase_and_keeps_the_last()
    {
        TestTerminal terminal = new(isTerminal: true);
        using (ConsoleProgress progress = new(terminal.Console()))
        {
            progress.Report("Random labels", 1, 9, ("train", "11.1 %"));
            progress.Report("Random labels", 2, 9, ("train", "22.2 %"));
            progress.Report("Training", 1, 9, ("train", "33.3 %"));
            progress.WriteLine("a message");
        }

        string[] shown = Screen(terminal.Text);
        Assert.HasCount(3, shown);
        Assert.EndsWith("2/9  train 22.2 %", shown[0]);
        Assert.AreEqual("a message", shown[1]);
        Assert.EndsWith("1/9  train 33.3 %", shown[2]);
    }

    [TestMethod]
    public void A_line_on_a_terminal_never_reaches_its_last_column()
    {
        TestTerminal terminal = new(isTerminal: true);
        using (ConsoleProgress progress = new(terminal.Console()))
        {
            progress.Report(new string('p', 70), 1, 9, ("remark", new string('x', 100)));
        }

        Assert.AreEqual(79, Screen(terminal.Text)[0].Length);
    }

    [TestMethod]
    public void An_epoch_out_of_range_is_refused()
    {
        using ConsoleProgress progress = new(new TestTerminal(isTerminal: false).Console());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => progress.Report("Training", 4, 3));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => progress.Report("Training", -1, 3));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => progress.Report("Training", 0, 0));
    }

    /// <summary>What a terminal shows: erasing a line empties it, styles are not seen.</summary>
    private static string[] Screen(string output)
    {
        const string Home = "\e[1G", Erase = "\e[2K";
        return [.. output.TrimEnd('\n').Split('\n')
            .Select(line => line.Split(Home + Erase)[^1])
            .Select(line => string.Concat(line.Split('\e').Select((part, i) => i == 0 ? part : part[(part.IndexOf('m') + 1)..])))];
    }
}

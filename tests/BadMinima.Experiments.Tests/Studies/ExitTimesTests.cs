using System.Text.Json.Nodes;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class ExitTimesTests
{
    [TestMethod]
    public void The_function_has_two_sharp_minima_in_narrow_basins_and_two_flat_ones_in_wide_basins()
    {
        CollectionAssert.AreEqual(
            new[] { -1.51, -0.70, 0.50, 1.32 }, Wells.All.Select(w => Math.Round(w.Bottom, 2)).ToArray());
        foreach (Well well in Wells.All)
        {
            Assert.AreEqual(0, Wells.Derivative(well.Bottom), 0.05);
            Assert.IsLessThan(Math.Min(Wells.Value(well.Bottom - 0.01), Wells.Value(well.Bottom + 0.01)), Wells.Value(well.Bottom));
        }

        // The second derivative, by differences: sharp means at least ten times as large.
        double[] curvatures = [.. Wells.All.Select(w => (Wells.Derivative(w.Bottom + 1e-3) - Wells.Derivative(w.Bottom - 1e-3)) / 2e-3)];
        Assert.IsGreaterThan(10 * Math.Max(curvatures[1], curvatures[3]), Math.Min(curvatures[0], curvatures[2]));
        foreach (double border in Wells.Borders)
        {
            Assert.AreEqual(0, Wells.Derivative(border), 0.01);
        }
    }

    [TestMethod]
    public void The_tabulated_derivative_is_that_of_the_function()
    {
        for (double x = -1.599; x < 1.6; x += 0.00037)
        {
            double slope = (Wells.Value(x + 1e-6) - Wells.Value(x - 1e-6)) / 2e-6;
            Assert.AreEqual(slope, Wells.Derivative(x), 2e-3 + 1e-3 * Math.Abs(slope), $"{x}");
        }
    }

    [TestMethod]
    public void How_many_jumps_lead_out_of_a_basin()
    {
        Assert.AreEqual(1, Wells.All[ExitTimes.Wide].Jumps(null));
        Assert.AreEqual(1, Wells.All[ExitTimes.Sharp].Jumps(0.5));
        Assert.AreEqual(2, Wells.All[ExitTimes.Wide].Jumps(0.5));
        Assert.AreEqual(3, Wells.All[ExitTimes.Wide].Jumps(0.28));
        Assert.AreEqual(-1.2, ExitTimesKind.Published(1.2, 1), 1e-12);
        Assert.AreEqual(-1.4, ExitTimesKind.Published(1.2, 2), 1e-12);
        Assert.AreEqual(-1.6, ExitTimesKind.Published(1.2, 3), 1e-12);
    }

    [TestMethod]
    public void An_exit_takes_as_many_truncated_steps_as_lead_out_and_longer_with_a_smaller_truncation()
    {
        ExitTimeSettings settings = new() { Rates = [0.03, 0.02, 0.01], Exits = 20, LongRun = 1_000, Truncations = [null, 0.5, 0.28] };
        ExitTimeNumbers numbers = new ExitTimes(settings, seed: 3).Run(_ => { }, default);
        Assert.HasCount(9, numbers.Exits);
        foreach (ExitTime exit in numbers.Exits)
        {
            Assert.AreEqual(20, exit.Steps.Count + exit.GivenUp);
            Assert.IsGreaterThanOrEqualTo(Wells.All[ExitTimes.Wide].Jumps(exit.Truncation), exit.Steps.Min());
        }

        double[] means = [.. settings.Truncations.Select(b => numbers.Exits.Where(e => e.Truncation == b).Average(e => e.Steps.Average()))];
        Assert.IsGreaterThan(means[0], means[1]);
        Assert.IsGreaterThan(means[1], means[2]);
        Assert.AreEqual(1, numbers.Stays[0].Shares.Sum(), 1e-9);
    }

    [TestMethod]
    public void A_run_that_does_not_leave_is_given_up_and_its_rate_is_not_fitted()
    {
        ExitTimeSettings settings = new() { Rates = [0.03, 0.02, 0.01, 1e-9], MostSteps = 200_000, Exits = 3, LongRun = 1_000, Truncations = [null] };
        ExitTimeNumbers numbers = new ExitTimes(settings, seed: 1).Run(_ => { }, default);
        Assert.AreEqual(3, numbers.Exits.Single(e => e.Rate == 1e-9).GivenUp);
        Assert.AreEqual(0, numbers.Exits.Where(e => e.Rate != 1e-9).Sum(e => e.GivenUp));
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_numbers_and_another_seed_others()
    {
        ExitTimeSettings settings = new() { Rates = [0.03, 0.02, 0.01], Exits = 2, LongRun = 1_000, Truncations = [0.5] };
        long[] Steps(int seed) => [.. new ExitTimes(settings, seed).Run(_ => { }, default).Exits.SelectMany(e => e.Steps)];
        CollectionAssert.AreEqual(Steps(1), Steps(1));
        CollectionAssert.AreNotEqual(Steps(1), Steps(2));
    }

    [TestMethod]
    public void Canceled_it_ends()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        ExitTimeSettings settings = new() { Rates = [1e-9, 2e-9, 3e-9], Truncations = [0.1] };
        Assert.ThrowsExactly<OperationCanceledException>(() => new ExitTimes(settings, 1).Run(_ => { }, source.Token));
    }

    [TestMethod]
    public void What_is_not_allowed_is_refused_with_its_line()
    {
        foreach ((string settings, string message) in new[]
        {
            ("\"alpha\": 1", "\"exitTimes\": alpha is 1; allowed is more than 1 and less than 2."),
            ("\"scale\": 0", "\"exitTimes\": scale is 0; allowed is more than 0."),
            ("\"truncations\": [0.5, 0]", "\"exitTimes\": truncations are 0.5, 0; allowed are numbers of more than 0, and null for any length, each once."),
            ("\"truncations\": []", "\"exitTimes\": truncations are "),
            ("\"rates\": [0.1, 0.2]", "\"exitTimes\": rates are 0.1, 0.2; allowed are at least three numbers of more than 0, each once"),
            ("\"exits\": 0", "\"exitTimes\": exits is 0; allowed is at least 1."),
            ("\"alhpa\": 1.2", "\"alhpa\" is not known here; known are alpha, scale, truncations, rates, exits, mostSteps, longRun, seeds."),
            ("\"alpha\": \"x\"", "\"alpha\" is \"x\"; allowed is a number."),
            ("\"truncations\": [\"x\"]", "is \"x\"; allowed is null or a number."),
            ("\"rates\": [0.1, 0.1, 0.2]", "\"exitTimes\": rates are 0.1, 0.1, 0.2; allowed are at least three numbers of more than 0, each once"),
        })
        {
            InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(
                () => Sweeping.Read($"{{\n \"exitTimes\": {{\n {settings} }}\n}}"), settings);
            Assert.Contains(message, error.Message);
        }
    }

    [TestMethod]
    public void A_sweep_runs_it_continues_it_and_reports_a_verdict()
    {
        using TinySweep sweep = new("""
            { "exitTimes": { "seeds": 2, "rates": [0.03, 0.02, 0.01], "truncations": [null, 0.5], "exits": 3, "longRun": 2000 } }
            """);
        Assert.Contains("2 of 2 jobs are finished", sweep.Finish().Output);
        Assert.Contains("2 jobs, 2 of them done before", sweep.Finish().Output);
        Result report = Command.Run("report", sweep.FullPath);
        Assert.AreEqual(0, report.Code, report.All);
        Assert.Contains("-(1 + J (alpha - 1))", report.Output);
        Assert.DoesNotContain("C1.", report.Output);
        JsonNode claims = JsonNode.Parse(File.ReadAllText(sweep.InFolder("claims.json")))!["otherClaims"]!;
        Assert.AreEqual(2, claims.AsArray().Count);
        string page = File.ReadAllText(sweep.InFolder("report.md"));
        Assert.Contains("| no truncation |", page);
        foreach (string chart in new[] { "function", "times", "paths" })
        {
            Assert.HasCount(1, Directory.GetFiles(sweep.InFolder("charts"), $"{chart}.svg", SearchOption.AllDirectories));
        }

        // With other settings it is other work.
        string[] before = Results();
        sweep.Text = sweep.Text.Replace("\"exits\": 3", "\"exits\": 4");
        Assert.Contains("2 jobs, 0 of them done before", sweep.Finish().Output);
        File.WriteAllText(Results().Except(before).First(), "{");
        Assert.AreEqual(0, Command.Run("report", sweep.FullPath).Code);
        Assert.Contains("no result of a study", File.ReadAllText(sweep.InFolder("report.md")));

        string[] Results() => Directory.GetFiles(sweep.InFolder("exitTimes"), "result.json", SearchOption.AllDirectories);
    }
}

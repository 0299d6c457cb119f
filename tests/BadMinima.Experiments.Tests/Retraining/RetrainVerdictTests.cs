using BadMinima.Reporting;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class RetrainVerdictTests
{
    [TestMethod]
    public void Another_way_that_is_surely_better_is_taken()
    {
        RetrainVerdict verdict = Of((RetrainWay.Continue, [700, 705, 695]), (RetrainWay.FromScratch, [760, 766, 755]));
        Assert.AreEqual(Decision.Supported, verdict.Decision);
        Assert.AreSame(RetrainWay.FromScratch, verdict.Choice);
        Assert.Contains("Do not just go on: start over. It gains +6.0 (", verdict.Sentence);
        Assert.Contains("points of accuracy over 3 seeds, in 2 s against 1 s.", verdict.Sentence);
    }

    [TestMethod]
    public void Where_no_way_gains_more_than_the_margin_one_goes_on()
    {
        RetrainVerdict verdict = Of((RetrainWay.Continue, [700, 701, 699]), (RetrainWay.FromScratch, [680, 681, 679]));
        Assert.AreEqual(Decision.Contradicted, verdict.Decision);
        Assert.AreSame(RetrainWay.Continue, verdict.Choice);
        Assert.Contains("Go on from the model: no other way gains more than 1 points of accuracy over 3 seeds; the most is from-scratch with -2.0 (", verdict.Sentence);
    }

    [TestMethod]
    public void What_may_be_chance_is_not_decided_and_one_goes_on()
    {
        RetrainVerdict verdict = Of((RetrainWay.Continue, [700, 730, 660]), (RetrainWay.FromScratch, [720, 690, 730]));
        Assert.AreEqual(Decision.NotDecided, verdict.Decision);
        Assert.AreSame(RetrainWay.Continue, verdict.Choice);
        Assert.Contains("Not decided: from-scratch is ahead of going on by +1.7 (", verdict.Sentence);
    }

    [TestMethod]
    public void The_interval_has_what_seeds_and_what_rows_vary_and_shares_the_risk()
    {
        // Ten rows; one way is right on rows 0 to 5, the other on rows 2 to 8, with both seeds: the rows' differences are -1, -1, 0, 0, 0, 0, 1, 1, 1, 0.
        RetrainRun[] runs = [.. from seed in (int[])[1, 2] from way in (RetrainWay[])[RetrainWay.Continue, RetrainWay.FromScratch]
                                select new RetrainRun(way, seed, [.. Enumerable.Range(0, 10).Select(i => way == RetrainWay.Continue ? i < 6 : i is >= 2 and <= 8)], 1, TimeSpan.FromSeconds(1))];
        RetrainGain gain = RetrainGain.Of(runs, RetrainWay.FromScratch, 0.95);
        double deviation = Math.Sqrt((5 - 10 * 0.01) / 9);
        Assert.AreEqual(0.1, gain.Mean, 1e-12);
        Assert.AreEqual(1.959964 * deviation / Math.Sqrt(10), gain.Interval.Upper - 0.1, 1e-5);

        // Two other ways: half of the risk each.
        RetrainVerdict verdict = RetrainVerdict.Of([.. runs, .. runs.Where(r => r.Way == RetrainWay.FromScratch).Select(r => r with { Way = RetrainWay.All[2] })], 0.01, 0.05);
        Assert.IsTrue(verdict.Gains.All(g => Math.Abs(g.Interval.Level - 0.975) < 1e-12));
    }

    [TestMethod]
    public void A_run_that_diverged_is_right_nowhere()
    {
        RetrainRun diverged = new(RetrainWay.All[2], 1, null, null, TimeSpan.FromSeconds(1));
        RetrainVerdict verdict = RetrainVerdict.Of([Run(RetrainWay.Continue, 1, 700), diverged, Run(RetrainWay.Continue, 2, 700), diverged with { Seed = 2 }], 0.01, 0.05);
        Assert.AreEqual((Decision.Contradicted, -0.7), (verdict.Decision, Math.Round(verdict.Gains[0].Mean, 12)));

        // How far seeds differ one seed does not tell.
        verdict = RetrainVerdict.Of([Run(RetrainWay.Continue, 1, 700), Run(RetrainWay.FromScratch, 1, 900)], 0.01, 0.05);
        Assert.AreEqual(Decision.NotDecided, verdict.Decision);
        Assert.Contains("over 1 seed, which may be chance", verdict.Sentence);
    }

    /// <summary>Over many draws of rows and seeds the intervals hold together at least as often as they say.</summary>
    [TestMethod]
    public void The_stated_risk_holds_over_simulated_comparisons()
    {
        Random random = new(1);
        const int Times = 400, Rows = 200, Seeds = 4;
        int wrong = Enumerable.Range(0, Times).Count(_ =>
        {
            // Nothing is better than going on: a row is right with a chance of its own, and a seed has an accuracy of its own.
            double[] chances = [.. Enumerable.Range(0, Rows).Select(_ => random.NextDouble())];
            RetrainRun[] runs = [.. from seed in Enumerable.Range(1, Seeds) from way in RetrainWay.All.Take(3)
                                    let shift = 0.05 * (random.NextDouble() - 0.5)
                                    select new RetrainRun(way, seed, [.. chances.Select(c => random.NextDouble() < c + shift)], 1, TimeSpan.Zero)];
            return RetrainVerdict.Of(runs, 0.01, 0.05).Decision == Decision.Supported;
        });
        Assert.IsLessThan(0.05 * Times + 2 * Math.Sqrt(0.05 * 0.95 * Times), wrong);
    }

    private static RetrainVerdict Of(params (RetrainWay Way, int[] Right)[] ways)
        => RetrainVerdict.Of([.. ways.SelectMany(w => w.Right.Select((right, i) => Run(w.Way, i + 1, right)))], 0.01, 0.05);

    /// <summary>A thousand rows, of which the first so many are right.</summary>
    private static RetrainRun Run(RetrainWay way, int seed, int right)
        => new(way, seed, [.. Enumerable.Range(0, 1000).Select(i => i < right)], 3, TimeSpan.FromSeconds(way == RetrainWay.Continue ? 1 : 2));
}

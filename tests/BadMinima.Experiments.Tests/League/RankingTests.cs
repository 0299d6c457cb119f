namespace BadMinima.Experiments.Tests;

/// <summary>What a league makes of results.</summary>
[TestClass]
public sealed class RankingTests : IDisposable
{
    private readonly LeagueStudy _study = new();

    public RankingTests()
    {
        _study.Ranked[LeagueStudy.Base] = ([0.70, 0.72, 0.71, 0.69, 0.73], [0.80, 0.83, 0.80, 0.80, 0.82]);
        _study.Ranked[LeagueStudy.Best] = ([0.74, 0.77, 0.75, 0.74, 0.78], [0.81, 0.82, 0.81, 0.80, 0.83]);
        _study.Ranked[LeagueStudy.Momentum] = ([0.74, 0.77, 0.76, 0.73, 0.78], [0.81, 0.82, 0.81, 0.80, 0.83]);
        _study.Ranked[LeagueStudy.Sam] = ([0.79, 0.82, 0.80, 0.79, 0.835], [0.75, 0.77, 0.75, 0.745, 0.77]);
    }

    public void Dispose() => _study.Dispose();

    [TestMethod]
    public void The_score_is_the_share_of_the_gap_that_is_closed_with_Fiellers_interval()
    {
        LeagueResults results = _study.Save().Read();
        Assert.IsTrue(results.HasGap);

        // (10 + 11 + 9 + 11 + 9) / 5 points.
        Assert.AreEqual(10, results.Gap!.Denominator, 1e-9);
        CollectionAssert.AreEqual(new[] { "sam", "plain-sgd", "momentum" }, results.Standings.Select(s => s.Entry.Name).ToArray());
        (string, double[])[] gains = [("sam", [9, 10, 9, 10, 10.5]), ("plain-sgd", [4, 5, 4, 5, 5]), ("momentum", [4, 5, 5, 4, 5])];
        double[] gaps = [10, 11, 9, 11, 9];
        foreach ((string name, double[] gain) in gains)
        {
            Standing standing = Of(results, name);
            RatioOfMeans expected = RatioOfMeans.Of([.. gain.Zip(gaps)])!;
            Assert.AreEqual(gain.Sum() / gaps.Sum(), standing.Score!.Value!.Value, 1e-9, name);
            Assert.AreEqual(expected.Interval!.Value.Lower, standing.Score.Interval!.Value.Lower, 1e-9, name);
            Assert.AreEqual(expected.Interval.Value.Upper, standing.Score.Interval.Value.Upper, 1e-9, name);
            Assert.AreEqual(gain.Average(), standing.Gain!.Mean, 1e-9, name);
        }
    }

    [TestMethod]
    public void Each_mechanism_is_tested_against_plain_SGD_at_its_best_and_at_the_mechanisms_own_rate()
    {
        LeagueResults results = _study.Save().Read();
        Standing sam = Of(results, "sam"), momentum = Of(results, "momentum"), plain = Of(results, "plain-sgd");
        Assert.IsNull(plain.AgainstBest);
        Assert.IsNull(plain.AgainstMatched);
        Assert.AreEqual(LeagueStudy.Best, sam.AgainstBest!.Against);
        Assert.AreEqual(LeagueStudy.Base, sam.AgainstMatched!.Against);
        Assert.AreEqual((ContestOutcome.Beats, ContestOutcome.Beats), (sam.AgainstBest.Outcome, sam.AgainstMatched.Outcome));

        // Momentum's own rate is plain SGD's best one: one comparison, one test.
        Assert.AreEqual(LeagueStudy.Best, momentum.AgainstMatched!.Against);
        Assert.AreEqual(ContestOutcome.Open, momentum.AgainstBest!.Outcome);
        Assert.AreEqual(3, results.Tests.Escaping);
        double[] p = [sam.AgainstBest.Test!.P, sam.AgainstMatched.Test!.P, momentum.AgainstBest.Test!.P];
        CollectionAssert.AreEqual(
            Holm.Correct(p), new[] { sam.AgainstBest.AdjustedP!.Value, sam.AgainstMatched.AdjustedP!.Value, momentum.AgainstBest.AdjustedP!.Value });
        Assert.AreEqual(5, sam.AgainstBest.Differences.Sample!.Mean, 0.2);
    }

    [TestMethod]
    public void What_harms_from_a_random_start_is_marked()
    {
        LeagueResults results = _study.Save().Read();
        Assert.IsTrue(Of(results, "sam").Harms);
        Assert.IsFalse(Of(results, "momentum").Harms);
        LeagueReport report = new(results);
        report.Write();
        string page = _study.Text("report.md");
        Assert.Contains("75.7 %\u00a0▼", page);
        Assert.Contains("significantly below plain SGD: sam.", page);
        Assert.Contains("Shown to beat plain SGD both at its best rate and at their own effective rate: sam.", page);
        Assert.Contains("First is sam", page);
        Assert.Contains("Escape score with 95 % intervals over 5 seeds", _study.Text("report.html"));
        Assert.AreEqual(4, _study.Text("league.csv").Trim().Split('\n').Length);
        Assert.Contains("\"outcome\": \"beats\"", _study.Text("results.json"));
        Assert.IsTrue(File.Exists(Path.Combine(_study.FullPath, "charts", "ranking.svg")));
    }

    [TestMethod]
    public void Without_a_gap_there_are_no_scores_and_the_gain_ranks()
    {
        _study.Ranked[LeagueStudy.Base] = ([0.70, 0.72, 0.71, 0.69, 0.73], [0.70, 0.73, 0.70, 0.70, 0.72]);
        LeagueResults results = _study.Save().Read();
        Assert.IsFalse(results.HasGap);
        Assert.IsTrue(results.Standings.All(s => s.Score!.Value is null && s.Score.Interval is null));
        CollectionAssert.AreEqual(new[] { "sam", "plain-sgd", "momentum" }, results.Standings.Select(s => s.Entry.Name).ToArray());
        LeagueReport report = new(results);
        report.Write();
        Assert.Contains("there is nothing to escape from", string.Join(' ', report.Sentences));
        Assert.Contains("Gain over plain SGD from the same start", _study.Text("report.md"));
    }

    [TestMethod]
    public void A_mechanism_without_a_seed_or_without_settings_is_not_ranked_by_the_others()
    {
        _study.Ranked[LeagueStudy.Sam] = ([0.99, 0.99, 0.99, 0.99], [0.9, 0.9, 0.9, 0.9]);
        _study.League = _study.League with
        {
            Entries = [.. _study.League.Entries.Select(e => e.Name == "momentum" ? e with { Chosen = null } : e)]
        };
        LeagueResults results = _study.Save().Read();
        Assert.AreEqual("plain-sgd", results.Standings[0].Entry.Name);
        Assert.AreEqual("1 of 5 seeds without a result", Of(results, "sam").Unranked);
        Assert.AreEqual("no settings chosen: no candidate has a result on every tuning seed", Of(results, "momentum").Unranked);
        new LeagueReport(results).Write();
        Assert.Contains("Not ranked: ", _study.Text("report.md"));
    }

    [TestMethod]
    public void The_tuning_chooses_the_best_candidate_on_the_tuning_seeds_alone()
    {
        _study.League = _study.League with
        {
            Entries =
            [
                _study.League.Entries[0] with { Chosen = null },
                new("momentum", "", "", [new("a", 1, "m", 1), new("b", 1, "m", 1), new("c", 1, "m", 1)]),
                new("sam", "", "", [new(LeagueStudy.Sam, 0.02, LeagueStudy.Base, 2)]),
                new("lost", "", "", [new("d", 1, "m", 1), new("e", 1, "m", 1)]),
            ],
        };
        (string, int, double)[] tuned =
        [
            (LeagueStudy.Base, 101, 0.7), (LeagueStudy.Base, 102, 0.7), (LeagueStudy.Best, 101, 0.7), (LeagueStudy.Best, 102, 0.7),

            // The mean decides; what is missing on a seed is out, however good; seeds that rank do not count.
            ("a", 101, 0.70), ("a", 102, 0.60), ("b", 101, 0.66), ("b", 102, 0.66), ("c", 101, 0.99), ("c", 1, 0.99), ("a", 1, 0.99), ("a", 2, 0.99),
            ("d", 101, 0.9),
        ];
        _study.Tuned.AddRange(tuned);
        _study.Save();
        LeagueManifest chosen = new TuningTable(_study.League, SweepResults.Read(Path.Combine(_study.FullPath, "tuning"))).Choose();

        // Of equal ones the first; a single candidate needs no tuning.
        CollectionAssert.AreEqual(new int?[] { 0, 1, 0, null }, chosen.Entries.Select(e => e.Chosen).ToArray());
    }

    [TestMethod]
    public void A_league_in_the_making_can_be_read()
    {
        _study.Ranked.Clear();
        _study.Ranked[LeagueStudy.Base] = ([0.7], []);
        LeagueResults results = _study.Save().Read();
        Assert.IsNull(results.Gap);
        Assert.IsTrue(results.Standings.All(s => s.Unranked is not null));
        new LeagueReport(results).Write();
        Assert.Contains("nothing is ranked yet", _study.Text("report.md"));
    }

    [TestMethod]
    public void A_league_json_that_was_changed_by_hand_is_an_error_in_words_and_a_damaged_model_costs_a_distance_alone()
    {
        _study.Save();
        foreach (FinishedCell cell in _study.Read().Runs.All)
        {
            File.WriteAllText(Path.Combine(cell.Run.Folder, "model.zip"), "no model");
        }

        Assert.IsTrue(new LeagueReport(_study.Read()).Results.Standings.All(s => s.Distance is null));
        string file = Path.Combine(_study.FullPath, "league.json"), text = File.ReadAllText(file);
        foreach (string damaged in new[] { "", "{", "[]", "{}", text.Replace("\"chosen\": 1", "\"chosen\": 7", StringComparison.Ordinal) })
        {
            File.WriteAllText(file, damaged);
            Assert.Contains("league.json: not a league's (", Assert.ThrowsExactly<InvalidDataException>(() => _study.Read(), damaged).Message);
        }
    }

    private static Standing Of(LeagueResults results, string name) => results.Standings.Single(s => s.Entry.Name == name);
}

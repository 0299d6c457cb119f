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
    public void Harm_that_the_correction_leaves_open_is_told_with_its_size()
    {
        // Below plain SGD on every seed, p = 0.03: by an interval of its own that excludes 0, and not after the correction for three.
        _study.Ranked[LeagueStudy.Momentum] = (_study.Ranked[LeagueStudy.Momentum].Adversarial, [0.791, 0.801, 0.794, 0.773, 0.811]);
        LeagueResults results = _study.Save().Read();
        Assert.IsFalse(Of(results, "momentum").Harms);
        LeagueReport report = new(results);
        report.Write();
        Assert.Contains(
            " From a random start below plain SGD by intervals that exclude 0, but are not corrected for the number of mechanisms, in points: momentum (-1.6).",
            string.Join(' ', report.Sentences));
        string[] csv = _study.Text("league.csv").Split('\n');
        int column = Array.IndexOf(csv[0].Split(','), "differenceFromRandom");
        string cell = csv.Single(line => line.Contains(",momentum,", StringComparison.Ordinal)).Split(',')[column];
        Assert.AreEqual(-1.6, double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture), 1e-9);
    }

    [TestMethod]
    public void Starts_that_have_not_fitted_their_random_labels_are_named()
    {
        _study.Fitted[2] = 0.538;
        _study.Fitted[5] = 0.957;
        _study.Fitted[102] = 0.5;
        _study.Tuned.Add((LeagueStudy.Base, 102, 0.7));
        LeagueReport report = new(_study.Save().Read());
        string sentences = string.Join(' ', report.Sentences);
        Assert.Contains("The start of seeds 2, 5 is less bad than it should be: of its random labels 53.8 % and 95.7 % were fitted", sentences);
        Assert.Contains("when its phase ended. More epochs for that (--random-label-epochs) may mend it.", sentences);
        Assert.Contains("The start of the tuning's seed 102 is less bad than it should be: of its random labels 50.0 % were fitted", sentences);
        report.Write();
        Assert.Contains("| 102 | tuning |", _study.Text("report.md"));
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

    [TestMethod]
    public void What_fails_from_the_random_start_on_a_seed_harms_and_is_not_compared_on_the_others()
    {
        _study.Ranked[LeagueStudy.Sam] = (_study.Ranked[LeagueStudy.Sam].Adversarial, [0.9, double.NaN, 0.9, double.NaN, double.NaN]);
        _study.Ranked[LeagueStudy.Momentum] = (_study.Ranked[LeagueStudy.Momentum].Adversarial, [0.81, 0.82, 0.81, 0.80]);
        _study.Unfinished.Add((LeagueStudy.Momentum, 5));
        LeagueResults results = _study.Save().Read();
        Standing sam = Of(results, "sam"), momentum = Of(results, "momentum");
        Assert.IsNull(sam.FromRandom);
        Assert.IsTrue(sam.FailsFromRandom);
        Assert.IsTrue(sam.Harms);
        Assert.IsNull(sam.Unranked);

        // What is not finished has not failed.
        Assert.IsNull(momentum.FromRandom);
        Assert.IsFalse(momentum.Harms);
        Assert.AreEqual(1, results.Tests.Harming);
        new LeagueReport(results).Write();
        string page = _study.Text("report.md");
        Assert.Contains("2\u00a0of\u00a05\u00a0seeds\u00a0▼", page);
        Assert.Contains("4\u00a0of\u00a05\u00a0seeds |", page);
        Assert.Contains("From a random start these failed on a seed or more: sam.", page);
        Assert.Contains(", but it harms from a random start; the first that does not is plain-sgd (", page);
        Assert.Contains("sam\u00a0▼", _study.Text("charts/ranking.svg").Replace("&#160;", "\u00a0", StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(5)]
    public void Plain_SGD_that_failed_on_a_seed_or_on_all_is_no_opponent(int failed)
    {
        double[] best = [.. _study.Ranked[LeagueStudy.Best].Adversarial.Select((a, i) => i < failed ? double.NaN : a)];
        _study.Ranked[LeagueStudy.Best] = (best, _study.Ranked[LeagueStudy.Best].Random);
        LeagueResults results = _study.Save().Read();
        Standing sam = Of(results, "sam");
        Assert.AreEqual(ContestOutcome.NoContest, sam.AgainstBest!.Outcome);
        Assert.AreEqual($"failed on {failed} of 5 seeds", sam.AgainstBest.Why);
        Assert.IsNull(sam.AgainstBest.Test);
        Assert.AreEqual(ContestOutcome.Beats, sam.AgainstMatched!.Outcome);
        Assert.AreEqual(1, results.Tests.Escaping);
        LeagueReport report = new(results);
        report.Write();
        string sentences = string.Join(' ', report.Sentences);
        Assert.Contains($"No contest with plain SGD, rate 0.2, which failed on {failed} of 5 seeds: sam, momentum.", sentences);
        Assert.Contains($"no contest: plain SGD failed on {failed} of 5 seeds", _study.Text("report.md"));
        Assert.Contains("\"outcome\": \"noContest\"", _study.Text("results.json"));
        Assert.Contains($"\"why\": \"failed on {failed} of 5 seeds\"", _study.Text("results.json"));
        Assert.AreEqual($"{failed} of 5 seeds without a result", Of(results, "plain-sgd").Unranked);
    }

    [TestMethod]
    public void Plain_SGD_that_does_not_train_at_a_rate_is_no_opponent_there()
    {
        _study.Untrained.Add((LeagueStudy.Best, true, 3));
        LeagueResults results = _study.Save().Read();
        Standing sam = Of(results, "sam");
        Assert.AreEqual((ContestOutcome.NoContest, "did not train on 1 of 5 seeds"), (sam.AgainstBest!.Outcome, sam.AgainstBest.Why));
        string sentences = string.Join(' ', new LeagueReport(results).Sentences);
        Assert.Contains("Shown to beat plain SGD at their own effective rate, but not at its best rate: sam. ", sentences);
        Assert.Contains("which did not train on 1 of 5 seeds: sam, momentum.", sentences);
    }

    [TestMethod]
    public void Where_the_yardstick_lacks_a_seed_gap_scores_and_gains_are_of_the_others()
    {
        double[] good = [.. _study.Ranked[LeagueStudy.Base].Random];
        good[1] = double.NaN;
        _study.Ranked[LeagueStudy.Base] = (_study.Ranked[LeagueStudy.Base].Adversarial, good);
        LeagueResults results = _study.Save().Read();
        CollectionAssert.AreEqual(new[] { 1, 3, 4, 5 }, results.ScoredSeeds.ToArray());
        Standing sam = Of(results, "sam");
        Assert.IsNull(sam.Unranked);
        Assert.AreEqual((9 + 9 + 10 + 10.5) / 4, sam.Gain!.Mean, 1e-9);
        Assert.AreEqual((10 + 9 + 11 + 9) / 4.0, results.Gap!.Denominator, 1e-9);
        Assert.AreEqual(sam.Gain.Mean / results.Gap.Denominator, sam.Score!.Value!.Value, 1e-9);
        Assert.AreEqual(
            (ContestOutcome.NoContest, "failed on 1 of 5 seeds from the random start"), (sam.FromRandom!.Outcome, sam.FromRandom.Why));
        string sentences = string.Join(' ', new LeagueReport(results).Sentences);
        Assert.Contains(
            "Plain SGD at the base rate has no result on seed 2 from the random start: gap, scores and gains are of the other 4 seeds.",
            sentences);

        // 70.75, 80.5: the three numbers add up.
        Assert.Contains("ends at 70.8 % of the test set, from a random start at 80.5 %: a gap of 9.8 ", sentences);
    }

    [TestMethod]
    public void Where_the_yardstick_does_not_train_that_is_said_and_nothing_is_scored()
    {
        _study.Untrained.AddRange([(LeagueStudy.Base, false, 2), (LeagueStudy.Base, false, 4), (LeagueStudy.Base, true, 1)]);
        LeagueResults results = _study.Save().Read();
        Assert.IsFalse(results.HasGap);
        Assert.IsTrue(results.Standings.All(s => s.Score!.Value is null && s.Gain is not null));
        string sentences = string.Join(' ', new LeagueReport(results).Sentences);
        Assert.Contains(
            "From the random start plain SGD at the base rate does not train on seeds 2, 4 (at most 50 % of its training images right)",
            sentences);
        Assert.Contains("From the adversarial start plain SGD at the base rate does not train on seed 1", sentences);
        Assert.DoesNotContain("does not lie above 0", sentences);
        Assert.AreEqual("did not train on 2 of 5 seeds from the random start", Of(results, "sam").FromRandom!.Why);
    }

    [TestMethod]
    public void While_the_tuning_is_not_finished_nothing_has_failed()
    {
        _study.League = _study.League with { Entries = [.. _study.League.Entries.Select(e => e with { Chosen = null })] };
        _study.Untuned.Add(LeagueStudy.Sam);
        LeagueResults results = _study.Save().Read();
        Assert.IsTrue(results.Standings.All(s => s.Unranked == "its settings are not chosen yet: the tuning is not finished"));
    }

    [TestMethod]
    public void Where_plain_SGD_does_best_at_an_end_of_its_rates_the_page_says_so()
    {
        Assert.Contains("plain SGD did best at 0.2, the largest of its rates: a larger one", Sentences(_study.League.Entries[0]));
        LeagueEntry plain = _study.League.Entries[0];
        Assert.DoesNotContain("of its rates", Sentences(plain with { Candidates = plain.Candidates.Add(new("x", 0.6, "x", 1)) }));
        Assert.Contains("at 0.02, the smallest of its rates: a smaller one", Sentences(plain with { Chosen = 0 }));

        string Sentences(LeagueEntry first)
        {
            _study.League = _study.League with { Entries = [first, .. _study.League.Entries.Skip(1)] };
            return string.Join(' ', new LeagueReport(_study.Save().Read()).Sentences);
        }
    }

    [TestMethod]
    public void A_contest_in_which_nothing_varies_is_open_and_no_test_and_two_seeds_make_one()
    {
        Duel equal = Between("a", [1, 2, 3], [0, 1, 2]), two = Between("b", [5.0, 5.1], [0, 0]), one = Between("c", [5], [0]);
        ContestFamily family = new([equal, two, one, null, two], 0.95);
        Assert.AreEqual(1, family.Count);
        Contest constant = family.Of(equal)!;
        Assert.AreEqual((ContestOutcome.Open, (double?)null), (constant.Outcome, constant.AdjustedP));
        Assert.AreEqual(1, constant.Differences.Sample!.Mean, 1e-12);
        Contest beaten = family.Of(two)!;
        Assert.AreEqual((ContestOutcome.Beats, 1.0), (beaten.Outcome, beaten.Test!.DegreesOfFreedom!.Value));
        Assert.AreEqual(beaten.Test.P, beaten.AdjustedP);
        Assert.AreEqual(ContestOutcome.Open, family.Of(one)!.Outcome);
        Assert.IsNull(family.Of(null));

        static Duel Between(string recipe, double[] own, double[] other)
            => new(recipe, "plain", true, PairedDifferences.Between(BySeed(own), BySeed(other)));

        static Dictionary<int, double> BySeed(double[] values) => values.Index().ToDictionary(v => v.Index, v => v.Item);
    }

    private static Standing Of(LeagueResults results, string name) => results.Standings.Single(s => s.Entry.Name == name);
}

using System.Text.Json;
using BadMinima.Reporting;

namespace BadMinima.Experiments.Tests;

/// <summary>What a report decides, and from what numbers.</summary>
[TestClass]
public sealed class ClaimDecisionTests
{
    private static readonly double[] Good = [0.90, 0.91, 0.92];

    [TestMethod]
    public void Claims_come_out_as_computed_elsewhere()
    {
        using StudyFolder folder = Study.Create();
        Report report = folder.Report();

        CollectionAssert.AreEqual(new[] { Decision.Supported, Decision.Supported, Decision.Contradicted, Decision.Supported }, report.Claims.Select(c => c.Decision).ToArray());
        Assert.AreEqual(5, report.Tests.Paired.Count, "four gaps and one pair of equal effective rate, each tested once");
        Dictionary<string, Decision> any = report.Claims[2].Findings.ToDictionary(f => f.Comparison.Subject, f => f.Decision);
        Assert.AreEqual(Decision.Supported, any["all"]);
        Assert.AreEqual(Decision.NotDecided, any["momentum"]);
        Assert.AreEqual(Decision.Contradicted, any["l2"]);
        foreach (Evidence finding in report.Claims.SelectMany(c => c.Findings))
        {
            double[] expected = Study.Expected[finding.Claim.OfMomentum ? "momentum less vanilla" : finding.Comparison.Subject];
            double?[] actual =
            [
                finding.Comparison.Mean, finding.Comparison.Differences.Sample!.StandardDeviation, finding.Test!.T, finding.Test.P, finding.AdjustedP,
                finding.Test.DifferenceInterval.Lower, finding.Test.DifferenceInterval.Upper, EffectSize.CohenDz(finding.Comparison.Differences),
            ];
            foreach ((double e, double? a) in expected.Zip(actual))
            {
                Assert.AreEqual(e, a!.Value, 1e-9 * Math.Abs(e), finding.Comparison.Subject);
            }
        }
    }

    [TestMethod]
    public void Claims_json_has_every_number_and_the_cells_of_both_sides()
    {
        using StudyFolder folder = Study.Create();
        folder.Report().Write();
        JsonElement root = JsonDocument.Parse(folder.Text("claims.json")).RootElement;
        Assert.AreEqual(5, root.GetProperty("rule").GetProperty("tests").GetInt32());
        JsonElement vanilla = root.GetProperty("claims")[0];
        Assert.AreEqual("C1 supported False 1 0 0", string.Join(' ', new[] { "id", "verdict", "mixed", "supporting", "contradicting", "notDeciding" }.Select(name => $"{vanilla.GetProperty(name)}")));
        JsonElement finding = vanilla.GetProperty("findings")[0];
        double[] expected = Study.Expected["vanilla"];
        foreach ((string name, double value) in new[] { "difference", "standardDeviation", "t", "p", "adjustedP" }.Zip(expected))
        {
            Assert.AreEqual(value, finding.GetProperty(name).GetDouble(), 1e-9 * value, name);
        }

        Assert.AreEqual(expected[5], finding.GetProperty("interval").GetProperty("lower").GetDouble(), 1e-9);
        Assert.AreEqual(4, finding.GetProperty("degreesOfFreedom").GetDouble());
        Assert.AreEqual(JsonValueKind.Null, finding.GetProperty("reason").ValueKind);
        CollectionAssert.AreEqual(folder.Ids[..5], Strings(finding.GetProperty("first").GetProperty("cells")));
        CollectionAssert.AreEqual(folder.Ids[5..10], Strings(finding.GetProperty("second").GetProperty("cells")));
        JsonElement welch = finding.GetProperty("welch");
        foreach ((string name, double value) in new[] { "t", "degreesOfFreedom", "p", "adjustedP", "effectSize" }.Zip(Study.ExpectedWelch["vanilla"]))
        {
            Assert.AreEqual(value, welch.GetProperty(name).GetDouble(), 1e-8 * Math.Abs(value), name);
        }

        JsonElement pair = finding.GetProperty("pairs")[2];
        Assert.AreEqual("3 0.871 0.802", string.Join(' ', new[] { "seed", "first", "second" }.Select(name => $"{pair.GetProperty(name)}")));
        Assert.IsEmpty(finding.GetProperty("seedsLeftOut").EnumerateArray());
    }

    [TestMethod]
    public void One_seed_decides_nothing()
    {
        using StudyFolder folder = new();
        folder.AddBoth(new("vanilla"), [0.9], [0.3]);
        Evidence finding = folder.Save().Report().Claims[0].Findings.Single();
        Assert.AreEqual(Decision.NotDecided, finding.Decision);
        Assert.AreEqual("one seed decides nothing", finding.Reason);
        Assert.IsNull(finding.AdjustedP);

        folder.Report().Write();
        string json = folder.Text("claims.json");
        JsonElement written = JsonDocument.Parse(json).RootElement.GetProperty("claims")[0].GetProperty("findings")[0];
        Assert.IsTrue(new[] { "standardDeviation", "interval", "t", "p", "adjustedP", "effectSize" }.All(name => written.GetProperty(name).ValueKind == JsonValueKind.Null), json);
        Assert.IsTrue(written.GetProperty("welch").EnumerateObject().All(number => number.Value.ValueKind == JsonValueKind.Null), json);
        Assert.DoesNotContain("NaN", json);
    }

    [TestMethod]
    public void Seeds_that_one_side_lacks_are_left_out()
    {
        using StudyFolder folder = new();
        foreach ((int seed, double random, double? adversarial) in new[] { (1, 0.5, (double?)null), (2, 0.90, 0.60), (4, 0.92, 0.63), (7, 0.91, 0.60) })
        {
            folder.Add(new() { Seed = seed, Test = random });
            if (adversarial is { } test)
            {
                folder.Add(new() { Seed = seed, Test = test, Replicas = 3 });
            }
        }

        Comparison gap = folder.Save().Report().Gaps.Single();
        CollectionAssert.AreEqual(new[] { 2, 4, 7 }, gap.Pairs.Select(p => p.Seed).ToArray());
        Assert.AreEqual(30, gap.Mean!.Value, 1e-9);
        CollectionAssert.AreEqual(new[] { 1 }, gap.Differences.LeftOut.ToArray());
        folder.Report().Write();
        Assert.AreEqual(0.91, double.Parse(folder.Rows("gaps")[0]["randomTestAccuracy"]), 1e-12, "of the seeds compared, not of all");
    }

    [TestMethod]
    public void Without_a_common_seed_there_is_no_number()
    {
        using StudyFolder folder = new();
        folder.Add(new() { Seed = 1, Test = 0.9 });
        folder.Add(new() { Seed = 2, Test = 0.5, Replicas = 3 });
        Report report = folder.Save().Report();
        report.Write();
        Assert.AreEqual("no seed is common to both", report.Claims[0].Findings.Single().Reason);
        foreach (string file in new[] { "report.html", "report.md", "claims.json" })
        {
            Assert.DoesNotContain("NaN", folder.Text(file), file);
        }
    }

    [TestMethod]
    public void A_claim_on_fitted_networks_is_open_where_they_do_not_fit()
    {
        using StudyFolder folder = new();
        folder.AddBoth(new() { Train = 0.99 }, Good, [0.50, 0.52, 0.55]);
        Evidence finding = folder.Save().Report().Claims[0].Findings.Single();
        Assert.AreEqual(Decision.NotDecided, finding.Decision);
        Assert.Contains("not fitted", finding.Reason!);
    }

    [TestMethod]
    public void A_recipe_that_learns_nothing_from_any_start_recovers_from_none()
    {
        using StudyFolder folder = new();
        folder.AddBoth(new("all") { Train = 0.1 }, [0.10, 0.11, 0.10], [0.10, 0.105, 0.10]);
        Evidence finding = folder.Save().Report().Claims[1].Findings.Single();
        Assert.AreEqual(Decision.NotDecided, finding.Decision);
        Assert.Contains("does not train", finding.Reason!);
    }

    [TestMethod]
    public void Equal_differences_are_no_test_and_weigh_on_none()
    {
        using StudyFolder folder = new();
        folder.AddBoth(new("all"), Good, Good);
        folder.AddBoth(new("vanilla"), Good, [0.70, 0.715, 0.725]);
        Report report = folder.Save().Report();
        Assert.AreEqual(Decision.NotDecided, report.Claims[1].Decision);
        Assert.Contains("same", report.Claims[1].Findings.Single().Reason!);
        Assert.AreEqual(report.Claims[0].Findings[0].Test!.P, report.Claims[0].Findings[0].AdjustedP);
    }

    [TestMethod]
    public void What_holds_at_one_rate_and_not_at_another_is_mixed_and_says_where()
    {
        using StudyFolder folder = new();
        folder.AddBoth(new("vanilla", 0.01), Good, [0.70, 0.715, 0.725]);
        folder.AddBoth(new("vanilla", 0.3), Good, [0.90, 0.908, 0.921]);
        Report report = folder.Save().Report();
        Verdict verdict = report.Sentences.VerdictOf(report.Claims[0]);
        Assert.AreEqual(Decision.NotDecided, verdict.Decision);
        Assert.AreEqual("Mixed", verdict.Word);
        Assert.StartsWith("It holds at rate 0.01; fails at rate 0.3. Gaps from +19.7 points (rate 0.01; ", verdict.Finding);
        Assert.Contains("vanilla, rate 0.3 | contradicts |", verdict.Evidence!.ToMarkdown());
    }

    [TestMethod]
    public void The_margin_and_the_confidence_decide()
    {
        using StudyFolder folder = Study.Create();
        Assert.AreEqual(Decision.Contradicted, folder.Report(new(Margin: 15)).Claims[0].Decision, "a gap of 8.2 is none by a margin of 15");
        Assert.AreEqual(Decision.NotDecided, folder.Report(new(Level: 0.9999)).Claims[0].Decision, "p is 0.0005");
    }

    [TestMethod]
    public void Momentum_is_compared_only_with_plain_SGD_that_differs_in_nothing_else()
    {
        using StudyFolder folder = new();
        folder.AddBoth(new("vanilla", 0.03), Good, Good);
        folder.AddBoth(new("vanilla", 0.031), Good, Good);
        folder.AddBoth(new("vanilla", 0.03) { Schedule = "cosine" }, Good, Good);
        folder.AddBoth(new("l2", 0.03), Good, Good);
        folder.AddBoth(new("momentum", 0.003, 0.9), Good, Good);
        folder.AddBoth(new("l2+momentum", 0.015, 0.5), Good, Good);
        CollectionAssert.AreEquivalent(
            new[] { "momentum against vanilla, rate 0.03, schedule constant", "l2+momentum against l2" }, folder.Save().Report().Momentum.Select(c => c.Subject).ToArray());
    }

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetString()!)];
}

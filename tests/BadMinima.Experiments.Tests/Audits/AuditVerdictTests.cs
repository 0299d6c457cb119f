using System.Globalization;
using BadMinima.Reporting;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class AuditVerdictTests
{
    private const double Margin = 0.02, Risk = 0.05;

    [TestMethod]
    [DataRow(new[] { 0.002, 0.004, 0.003 }, Decision.Supported, "Robust: a bad start costs 0.3 points (0.0 to 0.6) of test accuracy, over 3 seeds.")]
    [DataRow(new[] { 0.093, 0.095, 0.091 }, Decision.Contradicted, "Depends on its start: a bad one costs 9.3 points (8.6 to 10.0) of test accuracy, over 3 seeds; the cure.")]
    [DataRow(new[] { 0.00, 0.05, 0.02 }, Decision.NotDecided, "Not decided: a bad start costs 2.3 points (")]
    [DataRow(new[] { 0.05 }, Decision.NotDecided, "Not decided: a bad start costs 5.0 points of test accuracy, over 1 seed; whether that is more than 2 points more seeds would tell")]
    public void The_sentence_says_yes_no_or_undecided(double[] differences, Decision decision, string sentence)
    {
        AuditVerdict verdict = AuditVerdict.Look(differences, most: 20, Margin, Risk);
        Assert.AreEqual(decision, verdict.Decision);
        Assert.Contains(sentence, verdict.Sentence(Margin, "the cure"));
        Assert.DoesNotContain("the cure", verdict.Sentence(Margin, null));
    }

    [TestMethod]
    public void Two_seeds_that_agree_by_chance_decide_nothing()
        => Assert.AreEqual(Decision.NotDecided, AuditVerdict.Look([0, 0], 20, Margin, Risk).Decision);

    [TestMethod]
    public void Looks_are_few()
        => CollectionAssert.AreEqual(new[] { 3, 5, 8, 12, 20 }, Enumerable.Range(1, 30).Where(AuditVerdict.IsLook).ToArray());

    /// <summary>A recipe whose cost is at the margin itself is the hardest: either answer would be wrong, each with the risk at most.</summary>
    [TestMethod]
    [DataRow(20, 20, 0.05)]
    [DataRow(20, 17, 0.05)]
    [DataRow(20, 4, 0.2)]
    [DataRow(20, 20, 0.01)]
    [DataRow(60, 60, 0.05)]
    public void The_stated_risk_holds_however_often_it_was_looked_at(int most, int atBudgetsEnd, double risk)
    {
        MersenneTwister random = new(1);
        const int Audits = 4000;
        (int less, int more) = (0, 0);
        for (int audit = 0; audit < Audits; audit++)
        {
            switch (Answer([.. Normal.Samples(random, Margin, 0.03).Take(atBudgetsEnd)], most, risk))
            {
                case Decision.Supported: less++; break;
                case Decision.Contradicted: more++; break;
                default: break;
            }
        }

        double allowed = risk * Audits + 3 * Math.Sqrt(risk * (1 - risk) * Audits);
        Assert.IsLessThanOrEqualTo(allowed, less);
        Assert.IsLessThanOrEqualTo(allowed, more);
    }

    /// <summary>
    /// The same of what was measured: audits of two recipes, each of 20 seeds out of the 40 that are stored, at margins on either side of
    /// what a bad start costs over all 40.
    /// </summary>
    [TestMethod]
    [DataRow("vanilla")]
    [DataRow("regularized")]
    public void Over_a_hundred_audits_drawn_from_stored_runs_the_stated_risk_holds(string recipe)
    {
        const int Audits = 100, Most = 20;
        double[] costs = Costs(recipe);
        double truth = costs.Average();
        Random random = new(1);
        foreach (double margin in (double[])[truth - 0.002, truth + 0.002, truth - 0.01, truth + 0.01])
        {
            int wrong = Enumerable.Range(0, Audits).Count(_ =>
            {
                random.Shuffle(costs);
                return Answer([.. costs.Take(Most).Select(c => c - margin + Margin)], Most, Risk)
                    == (truth < margin ? Decision.Contradicted : Decision.Supported);
            });
            Assert.IsLessThanOrEqualTo(Risk * Audits, wrong, $"at a margin of {margin}");
        }
    }

    /// <summary>What a bad start costs in each seed of docs/evidence/audit.</summary>
    private static double[] Costs(string recipe)
    {
        string[][] rows = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "evidence", "audit", "tables", "runs.csv")).Select(l => l.Split(','))];
        Dictionary<(string Start, string Seed), double> accuracies = rows.Skip(1).Where(r => Of(r, "kind") == "cell" && Of(r, "regularizers") == recipe)
            .ToDictionary(r => (Of(r, "start"), Of(r, "seed")), r => double.Parse(Of(r, "testAccuracy"), CultureInfo.InvariantCulture));
        return [.. from a in accuracies where a.Key.Start == "random" select a.Value - accuracies[("adversarial", a.Key.Seed)]];

        string Of(string[] row, string column) => row[Array.IndexOf(rows[0], column)];
    }

    private static Decision Answer(IReadOnlyList<double> differences, int most, double risk)
        => Enumerable.Range(1, differences.Count).Where(n => AuditVerdict.IsLook(n) || n == differences.Count)
            .Select(n => AuditVerdict.Look([.. differences.Take(n)], most, Margin, risk).Decision)
            .FirstOrDefault(d => d != Decision.NotDecided, Decision.NotDecided);
}

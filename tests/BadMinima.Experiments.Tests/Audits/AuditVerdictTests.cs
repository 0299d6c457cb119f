using BadMinima.Reporting;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class AuditVerdictTests
{
    private const double Margin = 0.02, Risk = 0.05;

    [TestMethod]
    [DataRow(new[] { 0.002, 0.004, 0.003 }, Decision.Supported, "Robust: a bad start costs 0.3 points (-0.3 to 0.9) of test accuracy, over 3 seeds.")]
    [DataRow(new[] { 0.093, 0.095, 0.091 }, Decision.Contradicted, "Depends on its start: a bad one costs 9.3 points (8.0 to 10.6) of test accuracy, over 3 seeds; the cure.")]
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
    public void Each_look_has_an_equal_share_of_the_risk()
    {
        // Five looks are planned up to 20 seeds, and one more may come at the budget's end.
        Assert.AreEqual(1 - Risk / 6, AuditVerdict.Look([0.1, 0.2], 20, Margin, Risk).Interval!.Value.Level, 1e-12);
        Assert.AreEqual(1 - Risk / 3, AuditVerdict.Look([0.1, 0.2], 5, Margin, Risk).Interval!.Value.Level, 1e-12);
        CollectionAssert.AreEqual(new[] { 3, 5, 8, 12, 20 }, Enumerable.Range(1, 30).Where(AuditVerdict.IsLook).ToArray());
    }

    /// <summary>
    /// Audits that look at seeds one after the other, resampled from what was measured: gaps at the margin's edge are the hardest.
    /// </summary>
    [TestMethod]
    [DataRow(0.02)]
    [DataRow(0.0201)]
    [DataRow(0.0199)]
    public void The_stated_risk_holds_however_often_it_was_looked_at(double gap)
    {
        Random random = new(1);
        const int Audits = 1000, Most = 20;
        int wrong = Enumerable.Range(0, Audits).Count(_ =>
        {
            List<double> differences = [];
            while (differences.Count < Most)
            {
                // Of mean 0, as gaps of seeds vary: by a point or two.
                differences.Add(gap + 0.05 * (random.NextDouble() - 0.5));
                if (AuditVerdict.IsLook(differences.Count) && AuditVerdict.Look(differences, Most, Margin, Risk).Decision is not Decision.NotDecided and var decision)
                {
                    return gap > Margin ? decision == Decision.Supported : gap < Margin ? decision == Decision.Contradicted : true;
                }
            }

            return false;
        });
        Assert.IsLessThanOrEqualTo(Risk * Audits + 2 * Math.Sqrt(Risk * (1 - Risk) * Audits), wrong);
    }
}

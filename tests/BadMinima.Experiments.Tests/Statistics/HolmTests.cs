using FsCheck.Fluent;

namespace BadMinima.Experiments.Tests.Statistics;

[TestClass]
public sealed class HolmTests
{
    /// <summary>By hand: times 4, 3, 2, 1 from the smallest, and never below the one before.</summary>
    [TestMethod]
    public void Corrected_p_values_are_those_of_the_step_down_rule_in_the_order_given()
    {
        AreClose([0.03, 0.06, 0.06, 0.02], Holm.Correct([0.01, 0.04, 0.03, 0.005]));
        AreClose([0.05, 0.08, 0.09, 0.09, 0.09], Holm.Correct([0.01, 0.02, 0.03, 0.04, 0.05]));
        AreClose([1, 1, 0.6], Holm.Correct([0.9, 0.5, 0.2]));
        AreClose([0, 0.5, 0.5], Holm.Correct([0, 0.25, 0.25]));
    }

    [TestMethod]
    public void A_family_of_one_needs_no_correction_and_one_of_none_has_none()
    {
        AreClose([0.04], Holm.Correct([0.04]));
        Assert.IsEmpty(Holm.Correct([]));
    }

    [TestMethod]
    public void What_is_no_p_value_is_refused()
    {
        foreach (double value in new[] { -0.1, 1.1, double.NaN })
        {
            Assert.Contains($"{value}; allowed are 0 to 1", Assert.ThrowsExactly<ArgumentException>(() => Holm.Correct([0.5, value])).Message);
        }
    }

    [TestMethod]
    public void Corrected_lies_between_raw_and_Bonferroni_and_keeps_the_order()
        => Property.Holds(Property.PValues, p =>
        {
            double[] corrected = Holm.Correct(p);
            for (int i = 0; i < p.Length; i++)
            {
                Assert.IsTrue(corrected[i] >= p[i] && corrected[i] <= Math.Min(1, p.Length * p[i]));
                for (int j = 0; j < p.Length; j++)
                {
                    Assert.IsTrue(p[i] > p[j] || corrected[i] <= corrected[j]);
                }
            }

            if (p.Length > 0)
            {
                Assert.AreEqual(Math.Min(1, p.Length * p.Min()), corrected.Min());
            }
        });

    [TestMethod]
    public void Corrected_p_values_reject_what_Holms_own_procedure_rejects()
        => Property.Holds(Property.PValues, p =>
        {
            double[] corrected = Holm.Correct(p);
            foreach (double level in new[] { 0.012, 0.05, 0.31 })
            {
                // The procedure of the article: from the smallest p on, reject while p (m - i) <= level, and stop at the first that fails.
                int[] order = [.. Enumerable.Range(0, p.Length).OrderBy(i => p[i])];
                int rejected = order.TakeWhile((index, i) => (p.Length - i) * p[index] <= level).Count();
                CollectionAssert.AreEquivalent(order.Take(rejected).ToArray(), order.Where(i => corrected[i] <= level).ToArray());
            }
        });

    [TestMethod]
    public void The_order_given_does_not_matter()
        => Property.Holds(Property.PValues, p => CollectionAssert.AreEqual(Holm.Correct(p), Holm.Correct([.. p.Reverse()]).Reverse().ToArray()));

    private static void AreClose(double[] expected, double[] actual)
    {
        Assert.HasCount(expected.Length, actual);
        Assert.IsTrue(expected.Zip(actual).All(p => Math.Abs(p.First - p.Second) < 1e-15), string.Join(", ", actual));
    }
}

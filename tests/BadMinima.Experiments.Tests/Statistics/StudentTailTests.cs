namespace BadMinima.Experiments.Tests.Statistics;

[TestClass]
public sealed class StudentTailTests
{
    // q = lambda a, d: scipy.optimize.brentq(lambda t: scipy.stats.t.sf(t, d) / a - 1, 0, 1e4, xtol=1e-14, rtol=1e-15) (scipy 1.10.1, whose
    // own t.ppf is right to 9 digits only)
    // [[q(a, d) for a in (.025, .0005, .00005)] for d in (1, 1.5, 2, 4, 9, 29, 100.25, 1e4)]
    [TestMethod]
    [DataRow(1, 12.706204736174703, 636.6192487687197, 6366.197671315934)]
    [DataRow(1.5, 6.0166631044279315, 82.84744670365761, 384.5724025215533)]
    [DataRow(2, 4.302652729749464, 31.59905457644362, 99.99249984374454)]
    [DataRow(4, 2.7764451051977956, 8.610301581379273, 15.54410058154568)]
    [DataRow(9, 2.262157162798205, 4.780912585931137, 6.593682583944786)]
    [DataRow(29, 2.0452296421327043, 3.659405019466333, 4.505511631210961)]
    [DataRow(100.25, 1.9839109344329855, 3.3902352520411267, 4.052916054812842)]
    [DataRow(1e4, 1.960201239890629, 3.2914999659416058, 3.892161983569835)]
    public void Quantiles_are_those_of_scipy_far_out_too(double degreesOfFreedom, double of95, double of999, double of9999)
    {
        Reference.AreClose(of95, StudentTail.Quantile(0.025, degreesOfFreedom), 1e-10);
        Reference.AreClose(of999, StudentTail.Quantile(0.0005, degreesOfFreedom), 1e-10);
        Reference.AreClose(of9999, StudentTail.Quantile(0.00005, degreesOfFreedom), 1e-10);
    }

    // python3 -c "import scipy.stats as s; print([s.t.sf(*a) for a in ((.5, 1), (2, 2.5), (12, 4), (40, 9), (3.3, 1000.5))])"
    [TestMethod]
    [DataRow(0.5, 1, 0.3524163823495668)]
    [DataRow(2, 2.5, 0.078695747878983)]
    [DataRow(12, 4, 0.0001382142742514865)]
    [DataRow(40, 9, 9.491499224669917e-12)]
    [DataRow(3.3, 1000.5, 0.00050048974106609)]
    public void Probabilities_are_those_of_scipy_and_keep_their_digits_when_small(double t, double degreesOfFreedom, double expected)
    {
        Reference.AreClose(expected, StudentTail.Probability(t, degreesOfFreedom), 1e-10);
        Assert.AreEqual(1 - expected, StudentTail.Probability(-t, degreesOfFreedom), 1e-14);
    }

    [TestMethod]
    public void One_and_two_degrees_of_freedom_agree_with_their_closed_forms()
    {
        foreach (double t in new[] { 0, 0.001, 0.7, 3, 50, 1e5 })
        {
            Reference.AreClose(Math.Atan2(1, t) / Math.PI, StudentTail.Probability(t, 1), 1e-10);
            Reference.AreClose(1 / (2 + t * t + t * Math.Sqrt(2 + t * t)), StudentTail.Probability(t, 2), 1e-10);
        }
    }
}

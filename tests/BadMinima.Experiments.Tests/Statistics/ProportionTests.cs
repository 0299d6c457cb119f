namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class ProportionTests
{
    [TestMethod]
    [DataRow(0, 10, 0, 0.3084971)]
    [DataRow(10, 10, 0.6915029, 1)]
    [DataRow(3, 10, 0.0667395, 0.6524529)]
    [DataRow(1, 1, 0.025, 1)]
    public void The_exact_interval_is_that_of_the_tables(int successes, int trials, double lower, double upper)
    {
        Interval interval = Proportion.Interval(successes, trials);
        Assert.AreEqual(lower, interval.Lower, 1e-6);
        Assert.AreEqual(upper, interval.Upper, 1e-6);
    }

    [TestMethod]
    public void The_ends_have_the_binomial_tails_that_define_them()
    {
        Interval interval = Proportion.Interval(7, 20, 0.9);
        Assert.AreEqual(0.05, 1 - MathNet.Numerics.Distributions.Binomial.CDF(interval.Lower, 20, 6), 1e-8);
        Assert.AreEqual(0.05, MathNet.Numerics.Distributions.Binomial.CDF(interval.Upper, 20, 7), 1e-8);
    }

    [TestMethod]
    public void What_is_no_share_is_refused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Proportion.Interval(0, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Proportion.Interval(3, 2));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Proportion.Interval(1, 2, 1));
    }
}

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class RatioOfMeansTests
{
    // Means 3 and 6. Sums of squares about them 2 + 2 = 4 and 8, of products 4: variances of the means 4 / 2 / 3 and 8 / 2 / 3, covariance
    // 4 / 2 / 3. Student's t with 2 degrees of freedom at 95 %: 4.302653.
    private static readonly (double, double)[] Three = [(1.585786437626905, 4), (3, 6), (4.414213562373095, 8)];

    [TestMethod]
    public void The_interval_is_Fiellers()
    {
        RatioOfMeans ratio = RatioOfMeans.Of(Three)!;
        Assert.AreEqual(3, ratio.Numerator, 1e-12);
        Assert.AreEqual(6, ratio.Denominator, 1e-12);
        Assert.AreEqual(0.5, ratio.Value!.Value, 1e-12);

        // Products sum to 2 * 1.414213562 * 2 = 5.656854249, so that the covariance of the means is 5.656854249 / 2 / 3.
        const double T2 = 4.302652729911275 * 4.302652729911275;
        double a = 36 - (T2 * 8 / 2 / 3), b = 18 - (T2 * 5.656854249492380 / 2 / 3), c = 9 - (T2 * 4 / 2 / 3);
        double root = Math.Sqrt((b * b) - (a * c));
        Assert.AreEqual((b - root) / a, ratio.Interval!.Value.Lower, 1e-9);
        Assert.AreEqual((b + root) / a, ratio.Interval.Value.Upper, 1e-9);
    }

    [TestMethod]
    public void Its_ends_are_the_ratios_that_a_paired_t_test_just_rejects()
    {
        (double N, double D)[] pairs = [(4.1, 9.7), (3.2, 10.4), (5.5, 11.0), (4.0, 8.8), (3.1, 10.1)];
        foreach (double level in new[] { 0.8, 0.95, 0.99 })
        {
            Interval interval = RatioOfMeans.Of(pairs, level)!.Interval!.Value;
            foreach (double end in new[] { interval.Lower, interval.Upper })
            {
                var numerators = pairs.Index().ToDictionary(p => p.Index, p => p.Item.N);
                var denominators = pairs.Index().ToDictionary(p => p.Index, p => end * p.Item.D);
                Assert.AreEqual(1 - level, TTest.Paired(PairedDifferences.Between(numerators, denominators))!.P, 1e-9);
            }
        }
    }

    [TestMethod]
    public void Without_a_denominator_that_lies_above_0_there_is_no_ratio()
    {
        foreach (double shift in new[] { -7, -6, -5, -2, 0 })
        {
            RatioOfMeans ratio = RatioOfMeans.Of([.. Three.Select(p => (p.Item1, p.Item2 + shift))])!;
            Assert.AreEqual(ratio.DenominatorInterval.Lower > 0, ratio.Value is not null, $"{shift}");
            Assert.AreEqual(ratio.Value is null, ratio.Interval is null, $"{shift}");
        }

        Assert.IsNull(RatioOfMeans.Of([.. Three.Select(p => (p.Item1, p.Item2 - 5))])!.Value);
        Assert.IsNotNull(RatioOfMeans.Of(Three)!.Value);
        Assert.IsNull(RatioOfMeans.Of([.. Three.Select(p => (p.Item1, -p.Item2))])!.Value);
    }

    [TestMethod]
    public void One_pair_says_nothing_and_equal_ones_make_an_interval_without_length()
    {
        Assert.IsNull(RatioOfMeans.Of([(1, 2)]));
        RatioOfMeans ratio = RatioOfMeans.Of([(1, 2), (1, 2)])!;
        Assert.AreEqual((0.5, 0.5, 0.5), (ratio.Value, ratio.Interval!.Value.Lower, ratio.Interval.Value.Upper));
        Assert.AreEqual(1, RatioOfMeans.Of([(2, 2), (5, 5), (3, 3)], 0.5)!.Interval!.Value.Upper, 1e-12);
    }
}

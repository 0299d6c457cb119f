namespace BadMinima.Experiments.Tests.Statistics;

[TestClass]
public sealed class PairedDifferencesTests
{
    [TestMethod]
    public void Seeds_that_both_have_are_paired_and_the_others_named()
    {
        PairedDifferences differences = PairedDifferences.Between(
            new Dictionary<int, double> { [7] = 90, [1] = 80, [3] = 85, [9] = 1 },
            new Dictionary<int, double> { [1] = 75, [2] = 2, [3] = 60, [7] = 91 });
        CollectionAssert.AreEqual(new[] { (1, 5.0), (3, 25.0), (7, -1.0) }, differences.Pairs.ToArray());
        CollectionAssert.AreEqual(new[] { 2, 9 }, differences.LeftOut.ToArray());
        Assert.AreEqual(29.0 / 3, differences.Sample!.Mean, 1e-14);
        CollectionAssert.AreEqual(new[] { 5.0, 25, -1 }, differences.Sample.Values.ToArray());
    }

    [TestMethod]
    public void Without_a_common_seed_there_is_no_sample_no_test_and_no_effect()
    {
        PairedDifferences none = PairedDifferences.Between(new Dictionary<int, double> { [1] = 1 }, new Dictionary<int, double> { [2] = 1 });
        Assert.IsNull(none.Sample);
        Assert.IsEmpty(none.Pairs);
        Assert.HasCount(2, none.LeftOut);
        Assert.IsNull(TTest.Paired(none));
        Assert.IsNull(EffectSize.CohenDz(none));
        Assert.IsEmpty(PairedDifferences.Between(new Dictionary<int, double>(), new Dictionary<int, double>()).LeftOut);
    }
}

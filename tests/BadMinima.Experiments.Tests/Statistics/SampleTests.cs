namespace BadMinima.Experiments.Tests.Statistics;

[TestClass]
public sealed class SampleTests
{
    // x = [1, 2, 3, 4, 10]; np.std(x, ddof=1), scipy.stats.sem(x), [(4 - q(a, 4) * sem(x), 4 + q(a, 4) * sem(x)) for a in (.025, .005)], q
    // as in StudentTailTests (scipy 1.10.1)
    [TestMethod]
    public void Mean_deviation_error_and_interval_are_those_of_scipy()
    {
        Sample sample = new([1, 2, 3, 4, 10]);
        Assert.AreEqual(5, sample.Count);
        Assert.AreEqual(4, sample.Mean);
        Reference.AreClose(3.5355339059327378, sample.StandardDeviation);
        Reference.AreClose(1.5811388300841895, sample.StandardError);
        Interval interval = sample.MeanInterval()!.Value;
        Reference.AreClose(-0.38994516542541735, interval.Lower);
        Reference.AreClose(8.389945165425416, interval.Upper);
        Assert.AreEqual(0.95, interval.Level);
        interval = sample.MeanInterval(0.99)!.Value;
        Reference.AreClose(-3.279713178482945, interval.Lower);
        Reference.AreClose(11.279713178482945, interval.Upper);
    }

    [TestMethod]
    public void Two_values_have_the_widest_interval()
    {
        // t(0.975, 1) = tan(0.475 pi) = 12.7062; the standard error of 0 and 2 is 1.
        Interval interval = new Sample([0, 2]).MeanInterval()!.Value;
        Reference.AreClose(1 + 12.706204736174698, interval.Upper, 1e-13);
        Reference.AreClose(1 - 12.706204736174698, interval.Lower, 1e-13);
    }

    [TestMethod]
    public void A_single_value_has_a_mean_and_nothing_more()
    {
        Sample sample = new([0.75]);
        Assert.AreEqual(0.75, sample.Mean);
        Assert.IsNull(sample.StandardDeviation);
        Assert.IsNull(sample.StandardError);
        Assert.IsNull(sample.MeanInterval());
    }

    [TestMethod]
    public void Equal_values_have_no_deviation_however_they_are_rounded()
    {
        foreach (int count in new[] { 2, 3, 7, 10 })
        {
            Sample sample = new(Enumerable.Repeat(0.1, count));
            Assert.AreEqual(0.1, sample.Mean, 1e-17);
            Assert.AreEqual(0, sample.StandardDeviation);
            Assert.AreEqual(new Interval(sample.Mean, sample.Mean, 0.95), sample.MeanInterval());
        }

        double[] tenths = [0.52 - 0.42, 0.72 - 0.62, 0.82 - 0.72];
        Assert.IsGreaterThan(1, tenths.Distinct().Count());
        Assert.AreEqual(0, Sample.OfDifferences(tenths, 0.82).StandardDeviation);
        Assert.IsGreaterThan(0, new Sample([0.1, 0.1 + 1e-9]).StandardDeviation!.Value);
    }

    [TestMethod]
    public void What_is_no_sample_is_refused_or_null()
    {
        Assert.IsNull(Sample.OrNull([]));
        Assert.AreEqual(2, Sample.OrNull([2])!.Mean);
        Assert.Contains("at least one", Assert.ThrowsExactly<ArgumentException>(() => new Sample([])).Message);
        Assert.Contains("Value 2 of 3 is NaN", Assert.ThrowsExactly<ArgumentException>(() => new Sample([1, double.NaN, 2])).Message);
        Assert.Contains("finite", Assert.ThrowsExactly<ArgumentException>(() => Sample.OrNull([double.PositiveInfinity])).Message);
        foreach (double level in new[] { 0, 1, -0.5, 95, double.NaN })
        {
            Assert.Contains("such as 0.95", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new Sample([1, 2]).MeanInterval(level)).Message);
        }
    }

    [TestMethod]
    public void An_interval_lies_around_the_mean_and_grows_with_the_level()
        => Property.Holds(Property.Accuracies, values =>
        {
            Sample sample = new(values);
            if (sample.Count == 1)
            {
                return;
            }

            Interval[] intervals = [.. new[] { 0.5, 0.9, 0.95, 0.99, 0.9999 }.Select(l => sample.MeanInterval(l)!.Value)];
            Assert.IsTrue(intervals.All(i => i.Contains(sample.Mean)));
            Assert.IsTrue(intervals.Zip(intervals.Skip(1)).All(p => p.First.Lower >= p.Second.Lower && p.First.Upper <= p.Second.Upper));
        });

    /// <summary>
    /// Of 20,000 samples a size, the share covered is off 0.95 by 0.0015, its standard deviation, in most cases; 0.006 is four of them.
    /// </summary>
    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(5)]
    [DataRow(10)]
    public void An_interval_of_95_percent_holds_the_true_mean_in_95_percent_of_samples(int size)
    {
        const int Samples = 20_000;
        double[] values = new double[Samples * size];
        MathNet.Numerics.Distributions.Normal.Samples(new Random(size), values, 60, 3);
        Assert.AreEqual(0.95, values.Chunk(size).Count(v => new Sample(v).MeanInterval()!.Value.Contains(60)) / (double)Samples, 0.006);
    }
}

namespace BadMinima.Experiments.Tests.Statistics;

[TestClass]
public sealed class TTestTests
{
    // a, b: the hours of sleep; [s.ttest_1samp(a - b, m) for m in (0, -1)]; the interval by q of StudentTailTests
    // (scipy 1.10.1)
    [TestMethod]
    [DataRow(0, -4.062127683382037, 0.00283289019738427)]
    [DataRow(-1, -1.4911607951655577, 0.17011177089742294)]
    public void The_paired_test_is_that_of_scipy(double margin, double t, double p)
    {
        TTest test = TTest.Paired(Reference.Sleep, margin)!;
        AreClose((t, 9, p, -2.4598857632769824, -0.7001142367230176), test);
        Reference.AreClose(-1.58, test.Difference);
        Assert.AreEqual(margin, test.Margin);
    }

    // s.ttest_ind(x - margin, y, equal_var=False); degrees of freedom by the formula, the interval by q of StudentTailTests
    [TestMethod]
    public void Welchs_test_is_that_of_scipy()
    {
        AreClose(
            (-1.8608134674868526, 17.776473516178495, 0.07939414018735823, -3.3654832307117104, 0.20548323071171093),
            TTest.Welch(new(Reference.FirstDrug), new(Reference.SecondDrug))!);
        AreClose(
            (11.942457222572097, 3.025306852143941, 0.0012131101457012459, 28.439320585822593, 45.36067941417742),
            TTest.Welch(new(Reference.RandomStart), new(Reference.AdversarialStart), margin: 5)!);

        // Ten and twenty values, more than four times the variance in the smaller group; 99 %.
        AreClose(
            (0.4875940483339621, 9.904741248650831, 0.6364492512543155, -4.619078329902646, 1.569078329902648),
            TTest.Welch(
                new([17.2, 20.9, 22.6, 18.1, 21.7, 21.4, 23.5, 24.2, 14.7, 21.8]),
                new([21.5, 22.8, 21.0, 23.0, 21.6, 23.6, 22.5, 20.7, 23.4, 21.8, 20.7, 21.7, 21.5, 22.5, 23.6, 21.5, 22.5, 23.5, 21.5, 21.8]),
                margin: -2, level: 0.99)!);
    }

    // s.ttest_1samp([40.1, 40.2, 39.9, 40.0, 40.1], 0)
    [TestMethod]
    public void A_tiny_p_keeps_its_digits()
    {
        TTest test = TTest.Paired(PairedDifferences.Between(Reference.BySeed([40.1, 40.2, 39.9, 40.0, 40.1]), Reference.BySeed([0, 0, 0, 0, 0])))!;
        Reference.AreClose(1.5748872815233154e-11, test.P, 1e-9);
    }

    [TestMethod]
    public void Fewer_than_two_seeds_are_no_test()
    {
        Assert.IsNull(TTest.Paired(PairedDifferences.Between(Reference.BySeed([1]), Reference.BySeed([2, 3]))));
        Assert.IsNull(TTest.Welch(new([1]), new([1, 2, 3])));
        Assert.IsNull(TTest.Welch(new([1, 2, 3]), new([1])));
    }

    /// <summary>The differences are 0.1 but for rounding, which differs from seed to seed.</summary>
    [TestMethod]
    [DataRow(0, 0)]
    [DataRow(0.1, 1)]
    [DataRow(0.2, 0)]
    public void Where_all_differences_are_equal_p_is_0_or_1(double margin, double p)
    {
        TTest paired = TTest.Paired(PairedDifferences.Between(Reference.BySeed([0.52, 0.72, 0.82]), Reference.BySeed([0.42, 0.62, 0.72])), margin)!;
        TTest welch = TTest.Welch(new([0.72, 0.72]), new([0.62, 0.62, 0.62]), margin)!;
        foreach (TTest test in new[] { paired, welch })
        {
            Assert.IsTrue(test.NothingVaries);
            Assert.IsNull(test.T);
            Assert.IsNull(test.DegreesOfFreedom);
            Assert.AreEqual(p, test.P);
            Assert.AreEqual(0.1, test.Difference, 1e-15);
            Assert.AreEqual(new Interval(test.Difference, test.Difference, 0.95), test.DifferenceInterval);
        }
    }

    [TestMethod]
    public void One_group_that_does_not_vary_leaves_the_others_test()
    {
        // The mean of 1, 2, 3, 4 against 1: t = 1.5 / (sqrt(5 / 3) / 2), 3 degrees of freedom.
        TTest test = TTest.Welch(new([1, 2, 3, 4]), new([1, 1]))!;
        Reference.AreClose(3, test.DegreesOfFreedom);
        Reference.AreClose(3 / Math.Sqrt(5.0 / 3), test.T);
        Assert.AreEqual(test.T, -TTest.Welch(new([1, 1]), new([1, 2, 3, 4]))!.T);
    }

    [TestMethod]
    public void A_margin_or_level_that_is_none_is_refused_even_where_there_is_no_test()
    {
        Assert.Contains("finite", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => TTest.Paired(Reference.Sleep, double.NaN)).Message);
        Assert.Contains("finite", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => TTest.Welch(new([1]), new([1]), double.PositiveInfinity)).Message);
        Assert.Contains("such as 0.95", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => TTest.Welch(new([1]), new([1]), level: 1)).Message);
    }

    [TestMethod]
    public void Swapping_the_sides_negates_t()
        => Property.Holds(Property.Accuracies, (first, second) =>
        {
            Mirrored(TTest.Welch(new(first), new(second), 2), TTest.Welch(new(second), new(first), -2));
            Mirrored(TTest.Paired(Pairs(first, second), 2), TTest.Paired(Pairs(second, first), -2));
        });

    [TestMethod]
    public void Shifting_both_sides_changes_nothing_and_shifting_one_is_shifting_the_margin()
        => Property.Holds(Property.Accuracies, (first, second) =>
        {
            double[] Shifted(double[] values) => [.. values.Select(v => v + 37.5)];
            Same(TTest.Welch(new(first), new(second), 1), TTest.Welch(new(Shifted(first)), new(Shifted(second)), 1));
            Same(TTest.Paired(Pairs(first, second), 1), TTest.Paired(Pairs(Shifted(first), Shifted(second)), 1));
            Assert.AreEqual(TTest.Welch(new(first), new(second), 1)?.P ?? 0, TTest.Welch(new(Shifted(first)), new(second), 38.5)?.P ?? 0, 1e-9);
            Assert.AreEqual(TTest.Paired(Pairs(first, second), 1)?.P ?? 0, TTest.Paired(Pairs(Shifted(first), second), 38.5)?.P ?? 0, 1e-9);
        });

    [TestMethod]
    public void The_p_value_fits_the_interval()
        => Property.Holds(Property.Accuracies, (first, second) =>
        {
            foreach (TTest test in new[] { TTest.Welch(new(first), new(second), 3), TTest.Paired(Pairs(first, second), 3) }.OfType<TTest>())
            {
                Assert.IsTrue(test.P is >= 0 and <= 1);
                Assert.AreEqual(test.P > 0.05, test.DifferenceInterval.Contains(3));
                Assert.IsTrue(test.NothingVaries || double.IsFinite(test.T!.Value));
            }
        });

    [TestMethod]
    public void Welchs_degrees_of_freedom_lie_between_the_smaller_groups_and_both_together()
        => Property.Holds(Property.Accuracies, (first, second) =>
        {
            if (TTest.Welch(new(first), new(second))?.DegreesOfFreedom is { } degrees)
            {
                Assert.IsTrue(degrees >= Math.Min(first.Length, second.Length) - 1 - 1e-9 && degrees <= first.Length + second.Length - 2 + 1e-9, $"{degrees}");
            }
        });

    /// <summary>Of 10,000 tests of a true hypothesis 5 % reject it, within four standard deviations of that share.</summary>
    [TestMethod]
    public void A_true_hypothesis_is_rejected_as_often_as_the_level_says()
    {
        const int Tests = 10_000;
        double[] noise = new double[Tests * 10];
        MathNet.Numerics.Distributions.Normal.Samples(new Random(1), noise, 0, 1);
        TTest[] tests = [.. noise.Chunk(10).Select(v => TTest.Welch(new(v[..5].Select(x => 2 + x)), new(v[5..]), margin: 2)!)];
        Assert.AreEqual(0.05, tests.Count(t => t.P <= 0.05) / (double)Tests, 0.0088);
    }

    private static PairedDifferences Pairs(double[] first, double[] second) => PairedDifferences.Between(Reference.BySeed(first), Reference.BySeed(second));

    private static void AreClose((double T, double Degrees, double P, double Lower, double Upper) expected, TTest test)
    {
        Reference.AreClose(expected.T, test.T);
        Reference.AreClose(expected.Degrees, test.DegreesOfFreedom);
        Reference.AreClose(expected.P, test.P, 1e-10);
        Reference.AreClose(expected.Lower, test.DifferenceInterval.Lower);
        Reference.AreClose(expected.Upper, test.DifferenceInterval.Upper);
    }

    private static void Mirrored(TTest? test, TTest? mirrored)
        => Same(test, mirrored is null ? null : mirrored with
        {
            Difference = -mirrored.Difference,
            T = -mirrored.T,
            DifferenceInterval = new(-mirrored.DifferenceInterval.Upper, -mirrored.DifferenceInterval.Lower, mirrored.DifferenceInterval.Level),
        });

    private static void Same(TTest? expected, TTest? actual)
    {
        Assert.AreEqual(Numbers(expected).Length, Numbers(actual).Length);
        foreach ((double? one, double? other) in Numbers(expected).Zip(Numbers(actual)))
        {
            Assert.AreEqual(one is null, other is null);
            Assert.IsTrue(one is not { } number || Math.Abs(number - other!.Value) <= 1e-9 * Math.Max(1, Math.Abs(number)), $"{expected} {actual}");
        }
    }

    private static double?[] Numbers(TTest? test)
        => test is null ? [] : [test.Difference, test.T, test.DegreesOfFreedom, test.P, test.DifferenceInterval.Lower, test.DifferenceInterval.Upper];
}

namespace BadMinima.Experiments.Tests.Statistics;

[TestClass]
public sealed class EffectSizeTests
{
    // d = a - b; print(d.mean() / d.std(ddof=1)), a and b the hours of sleep
    [TestMethod]
    public void Cohens_d_of_pairs_is_the_mean_over_the_deviation()
    {
        Reference.AreClose(-1.2845575625910546, EffectSize.CohenDz(Reference.Sleep));
        Assert.IsNull(EffectSize.CohenDz(PairedDifferences.Between(Reference.BySeed([3]), Reference.BySeed([1]))));
        Assert.IsNull(EffectSize.CohenDz(PairedDifferences.Between(Reference.BySeed([0.62, 0.72, 0.82]), Reference.BySeed([0.52, 0.62, 0.72]))), "Nothing but rounding varies.");
    }

    // from scipy.special import gammaln; m = len(x) + len(y) - 2; sp = np.sqrt(((len(x) - 1) * x.var(ddof=1) + (len(y) - 1) *
    // y.var(ddof=1)) / m)
    // print((x.mean() - y.mean()) / sp * np.exp(gammaln(m / 2) - gammaln((m - 1) / 2)) / np.sqrt(m / 2))   (scipy 1.10.1)
    [TestMethod]
    public void Hedges_g_is_the_corrected_difference_over_the_pooled_deviation()
    {
        Reference.AreClose(-0.7969352391911219, EffectSize.HedgesG(new(Reference.FirstDrug), new(Reference.SecondDrug)));
        Reference.AreClose(7.5049351503857675, EffectSize.HedgesG(new(Reference.RandomStart), new(Reference.AdversarialStart)));

        // Two values each, deviation 1 / sqrt(2) both: d = 2 sqrt(2), J(2) = Gamma(1) / Gamma(1 / 2) = 1 / sqrt(pi).
        Reference.AreClose(2 * Math.Sqrt(2 / Math.PI), EffectSize.HedgesG(new([2, 3]), new([0, 1])));
    }

    [TestMethod]
    public void Hedges_g_is_null_where_it_has_no_unit()
    {
        Assert.IsNull(EffectSize.HedgesG(new([1]), new([1, 2])));
        Assert.IsNull(EffectSize.HedgesG(new([1, 2]), new([1])));
        Assert.IsNull(EffectSize.HedgesG(new([1, 1]), new([2, 2, 2])));
        Assert.IsGreaterThan(0, EffectSize.HedgesG(new([1, 1]), new([0, 0.5]))!.Value);
    }

    [TestMethod]
    public void Swapping_the_sides_turns_the_sign_and_another_unit_changes_nothing()
        => Property.Holds(Property.Accuracies, (first, second) =>
        {
            Same(EffectSize.HedgesG(new(first), new(second)), -EffectSize.HedgesG(new(second), new(first)));
            Same(EffectSize.HedgesG(new(first), new(second)), EffectSize.HedgesG(new(InHundredths(first)), new(InHundredths(second))));
            Dictionary<int, double> a = Reference.BySeed(first);
            Dictionary<int, double> b = Reference.BySeed(second);
            Same(EffectSize.CohenDz(PairedDifferences.Between(a, b)), -EffectSize.CohenDz(PairedDifferences.Between(b, a)));
            Same(EffectSize.CohenDz(PairedDifferences.Between(a, b)), EffectSize.CohenDz(PairedDifferences.Between(Reference.BySeed(InHundredths(first)), Reference.BySeed(InHundredths(second)))));
        });

    private static double[] InHundredths(double[] values) => [.. values.Select(v => v / 100)];

    private static void Same(double? expected, double? actual)
    {
        Assert.AreEqual(expected is null, actual is null);
        Assert.IsTrue(expected is not { } number || Math.Abs(number - actual!.Value) <= 1e-9 * Math.Max(1, Math.Abs(number)), $"{expected} {actual}");
    }
}

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class PowerLawTests
{
    [TestMethod]
    public void Exact_points_give_their_exponent_without_an_error()
    {
        PowerLaw law = PowerLaw.Fit([(1, 3), (2, 3 * Math.Pow(2, -1.4)), (10, 3 * Math.Pow(10, -1.4))])!;
        Assert.AreEqual(-1.4, law.Exponent, 1e-12);
        Assert.AreEqual(0, law.StandardError, 1e-12);
        Assert.AreEqual(3, law.Factor, 1e-12);
        Assert.AreEqual(3 * Math.Pow(5, -1.4), law.At(5), 1e-12);
    }

    [TestMethod]
    public void The_standard_error_is_that_of_a_regression_line()
    {
        // log y = 0, 1, 1, 2 at log x = 0, 1, 2, 3: slope 0.6, residual sum of squares 0.2, and 0.2 / 2 / 5 = 0.02.
        PowerLaw law = PowerLaw.Fit([(1, 1), (Math.E, Math.E), (Math.Exp(2), Math.E), (Math.Exp(3), Math.Exp(2))])!;
        Assert.AreEqual(0.6, law.Exponent, 1e-12);
        Assert.AreEqual(Math.Sqrt(0.02), law.StandardError, 1e-12);
        Assert.AreEqual(4, law.Count);
        Interval interval = law.Interval();
        Assert.AreEqual(4.302653 * Math.Sqrt(0.02), (interval.Upper - interval.Lower) / 2, 1e-5);
    }

    [TestMethod]
    public void What_has_no_line_has_none_and_numbers_not_above_0_are_refused()
    {
        Assert.IsNull(PowerLaw.Fit([(1, 1), (2, 2)]));
        Assert.IsNull(PowerLaw.Fit([(2, 1), (2, 2), (2, 3)]));
        Assert.ThrowsExactly<ArgumentException>(() => PowerLaw.Fit([(1, 1), (2, 0), (3, 3)]));
        Assert.ThrowsExactly<ArgumentException>(() => PowerLaw.Fit([(1, 1), (-2, 1), (3, 3)]));
        Assert.ThrowsExactly<ArgumentException>(() => PowerLaw.Fit([(1, 1), (2, double.NaN), (3, 3)]));
    }
}

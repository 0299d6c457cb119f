namespace BadMinima.MLNet.Tests;

[TestClass]
public sealed class RandomSequenceTests
{
    private const int Count = 100_000;

    [TestMethod]
    public void Normal_numbers_are_distributed_normally()
    {
        var sequence = RandomSequence.From(CounterRandom.Create(1));
        double[] numbers = [.. Enumerable.Range(0, Count).Select(_ => sequence.Normal()).Order()];
        Assert.AreEqual(0, numbers.Average(), 0.015);
        Assert.AreEqual(1, numbers.Average(x => x * x), 0.02);
        Assert.AreEqual(3, numbers.Average(x => x * x * x * x), 0.12);

        // Kolmogorov-Smirnov: 1.95 / sqrt(n) is the 0.1 % point, and the seed is fixed.
        Assert.IsLessThan(1.95 / Math.Sqrt(Count), Distance(numbers, NormalDistribution));
    }

    [TestMethod]
    public void Normal_numbers_are_the_same_on_every_platform()
    {
        // Written down once; a change here changes every drawn point.
        var sequence = RandomSequence.From(CounterRandom.Create(7));
        long[] bits = [.. Enumerable.Range(0, 4).Select(_ => BitConverter.DoubleToInt64Bits(sequence.Normal()))];
        CollectionAssert.AreEqual(new[] { 4610084993988787995, 4605687875358460996, -4640315718032390016, -4624118034850983572 }, bits, string.Join(", ", bits));
    }

    [TestMethod]
    [DataRow(0.2)]
    [DataRow(1.0)]
    [DataRow(4.0)]
    public void Beta_numbers_have_their_mean_and_variance(double alpha)
    {
        var sequence = RandomSequence.From(CounterRandom.Create(2));
        double[] numbers = [.. Enumerable.Range(0, Count).Select(_ => sequence.Beta(alpha)).Order()];
        Assert.IsTrue(numbers.All(x => x is >= 0 and <= 1));
        Assert.AreEqual(0.5, numbers.Average(), 0.005);
        Assert.AreEqual(1 / (4 * (2 * alpha + 1)), numbers.Average(x => (x - 0.5) * (x - 0.5)), 0.002);
        if (alpha == 1)
        {
            Assert.IsLessThan(1.95 / Math.Sqrt(Count), Distance(numbers, x => x));
        }
    }

    [TestMethod]
    public void A_tiny_alpha_gives_0_or_1_and_never_nothing()
    {
        var sequence = RandomSequence.From(CounterRandom.Create(3));
        double[] numbers = [.. Enumerable.Range(0, 1000).Select(_ => sequence.Beta(1e-4))];
        Assert.IsTrue(numbers.All(x => x is >= 0 and <= 1), "also where both Gamma numbers are too small for a double");
        Assert.AreEqual(500, numbers.Count(x => x > 0.5), 60.0);
        Assert.IsGreaterThan(990, numbers.Count(x => x is < 1e-3 or > 1 - 1e-3));
    }

    private static double Distance(double[] sorted, Func<double, double> distribution)
        => sorted.Index().Max(n => Math.Max(distribution(n.Item) - (double)n.Index / sorted.Length, (n.Index + 1.0) / sorted.Length - distribution(n.Item)));

    /// <summary>Phi(x), by the series of the error function, good to 1e-9 for |x| up to 5.</summary>
    private static double NormalDistribution(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < 200; n++)
        {
            term *= x * x / (2 * n + 1);
            sum += term;
        }

        return 0.5 + sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
    }
}

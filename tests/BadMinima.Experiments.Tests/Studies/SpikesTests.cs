namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class SpikesTests
{
    [TestMethod]
    public void The_derivative_is_that_of_the_function()
    {
        for (double x = -3.5; x < 3.5; x += 0.013)
        {
            Assert.AreEqual((Spikes.Value(x + 1e-6) - Spikes.Value(x - 1e-6)) / 2e-6, Spikes.Derivative(x), 1e-5, $"{x}");
        }
    }

    [TestMethod]
    public void Convolved_with_as_much_as_the_spikes_are_apart_only_the_bowl_is_left()
    {
        foreach (double half in new[] { Spikes.Spacing / 2, Spikes.Spacing })
        {
            Assert.AreEqual(1, Spikes.OnePointConvexity(half), 1e-6);
            Assert.AreEqual(2.5, Spikes.ConvolvedDerivative(2.5, half), 1e-6);
        }

        Assert.IsLessThan(0, Spikes.OnePointConvexity(0));
        Assert.IsLessThan(0, Spikes.OnePointConvexity(0.1));
    }

    [TestMethod]
    public void The_convolved_derivative_is_that_of_the_convolved_function_and_the_mean_of_the_derivative()
    {
        foreach ((double y, double half) in new[] { (0.3, 0.2), (1.1, 0.4), (-2.2, 0.05) })
        {
            double expected = Enumerable.Range(0, 2_000).Average(i => Spikes.Derivative(y + half * ((2 * i + 1.0) / 2_000 - 1)));
            Assert.AreEqual(expected, Spikes.ConvolvedDerivative(y, half), 1e-4);
            Assert.AreEqual((Spikes.Convolved(y + 1e-4, half) - Spikes.Convolved(y - 1e-4, half)) / 2e-4, Spikes.ConvolvedDerivative(y, half), 1e-3);
        }
    }

    [TestMethod]
    public void Gradient_descent_ends_in_a_spike_and_SGD_gets_through()
    {
        SpikeNumbers numbers = Spikes.Run(new() { Widths = [0, 4, 8], Starts = 5, Steps = 4_000 }, seed: 1, _ => { }, default);
        Assert.IsGreaterThan(1.5, numbers.Distances[0]);
        Assert.IsLessThan(1, numbers.Distances[1]);
        Assert.IsLessThan(1, numbers.Distances[2]);
    }

    [TestMethod]
    public void What_is_not_allowed_is_refused()
    {
        foreach ((string settings, string message) in new[]
        {
            ("\"rate\": 0", "\"spikes\": rate is 0; allowed is more than 0 and less than 2, beyond which x runs off."),
            ("\"widths\": [1, 2]", "allowed are numbers of at least 0, each once, and 0 among them"),
            ("\"widths\": [0, 64]", "the convolved function nearly flat there."),
            ("\"steps\": 1", "steps is 1; allowed is at least 2."),
        })
        {
            Assert.Contains(
                message,
                Assert.ThrowsExactly<InvalidDataException>(() => Sweeping.Read($"{{ \"spikes\": {{ {settings} }} }}"), settings).Message);
        }
    }
}

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class OnePointTests
{
    private static readonly OnePointSettings Small = new() { Train = 60, Test = 60, Epochs = 4, Draws = 2, Every = 2 };

    [TestMethod]
    public void It_looks_along_both_paths_towards_both_ends()
    {
        OnePointNumbers numbers = new OnePoint(Small, seed: 1).Run(_ => { }, default);
        foreach (OnePointRun run in new[] { numbers.Vanilla, numbers.Regularized })
        {
            CollectionAssert.AreEqual(new[] { 0, 1, 2, 3 }, run.Points.Select(p => p.Epoch).ToArray());
            CollectionAssert.AreEqual(new[] { true, false, true, false }, run.Points.Select(p => p.ToVanilla.Neighborhood is not null).ToArray());
            Assert.IsTrue(run.Points.All(p => Math.Abs(p.ToVanilla.Cosine) <= 1 && Math.Abs(p.ToRegularized.Cosine) <= 1));
        }

        // Both begin at the same weights.
        Assert.AreEqual(numbers.Vanilla.Points[0].ToVanilla, numbers.Regularized.Points[0].ToVanilla);
        Assert.AreEqual(numbers.Vanilla.Points[0].ToRegularized, numbers.Regularized.Points[0].ToRegularized);
        Assert.IsLessThan(numbers.Vanilla.Points[0].ToVanilla.Distance, numbers.Vanilla.Points[^1].ToVanilla.Distance);
    }

    [TestMethod]
    public void What_is_not_allowed_is_refused()
    {
        foreach ((string settings, string message) in new[]
        {
            ("\"architecture\": \"lenett\"", "architecture is lenett; allowed is one of `badminima models`."), ("\"radius\": 0", "radius is 0; allowed is more than 0."),
            ("\"epochs\": 1", "epochs is 1; allowed is at least 2."), ("\"draws\": -1", "draws is -1; allowed is at least 0."),
        })
        {
            Assert.Contains(
                message,
                Assert.ThrowsExactly<InvalidDataException>(() => Sweeping.Read($"{{ \"onePoint\": {{ {settings} }} }}"), settings).Message);
        }
    }
}

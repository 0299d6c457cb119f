
namespace BadMinima.MLNet.Tests;

[TestClass]
public sealed class CounterRandomTests
{
    [TestMethod]
    public void The_same_key_and_counter_give_the_same_number_on_every_platform()
    {
        // Written down once; a change here silently changes every seeded result of every user.
        CounterRandom random = CounterRandom.Create(42).Stream(7);
        Assert.AreEqual(2127657711484254184UL, random.Bits(3));
        Assert.AreNotEqual(random.Bits(3), random.Bits(4));
        Assert.AreNotEqual(random.Bits(3), CounterRandom.Create(43).Stream(7).Bits(3));
        Assert.AreNotEqual(random.Bits(3), CounterRandom.Create(42).Stream(8).Bits(3));
    }

    [TestMethod]
    public void Draws_below_a_bound_are_uniform()
    {
        // Chi-squared with 9 degrees of freedom: 27.9 is the 0.1 % point, and the seed is fixed.
        int[] counts = new int[10];
        CounterRandom random = CounterRandom.Create(1);
        for (ulong i = 0; i < 100_000; i++)
        {
            counts[random.Below(i, 10)]++;
        }

        double chiSquared = counts.Sum(c => (c - 10_000.0) * (c - 10_000.0) / 10_000.0);
        Assert.IsLessThan(27.9, chiSquared);
    }

    [TestMethod]
    public void A_permutation_holds_every_number_once_and_every_place_is_equally_likely()
    {
        int[] sums = new int[5];
        for (ulong i = 0; i < 10_000; i++)
        {
            int[] permutation = CounterRandom.Create(3).Stream(i).Permutation(5);
            CollectionAssert.AreEquivalent(new[] { 0, 1, 2, 3, 4 }, permutation);
            sums[permutation[0]]++;
        }

        Assert.IsTrue(sums.All(s => s is > 1850 and < 2150), string.Join(" ", sums));
    }
}

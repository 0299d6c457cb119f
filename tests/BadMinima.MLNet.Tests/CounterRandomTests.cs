
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

    [TestMethod]
    public void A_sample_holds_different_numbers_and_each_ordered_pair_is_equally_likely()
    {
        // Chi-squared with 19 degrees of freedom: 43.8 is the 0.1 % point, and the seed is fixed.
        Dictionary<(int, int), int> counts = [];
        for (ulong i = 0; i < 20_000; i++)
        {
            int[] sample = CounterRandom.Create(5).Stream(i).Sample(2, 5);
            counts[(sample[0], sample[1])] = counts.GetValueOrDefault((sample[0], sample[1])) + 1;
        }

        Assert.HasCount(20, counts);
        Assert.IsTrue(counts.Keys.All(pair => pair.Item1 != pair.Item2 && pair is { Item1: >= 0 and < 5, Item2: >= 0 and < 5 }));
        Assert.IsLessThan(43.8, counts.Values.Sum(c => (c - 1000.0) * (c - 1000.0) / 1000.0));
    }

    [TestMethod]
    public void A_sample_of_all_is_a_permutation_and_of_few_among_many_takes_no_room_for_all()
    {
        foreach (int count in (int[])[0, 1, 2, 17])
        {
            CollectionAssert.AreEquivalent(Enumerable.Range(0, count).ToArray(), CounterRandom.Create(6).Sample(count, count));
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.AreEqual(3, CounterRandom.Create(6).Sample(3, int.MaxValue).Distinct().Count());
        Assert.IsLessThan(10_000, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => CounterRandom.Create(6).Sample(4, 3));
    }
}

namespace BadMinima.MLNet.Tests.Training;

[TestClass]
public sealed class MixingMatrixTests
{
    [TestMethod]
    public void Rows_and_columns_sum_to_one_and_no_weight_is_negative()
    {
        foreach (AveragingGraph graph in Enum.GetValues<AveragingGraph>())
        {
            foreach (int n in Enumerable.Range(1, 40).Where(n => graph.Takes(n)))
            {
                for (long step = 0; step < 7; step++)
                {
                    MixingMatrix w = MixingMatrix.Of(graph, n, step);
                    Assert.AreEqual(n, w.Workers);
                    for (int i = 0; i < n; i++)
                    {
                        Assert.AreEqual(1, Enumerable.Range(0, n).Sum(j => w[i, j]), 1e-12, $"{graph} {n} row {i}");
                        Assert.AreEqual(1, Enumerable.Range(0, n).Sum(j => w[j, i]), 1e-12, $"{graph} {n} column {i}");
                        Assert.IsTrue(Enumerable.Range(0, n).All(j => w[i, j] >= 0));
                        CollectionAssert.AreEqual(Enumerable.Range(0, n).Where(j => w[i, j] > 0).ToArray(), w.Sources(i).ToArray());
                        CollectionAssert.AreEqual(Enumerable.Range(0, n).Where(j => w[j, i] > 0).ToArray(), w.Targets(i).ToArray());
                    }
                }
            }
        }
    }

    [TestMethod]
    [DataRow(4)]
    [DataRow(5)]
    [DataRow(20)]
    [DataRow(50)]
    [DataRow(100)]
    public void Beta_of_the_ring_is_that_of_its_eigenvalues(int n)
    {
        Assert.AreEqual((1 + 2 * Math.Cos(2 * Math.PI / n)) / 3, MixingMatrix.Of(AveragingGraph.Ring, n).Beta, 1e-9);
        Assert.AreEqual(0, MixingMatrix.Of(AveragingGraph.Full, n).Beta, 1e-12);

        // Circulant: its singular values are the moduli of the Fourier transform of its offsets.
        int[] offsets = [0, .. Enumerable.Range(0, 10).Select(p => 1 << p).TakeWhile(o => o < n)];
        double exponential = Enumerable.Range(1, n - 1).Max(k => System.Numerics.Complex.Abs(offsets
            .Aggregate(System.Numerics.Complex.Zero, (sum, o) => sum + System.Numerics.Complex.FromPolarCoordinates(1.0 / offsets.Length, 2 * Math.PI * k * o / n))));
        Assert.AreEqual(exponential, MixingMatrix.Of(AveragingGraph.Exponential, n).Beta, 1e-9);
    }

    [TestMethod]
    public void A_grid_of_two_times_two_is_a_square_and_its_beta_a_third()
    {
        MixingMatrix w = MixingMatrix.Of(AveragingGraph.Grid, 4);
        foreach ((int j, double expected) in new[] { (0, 1.0 / 3), (1, 1.0 / 3), (2, 1.0 / 3), (3, 0) })
        {
            Assert.AreEqual(expected, w[0, j], 1e-12);
        }

        Assert.AreEqual(1.0 / 3, w.Beta, 1e-9);
        Assert.AreEqual(MixingMatrix.Of(AveragingGraph.Ring, 4).Beta, w.Beta, 1e-9);
    }

    [TestMethod]
    public void Betas_of_grids_and_of_one_peer_are_those_of_their_eigenvalues()
    {
        foreach ((int n, double beta) in new[] { (3, 2.0 / 3), (6, 3.0 / 4), (8, (2 + Math.Sqrt(2)) / 4) })
        {
            Assert.AreEqual(beta, MixingMatrix.Of(AveragingGraph.Grid, n).Beta, 1e-9, $"grid of {n}");
        }

        // Half of one's own and half of another's: (1 + e^(i a)) / 2, of modulus cos(a / 2); a circle of n for the next, several for others.
        Assert.AreEqual(Math.Cos(Math.PI / 8), MixingMatrix.Of(AveragingGraph.OnePeer, 8).Beta, 1e-9);
        Assert.AreEqual(1, MixingMatrix.Of(AveragingGraph.OnePeer, 8, 1).Beta, 1e-9);
        foreach (int t in new[] { 2, 3, 4 })
        {
            Assert.AreEqual((t - 1.0) / (t + 1), MixingMatrix.Of(AveragingGraph.Exponential, 1 << t).Beta, 1e-9, $"2^{t}, exponential");
        }
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(8)]
    [DataRow(16)]
    public void One_peer_a_step_has_averaged_all_after_as_many_steps_as_n_has_bits(int n)
    {
        double[] values = [.. Enumerable.Range(0, n).Select(i => (double)(i * i))];
        double mean = values.Average();
        for (int step = 0; step < int.Log2(n); step++)
        {
            Assert.IsGreaterThan(1e-9, values.Max(v => Math.Abs(v - mean)));
            MixingMatrix w = MixingMatrix.Of(AveragingGraph.OnePeer, n, step);
            Assert.HasCount(2, w.Sources(0));
            values = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Sum(j => w[i, j] * values[j]))];
        }

        Assert.IsTrue(Array.TrueForAll(values, v => Math.Abs(v - mean) < 1e-9));
    }

    [TestMethod]
    public void What_a_graph_does_not_take_is_refused()
    {
        Assert.Contains("no prime number above 3", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => MixingMatrix.Of(AveragingGraph.Grid, 7)).Message);
        Assert.Contains("a power of two", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => MixingMatrix.Of(AveragingGraph.OnePeer, 12)).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => MixingMatrix.Of(AveragingGraph.Ring, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => MixingMatrix.Of(AveragingGraph.Ring, 3, -1));
    }
}

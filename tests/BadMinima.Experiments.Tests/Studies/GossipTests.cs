using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class GossipTests
{
    private static readonly GossipSettings Small = new() { Nodes = [16], Examples = 200, Steps = 2_000, HalfAfter = 100, Period = 8, BatchSize = 8, Dimensions = 4 };

    [TestMethod]
    public void At_the_minimum_the_gradient_of_all_examples_is_zero()
    {
        CounterRandom random = CounterRandom.Create(3);
        double[][] examples = [.. Enumerable.Range(0, 5).Select(i => Enumerable.Range(0, 300).Select(m => 2 * random.Stream((ulong)i).Uniform((ulong)m) - 0.9).ToArray())];
        double[] minimum = GossipRegression.Minimum(examples, 3);
        double[] gradient = new double[3];
        foreach (double[] rows in examples)
        {
            for (int start = 0; start < rows.Length; start += 3)
            {
                double wrong = 1 / (1 + Math.Exp(Enumerable.Range(0, 3).Sum(d => rows[start + d] * minimum[d])));
                for (int d = 0; d < 3; d++)
                {
                    gradient[d] -= wrong * rows[start + d];
                }
            }
        }

        Assert.IsLessThan(1e-8, gradient.Max(Math.Abs));
    }

    [TestMethod]
    public void On_the_full_graph_gossip_is_parallel_SGD_and_on_a_ring_it_comes_up_with_it_later_than_with_global_averages()
    {
        GossipNumbers full = GossipRegression.Run(Small with { Graph = AveragingGraph.Full }, 1, _ => { }, default);
        for (int i = 0; i < GossipRegression.Places; i++)
        {
            Assert.AreEqual(full.Parallel[i], full.Gossip[i], 1e-9);
        }

        GossipNumbers ring = GossipRegression.Run(Small, 1, _ => { }, default);
        CollectionAssert.AreEqual(full.Parallel.ToArray(), ring.Parallel.ToArray());
        Assert.IsGreaterThan(ring.PeriodicGlobal.Sum(), ring.Gossip.Sum());
        Assert.IsGreaterThan(ring.Parallel.Sum(), ring.PeriodicGlobal.Sum());
    }

    [TestMethod]
    public void The_transient_stage_ends_where_a_curve_stays_within_the_factor()
    {
        double[] parallel = [1, 1, 1, 1];
        Assert.AreEqual(0, GossipRegression.Transient([1, 1.05, 1, 1], parallel, 400, 1.1));
        Assert.AreEqual(300, GossipRegression.Transient([9, 1, 2, 1], parallel, 400, 1.1));
        Assert.IsNull(GossipRegression.Transient([1, 1, 1, 2], parallel, 400, 1.1));
    }

    [TestMethod]
    [DataRow(Decision.Supported, 0, 0, 5_000, 400, double.PositiveInfinity, 900)]
    [DataRow(Decision.NotDecided, 0, 300, 5_000, 400, double.PositiveInfinity, 900)]
    [DataRow(Decision.NotDecided, 0, 0, 300, 300, 600, 600)]
    [DataRow(Decision.Contradicted, 0, 0, 400, 5_000, 900, double.PositiveInfinity)]
    public void The_verdict_asks_for_never_later_and_earlier_on_the_largest_graph(
        Decision decision, double gossip20, double global20, double gossip50, double global50, double gossip100, double global100)
    {
        Verdict verdict = GossipKind.Judge([(20, gossip20, global20, 1), (50, gossip50, global50, 2), (100, gossip100, global100, 3)]);
        Assert.AreEqual(decision, verdict.Decision);
        Assert.AreEqual(
            Decision.NotDecided, GossipKind.Judge([(20, 5_000, 400, 3), (50, 9_000, 900, 2)]).Decision, "it comes no nearer on the larger");
        Assert.EndsWith("It needs two sizes.", GossipKind.Judge([(20, 5_000, 400, 3)]).Finding);
    }

    [TestMethod]
    [DataRow("\"nodes\": [1]", "nodes are 1; allowed are numbers of at least 2, each once.")]
    [DataRow("\"nodes\": [20, 20]", "nodes are 20, 20; allowed are numbers of at least 2, each once.")]
    [DataRow("\"nodes\": [7], \"graph\": \"grid\"", "nodes is 7; allowed is another number: For Grid: a grid takes no prime number above 3.")]
    [DataRow("\"period\": 1", "period is 1; allowed is at least 2.")]
    [DataRow("\"heterogeneity\": -1", "heterogeneity is -1; allowed is at least 0.")]
    [DataRow("\"steps\": 50", "steps is 50; allowed is at least 100.")]
    public void What_is_not_allowed_is_refused(string settings, string message)
        => Assert.Contains(message, Assert.ThrowsExactly<InvalidDataException>(() => Sweeping.Read($"{{ \"gossip\": {{ {settings} }} }}")).Message);
}

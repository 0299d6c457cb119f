using BadMinima.Reporting;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class MeasureBenchTests
{
    [TestMethod]
    public void A_measure_that_knows_has_the_area_1_its_opposite_0_and_what_is_always_the_same_a_half()
    {
        MeasureBench bench = new(Networks(network => new() { ["knows"] = -network, ["not"] = network, ["same"] = 3 }));
        Assert.AreEqual(1, Score("knows").Area.Mean, 1e-9);
        Assert.AreEqual(1, Score("knows").Correlation!.Mean, 1e-9);
        Assert.AreEqual(0, Score("not").Area.Mean, 1e-9);
        Assert.AreEqual(-1, Score("not").Correlation!.Mean, 1e-9);
        Assert.AreEqual(0.5, Score("same").Area.Mean, 1e-9);
        Assert.IsNull(Score("same").Correlation);
        Assert.AreEqual("knows", bench.Measures[0].Name);

        MeasureScore Score(string name) => bench.Measures.Single(s => s.Name == name);
    }

    [TestMethod]
    public void Of_a_measure_whose_source_says_that_less_is_bad_less_is_bad()
    {
        MeasureBench bench = new(Networks(accuracy => new() { ["margin"] = accuracy }));
        Assert.AreEqual(1, bench.Measures.Single().Area.Mean, 1e-9);
    }

    [TestMethod]
    public void Measures_together_are_tested_on_data_and_networks_that_they_were_not_trained_on()
    {
        // By rank within a kind each tells; by itself it does not: in one kind all numbers are above those of another.
        MeasureBench bench = new(Networks((accuracy, kind) => new() { ["a"] = 100 * kind - accuracy, ["b"] = 50 * kind - accuracy }));
        Assert.AreEqual(1, bench.Together[0].Area.Mean, 1e-9);
        Assert.HasCount(4, bench.Together[0].ByKind);
        Assert.AreEqual(Decision.Supported, BenchPage.Verdict(bench).Decision);

        // What is right in one kind and wrong in the others is learned from the others.
        MeasureBench opposite = new(Networks((accuracy, kind) => new() { ["a"] = kind == 0 ? accuracy : -accuracy }));
        Assert.AreEqual(0, opposite.Together[0].ByKind.Single(k => k.Kind == "d0 n0").Area, 1e-9);
        Assert.AreEqual(Decision.NotDecided, BenchPage.Verdict(new(Networks(a => new() { ["a"] = a }).Where(n => n.Data == "d0").ToArray())).Decision);
    }

    [TestMethod]
    public void What_does_not_fit_or_has_nothing_beside_it_is_left_out_and_said()
    {
        MeasuredNetwork[] networks = [.. Networks(a => new() { ["a"] = -a })];
        networks[1] = networks[1] with { TrainAccuracy = 0.98 };
        networks[2] = networks[2] with { Seed = 77 };
        MeasureBench bench = new(networks);
        Assert.AreEqual((1, 1, networks.Length - 2), (bench.Unfitted, bench.WithoutReference, bench.Count));
        Assert.Contains("1 networks that do not fit, 1 without plain SGD", BenchPage.Table(bench).Note!);
        Assert.Contains(
            "of 32 networks 32 fit",
            Assert.Throws<InvalidDataException>(() => new MeasureBench([.. Networks(_ => []).Select(n => n with { TestAccuracy = 0.5 })])).Message);
    }

    [TestMethod]
    public void What_is_not_known_of_every_network_is_in_no_combination_and_that_is_said()
    {
        MeasuredNetwork[] networks = [.. Networks(a => new() { ["a"] = -a, ["b"] = a })];
        Assert.DoesNotContain("without", BenchPage.Table(new(networks)).Note!);
        networks[3] = networks[3] with { Measures = new Dictionary<string, double> { ["a"] = 1 } };
        MeasureBench bench = new(networks);
        CollectionAssert.AreEqual(new[] { "b" }, bench.NotTogether);
        Assert.Contains("without b, which not all networks have", BenchPage.Table(bench).Note!);
    }

    [TestMethod]
    public void A_zoos_file_is_read_as_it_was_written()
    {
        using TemporaryFolder folder = new();
        MeasuredNetwork[] networks = [.. Networks(a => a > 0.6 ? new() { ["knows"] = -a, ["other, by hand"] = 2 } : new() { ["knows"] = -a })];
        networks[3] = networks[3] with { Measures = new Dictionary<string, double>() };
        networks[4] = networks[4] with { Measures = Enumerable.Range(0, 40).ToDictionary(i => $"one of many {i}", i => i / 3.0) };
        string file = folder.File("zoo.csv");
        File.WriteAllText(file, MeasuredNetwork.Table(networks).ToCsv());
        IReadOnlyList<MeasuredNetwork> read = MeasuredNetwork.Read(file);
        Assert.AreEqual(networks.Length, read.Count);
        foreach ((MeasuredNetwork written, MeasuredNetwork again) in networks.Zip(read))
        {
            Assert.AreEqual(written with { Measures = again.Measures }, again);
            CollectionAssert.AreEquivalent(written.Measures.ToArray(), again.Measures.ToArray());
        }
    }

    [TestMethod]
    [DataRow("", "no head line")]
    [DataRow("data,network,seed,start,recipe,rate,trainAccuracy\n", "no column 'testAccuracy'")]
    [DataRow("data,network,seed,start,recipe,rate,trainAccuracy,testAccuracy\n", "a head line and no networks")]
    [DataRow("data,network,seed,start,recipe,rate,trainAccuracy,testAccuracy,a,a\n", "the column 'a' more than once")]
    [DataRow("data,network,seed,start,recipe,rate,trainAccuracy,testAccuracy,a\nd,n,1,random,vanilla,1,1,1,x\n", "network 1: a is 'x'; allowed is a number")]
    [DataRow("data,network,seed,start,recipe,rate,trainAccuracy,testAccuracy,a\nd,n,1,random,vanilla,1,1,,2\n", "network 1: testAccuracy is ''")]
    [DataRow("data,network,seed,start,recipe,rate,trainAccuracy,testAccuracy,a\nd,n,1,random,vanilla,1,1,0.5,2\n", "no data set and network has at least 3 bad and 3 good ones")]
    [DataRow("data,network,seed,start,recipe,rate,trainAccuracy,testAccuracy,a\nd,n,1,random,vanilla,1,1,0.5,2", "does not end with the end of a line")]
    [DataRow("data,network,seed,start,recipe,rate,trainAccuracy,testAccuracy,a,b\nd,n,1,random,vanilla,1,1,0.5,2\n", "network 1: it has 9 fields, and the head line has 10")]
    [DataRow("data,network,seed,start,recipe,rate,trainAccuracy,testAccuracy,a\nd,n,1,random,vanilla,1,1,0.5,2,\n", "network 1: it has 10 fields, and the head line has 9")]
    [DataRow("data,network,seed,start,recipe,rate,trainAccuracy,testAccuracy,a\n\"d,n,1,random,vanilla,1,1,0.5,2\n", "its line 2 has a quote that does not end")]
    public void What_is_no_zoo_is_refused_with_where(string text, string message)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("zoo.csv"), text);
        Result result = Command.Run("bench-measure", folder.File("zoo.csv"));
        Assert.AreEqual(2, result.Code);
        Assert.Contains(message, result.All);
    }

    [TestMethod]
    public void Taus_by_hand()
    {
        Assert.AreEqual(1.0 / 3, Kendall.Tau([(1, 1), (2, 3), (3, 2)])!.Value, 1e-12);

        // Ties: 2 of 3 pairs untied in x, all in y, both concordant.
        Assert.AreEqual(2 / Math.Sqrt(6), Kendall.Tau([(1, 1), (1, 2), (2, 3)])!.Value, 1e-12);
        Assert.IsNull(Kendall.Tau([(1, 1), (1, 2)]));
        Assert.IsNull(Kendall.Tau([(1, 1)]));
    }

    [TestMethod]
    public void Bootstraps_hold_the_tau_and_are_the_same_each_time()
    {
        (double, double)[] points = [.. Enumerable.Range(0, 30).Select(i => ((double)i, i + 10 * Math.Sin(7 * i)))];
        double tau = Kendall.Tau(points)!.Value;
        Interval interval = Kendall.Bootstrap(points)!.Value;
        Assert.IsTrue(interval.Lower < tau && tau < interval.Upper && interval.Lower > 0 && interval.Upper < 1);
        Assert.AreEqual(interval, Kendall.Bootstrap(points));
        Assert.IsLessThan(interval.Upper - interval.Lower, Kendall.Bootstrap(points, 0.5)!.Value.Upper - Kendall.Bootstrap(points, 0.5)!.Value.Lower);
        Assert.AreEqual((1.0, 1.0), (Kendall.Bootstrap([(1, 1), (2, 2), (3, 3)])!.Value.Lower, Kendall.Bootstrap([(1, 1), (2, 2), (3, 3)])!.Value.Upper));
        Assert.IsNull(Kendall.Bootstrap([(1, 1), (2, 2)]));
    }

    private static MeasuredNetwork[] Networks(Func<double, Dictionary<string, double>> measures)
        => Networks((accuracy, _) => measures(accuracy));

    /// <summary>Two data sets by two networks, with two seeds of four networks each: test accuracies from 0.8, plain SGD's, to 0.5.</summary>
    private static MeasuredNetwork[] Networks(Func<double, int, Dictionary<string, double>> measures)
        =>
        [
            .. from kind in Enumerable.Range(0, 4)
               from seed in Enumerable.Range(1, 2)
               from place in Enumerable.Range(0, 4)
               let accuracy = 0.8 - 0.1 * (place > 1 ? place : 0) - 0.01 * (place == 1 ? 1 : 0) - 0.001 * seed
               select new MeasuredNetwork(
                   $"d{kind / 2}", $"n{kind % 2}", seed, place == 0 ? "random" : "adversarial", place == 0 ? "vanilla" : "l2", 0.1, 1, accuracy,
                   measures(accuracy, kind)),
        ];
}

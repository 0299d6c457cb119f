using BadMinima.MLNet;
using BadMinima.Reporting;
using MathNet.Numerics.Statistics;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>
/// Logistic regression by nodes on a graph: how long gossip, local SGD and gossip with periodic global averaging take to come up with
/// parallel SGD (Chen et al.: Accelerating Gossip SGD with Periodic Global Averaging, ICML 2021, whose toy it follows; the scale of its
/// features, how its nodes differ, its rates and batches are unverified).
/// </summary>
internal sealed class GossipKind : StudyKind<GossipSettings, GossipNumbers>
{
    // The transient stage is over where the error stays within so much of parallel SGD's.
    private const double Factor = 2;
    private const int Resamples = 1_000;

    private static readonly (string Name, Func<GossipNumbers, IReadOnlyList<double>> Curve)[] Methods =
    [
        ("parallel SGD", n => n.Parallel), ("local SGD", n => n.Local), ("gossip SGD", n => n.Gossip),
        ("gossip with periodic global averaging", n => n.PeriodicGlobal),
    ];

    public override string Property => "gossip";

    public override string Plural => "studies of gossip";

    protected override string Description => "Logistic regression by nodes on a graph (Chen et al. 2021), besides.";

    protected override int DefaultSeeds => 10;

    protected override double Work(GossipSettings settings) => 200.0 * settings.Nodes.Max();

    protected override double Seconds(GossipSettings settings)
        => 4 * settings.Nodes.Sum() * (double)settings.Steps * settings.BatchSize * (2e-8 + 2e-9 * settings.Dimensions);

    protected override IEnumerable<GossipSettings> Divided(GossipSettings settings)
        => settings.Nodes.Select(nodes => settings with { Nodes = [nodes] });

    protected override string TitleOf(GossipSettings settings, int seed) => $"{Property} {settings.Nodes[0]} nodes seed {seed}";

    protected override void Validate(GossipSettings settings)
    {
        Require(
            settings.Nodes.Length > 0 && settings.Nodes.Distinct().Count() == settings.Nodes.Length
                && Array.TrueForAll(settings.Nodes, n => n >= 2),
            $"nodes are {string.Join(", ", settings.Nodes)}; allowed are numbers of at least 2, each once.");
        foreach (int nodes in settings.Nodes)
        {
            try
            {
                MixingMatrix.Of(settings.Graph, nodes);
            }
            catch (ArgumentOutOfRangeException e)
            {
                throw new NotAllowedException($"nodes is {nodes}; allowed is another number: {e.Message.Split(" (Parameter")[0]}");
            }
        }

        Require(settings.Period >= 2, $"period is {settings.Period}; allowed is at least 2.");
        Require(settings.Dimensions is >= 1 and <= 1000, $"dimensions is {settings.Dimensions}; allowed is 1 to 1,000.");
        Require(settings.Examples >= 1, $"examples is {settings.Examples}; allowed is at least 1.");
        Require(settings.BatchSize >= 1, $"batchSize is {settings.BatchSize}; allowed is at least 1.");
        Require(settings.Steps >= GossipRegression.Places, $"steps is {settings.Steps}; allowed is at least {GossipRegression.Places}.");
        Require(settings.Rate > 0, $"rate is {settings.Rate}; allowed is more than 0.");
        Require(settings.HalfAfter >= 1, $"halfAfter is {settings.HalfAfter}; allowed is at least 1.");
        Require(settings.Heterogeneity >= 0, $"heterogeneity is {settings.Heterogeneity}; allowed is at least 0.");
    }

    protected override GossipNumbers Compute(GossipSettings settings, StudyRun run)
        => GossipRegression.Run(settings, run.Seed, run.Progress, run.Cancellation);

    protected override string Line(GossipNumbers numbers)
        => string.Join(", ", Methods.Select(m => $"{m.Name} {m.Curve(numbers)[^1]:0.0e0}"));

    protected override StudyPart Part(string name, GossipSettings settings, IReadOnlyList<(int Seed, GossipNumbers Numbers)> results)
        => Parts([new(name, settings, results)]).Single();

    protected override IEnumerable<StudyPart> Parts(IReadOnlyList<StudyItem<GossipSettings, GossipNumbers>> items)
    {
        foreach (IGrouping<GossipSettings, StudyItem<GossipSettings, GossipNumbers>> group in items
            .GroupBy(item => item.Settings with { Nodes = [] }, new WithoutNodes()))
        {
            yield return PartOf(group.First().Name, group.First().Settings, [.. group.OrderBy(i => i.Settings.Nodes[0])]);
        }
    }

    private static StudyPart PartOf(
        string name, GossipSettings settings, IReadOnlyList<StudyItem<GossipSettings, GossipNumbers>> items)
    {
        Row[] rows =
        [
            .. from item in items
               from method in Methods.Skip(1)
               select Row.Of(item, method.Name, method.Curve),
        ];
        Chart[] charts = [.. items.Select(item => Errors(name, item))];
        Table table = Lean(
            "The end of the transient stage: the step from which on the error stays within twice parallel SGD's",
            [
                Number("Nodes", "nodes"), Number("Beta", "beta"), Text("Method", "method"), Number("Step", "step"),
                .. IntervalColumns("step", Interval.UsualLevel), Number("Last error over parallel SGD's", "lastRatio"),
            ],
            rows.Select(r => (Cell[])
            [
                Count(r.Nodes), Number(r.Beta, "0.00000"), r.Method,
                r.Step is int step ? Count(step) : new Cell($"after {r.Steps:N0}", double.NaN),
                .. Cells(r.Interval, "0"), Number(r.LastRatio, "0.00"),
            ]),
            $"{items[0].Results.Count} seeds, {settings.Steps:N0} steps of {settings.BatchSize} examples a node, rate {settings.Rate} / "
                + $"(1 + step / {settings.HalfAfter:N0}), heterogeneity {settings.Heterogeneity}, H = {settings.Period}, "
                + $"graph {Text.NameOf(settings.Graph)}, {settings.Dimensions} dimensions, {settings.Examples:N0} examples a node. "
                + "Error: (1/n) sum of |x_i - x*|^2, the mean over seeds and over each hundredth of the steps, which "
                + "is how exactly a step is known. The interval is a bootstrap's over seeds.");
        return new(
            new(
                "How long gossip takes to come up with parallel SGD",
                [
                    new Paragraph("Logistic regression by nodes, each with examples of its own distribution, along a graph (Chen et al., "
                        + "ICML 2021). Until the transient stage is over a method is behind parallel SGD; afterwards it is as fast, and "
                        + "cheaper."),
                    .. charts, table,
                ]),
            [
                Judge(
                [
                    .. rows.GroupBy(r => r.Nodes)
                        .Select(g => (
                            Gossip: g.Single(r => r.Method == Methods[2].Name), Global: g.Single(r => r.Method == Methods[3].Name)))
                        .Select(p => (p.Gossip.Nodes, StageOf(p.Gossip), StageOf(p.Global), p.Gossip.LastRatio / p.Global.LastRatio)),
                ]),
            ],
            charts,
            [("gossip", table)]);

        static double StageOf(Row row) => row.Step ?? double.PositiveInfinity;
    }

    /// <param name="sizes">
    /// Of each number of nodes, the smallest first: the steps of gossip's transient stage without and with periodic global averaging,
    /// infinity where it did not end, and the last error of the one over that of the other.
    /// </param>
    internal static Verdict Judge((int Nodes, double Gossip, double Global, double Gain)[] sizes)
    {
        const string claim = "Periodic global averaging never ends gossip's transient stage later, on the largest graph earlier, and the "
            + "larger the graph the nearer it comes to parallel SGD than gossip does.";
        const string test = "Chen et al. 2021, whose toy is logistic regression on rings of 20, 50, 100 nodes with H = 16";

        // On small graphs both stages may be shorter than what can be told apart.
        bool earlier = Array.TrueForAll(sizes, s => s.Global <= s.Gossip) && sizes[^1].Global < sizes[^1].Gossip;
        bool later = Array.TrueForAll(sizes, s => s.Global >= s.Gossip) && sizes[^1].Global > sizes[^1].Gossip;
        bool grows = sizes.Zip(sizes.Skip(1)).All(p => p.Second.Gain > p.First.Gain);
        return new(
            claim,
            sizes.Length < 2 ? Decision.NotDecided : earlier && grows ? Decision.Supported
                : later ? Decision.Contradicted : Decision.NotDecided,
            string.Join("; ", sizes.Select(s => $"{s.Nodes} nodes: gossip {Say(s.Gossip)}, with periodic global averaging "
                + $"{Say(s.Global)}, and at the end {s.Gain:0.0} times as near")) + (sizes.Length < 2 ? ". It needs two sizes." : "."),
            test);

        static string Say(double stage) => double.IsFinite(stage) ? $"{stage:N0} steps" : "not within these steps";
    }

    private static LineChart Errors(string name, StudyItem<GossipSettings, GossipNumbers> item) => new(
        $"{item.Settings.Nodes[0]} nodes: the error of each method, the mean over {item.Results.Count} seeds",
        new ChartAxis("step", "#,0") { Minimum = 0 }, new ChartAxis("log10 of the error", "0.0"),
        [
            .. Methods.Select(method => new Curve(
                method.Name,
                [
                    .. MeanOf([.. item.Results.Select(r => method.Curve(r.Numbers))])
                        .Select((e, i) => ((i + 0.5) * item.Settings.Steps / GossipRegression.Places, Math.Log10(e))),
                ])),
        ])
    {
        File = $"charts/{name}/nodes-{item.Settings.Nodes[0]}.svg",
    };

    private static double[] MeanOf(IReadOnlyList<IReadOnlyList<double>> curves)
        => [.. Enumerable.Range(0, curves[0].Count).Select(i => curves.Average(c => c[i]))];

    /// <summary>A method on a number of nodes.</summary>
    private sealed record Row(int Nodes, double Beta, string Method, int Steps, int? Step, Interval? Interval, double LastRatio)
    {
        public static Row Of(
            StudyItem<GossipSettings, GossipNumbers> item, string method, Func<GossipNumbers, IReadOnlyList<double>> curveOf)
        {
            GossipNumbers[] numbers = [.. item.Results.Select(r => r.Numbers)];
            double[] stages = [];
            if (numbers.Length > 2)
            {
                Random random = new(1);
                stages = [.. Enumerable.Range(0, Resamples).Select(_ => (double)(Stage(random.GetItems(numbers, numbers.Length))
                    ?? item.Settings.Steps))];
            }

            const double level = BadMinima.Experiments.Interval.UsualLevel;
            return new(
                item.Settings.Nodes[0], MixingMatrix.Of(item.Settings.Graph, item.Settings.Nodes[0]).Beta, method, item.Settings.Steps,
                Stage(numbers), stages.Length == 0 ? null
                    : new(
                        ArrayStatistics.QuantileInplace(stages, (1 - level) / 2),
                        ArrayStatistics.QuantileInplace(stages, (1 + level) / 2), level),
                MeanOf([.. numbers.Select(curveOf)])[^1] / MeanOf([.. numbers.Select(n => n.Parallel)])[^1]);

            int? Stage(GossipNumbers[] all) => GossipRegression.Transient(
                MeanOf([.. all.Select(curveOf)]), MeanOf([.. all.Select(n => n.Parallel)]), item.Settings.Steps, Factor);
        }
    }

    /// <summary>Settings that differ in their numbers of nodes alone are one study.</summary>
    private sealed class WithoutNodes : IEqualityComparer<GossipSettings>
    {
        private static readonly int[] None = [];

        public bool Equals(GossipSettings? x, GossipSettings? y) => (x! with { Nodes = None }) == (y! with { Nodes = None });

        public int GetHashCode(GossipSettings settings) => (settings with { Nodes = None }).GetHashCode();
    }
}

using BadMinima.MLNet;
using BadMinima.Reporting;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>
/// One-point convexity of a network's loss along the path of its training (Kleinberg, Li, Yuan, ICML 2018, who found it nearly everywhere),
/// here from a bad start: towards the bad end and towards the good one.
/// </summary>
internal sealed class OnePointKind : StudyKind<OnePointSettings, OnePointNumbers>
{
    // "Nearly everywhere".
    private const double Nearly = 0.95;

    public override string Property => "onePoint";

    public override string Plural => "studies of one-point convexity";

    protected override string Description => "One-point convexity of a network's loss along paths of training (Kleinberg, Li, Yuan 2018), "
        + "besides.";

    protected override int DefaultSeeds => 5;

    protected override double Work(OnePointSettings settings)
        => (double)settings.Train * settings.Epochs * (4 + 2.0 * settings.Draws / settings.Every);

    protected override double Seconds(OnePointSettings settings) => 10 + Work(settings) / 8_000;

    protected override void Validate(OnePointSettings settings)
    {
        Require(
            Architectures.All.Any(a => a.Name == settings.Architecture),
            $"architecture is {settings.Architecture}; allowed is one of `badminima models`.");
        Require(settings.Train >= 20, $"train is {settings.Train}; allowed is at least 20.");
        Require(settings.Test >= 20, $"test is {settings.Test}; allowed is at least 20.");
        Require(settings.Epochs >= 2, $"epochs is {settings.Epochs}; allowed is at least 2.");
        Require(
            settings.LearningRate > 0 && double.IsFinite(settings.LearningRate),
            $"learningRate is {settings.LearningRate}; allowed is more than 0.");
        Require(settings.Draws >= 0, $"draws is {settings.Draws}; allowed is at least 0.");
        Require(settings.Every >= 1, $"every is {settings.Every}; allowed is at least 1.");
        Require(settings.Radius > 0 && double.IsFinite(settings.Radius), $"radius is {settings.Radius}; allowed is more than 0.");
    }

    protected override OnePointNumbers Compute(OnePointSettings settings, StudyRun run)
        => new OnePoint(settings, run.Seed).Run(run.Progress, run.Cancellation);

    protected override string Line(OnePointNumbers numbers)
        => $"test accuracy vanilla {numbers.Vanilla.TestAccuracy:P1}, regularized {numbers.Regularized.TestAccuracy:P1}";

    protected override StudyPart Part(
        string name, OnePointSettings settings, IReadOnlyList<(int Seed, OnePointNumbers Numbers)> results)
    {
        Way[] ways = [.. Way.Of([.. results.Select(r => r.Numbers)])];
        Chart[] charts = [Cosines(name, ways)];
        Table table = Lean(
            "Where the gradient points to: the share of points with s = <-grad f(x), end - x> above 0",
            [
                Text("Path of", "path"), Text("Towards the end of", "end"), Number("Points", "points"), Number("s > 0", "share"),
                Number("Mean cosine", "cosine"), Number("Neighborhoods", "neighborhoods"), Number("All draws above 0", "allAbove"),
                Number("Mean of draws above 0", "meanAbove"),
            ],
            ways.Select(w => (Cell[])
            [
                w.Path, w.End, Count(w.All.Length), Share(w.ShareAbove), Number(w.All.Average(p => p.Cosine), "0.000"),
                Count(w.Near.Length), Share(w.Near.Length == 0 ? null : w.Near.Count(n => n.Least > 0) / (double)w.Near.Length),
                Share(w.Near.Length == 0 ? null : w.Near.Count(n => n.Mean > 0) / (double)w.Near.Length),
            ]),
            $"{results.Count} seeds. Test accuracy at the end: vanilla {results.Average(r => r.Numbers.Vanilla.TestAccuracy):0.0 %}, "
                + $"regularized {results.Average(r => r.Numbers.Regularized.TestAccuracy):0.0 %}; training accuracy "
                + $"{results.Average(r => r.Numbers.Vanilla.TrainAccuracy):0.0 %} and "
                + $"{results.Average(r => r.Numbers.Regularized.TrainAccuracy):0.0 %}. f: the mean loss over all training images. A "
                + $"neighborhood: {settings.Draws} points in a ball of {settings.Radius}, every {settings.Every} epochs.");
        return new(
            new(
                "One-point convexity along paths of training",
                [
                    new Paragraph($"{settings.Architecture} on {settings.Train:N0} drawn images: a start that has fitted random labels, "
                        + $"and from it {settings.Epochs} epochs of plain SGD and of SGD with all regularizers, at the rate "
                        + $"{settings.LearningRate}. At the beginning of each epoch the gradient of the loss is held against the way to "
                        + "where either run ends."),
                    .. charts, table,
                ]),
            [Judge(ways, results.Count)],
            charts,
            [("one-point", table)]);
    }

    private static Verdict Judge(Way[] ways, int seeds)
    {
        Way[] own = [.. ways.Where(w => w.Path == w.End)];
        return new(
            "The loss is one-point convex towards where SGD ends, nearly everywhere on its way.",
            Array.TrueForAll(own, w => Interval(w).Lower >= Nearly) ? Decision.Supported
                : own.Any(w => Interval(w).Upper < Nearly) ? Decision.Contradicted : Decision.NotDecided,
            $"s > 0 at {Said(own)} of the points of its own path; towards the end of the other run at "
                + $"{Said([.. ways.Where(w => w.Path != w.End)])}.",
            $"Kleinberg, Li, Yuan 2018; nearly everywhere: at least {Nearly:0 %}, by the exact binomial interval, as if points were "
                + $"independent; {seeds} seeds");

        static Interval Interval(Way way) => Proportion.Interval(way.All.Count(p => p.Inner > 0), way.All.Length);

        static string Said(Way[] ways) => string.Join(" and ", ways.Select(w => $"{w.ShareAbove:0.0 %} ({w.Path})"));
    }

    private static LineChart Cosines(string name, Way[] ways) => new(
        "Cosine of the negative gradient and the way to an end, means over the seeds",
        ChartAxis.Count("epoch"), new ChartAxis("cosine", "0.00"),
        [
            .. ways.Select(w => new Curve(
                $"{w.Path}, towards the end of {w.End}",
                [.. w.ByEpoch.Select(e => ((double)e.Epoch, e.Cosine))])),
        ])
    {
        Levels = [(0, "")],
        File = $"charts/{name}/cosines.svg",
    };

    /// <summary>A path towards an end, over all seeds.</summary>
    private sealed record Way(
        string Path, string End, OnePointConvexity[] All, NeighborhoodConvexity[] Near, (int Epoch, double Cosine)[] ByEpoch)
    {
        private const string Plain = "vanilla";
        private const string Full = "regularized";

        public double ShareAbove => All.Count(p => p.Inner > 0) / (double)All.Length;

        public static IEnumerable<Way> Of(OnePointNumbers[] seeds) =>
        [
            Of(Plain, Plain, seeds, n => n.Vanilla, p => p.ToVanilla), Of(Plain, Full, seeds, n => n.Vanilla, p => p.ToRegularized),
            Of(Full, Plain, seeds, n => n.Regularized, p => p.ToVanilla), Of(Full, Full, seeds, n => n.Regularized, p => p.ToRegularized),
        ];

        private static Way Of(
            string path, string end, OnePointNumbers[] seeds, Func<OnePointNumbers, OnePointRun> run,
            Func<OnePointOfPath, OnePointConvexity> towards)
        {
            OnePointOfPath[] points = [.. seeds.SelectMany(s => run(s).Points)];
            return new(
                path, end, [.. points.Select(towards)], [.. points.Select(p => towards(p).Neighborhood).OfType<NeighborhoodConvexity>()],
                [.. points.GroupBy(p => p.Epoch).OrderBy(g => g.Key).Select(g => (g.Key, g.Average(p => towards(p).Cosine)))]);
        }
    }
}

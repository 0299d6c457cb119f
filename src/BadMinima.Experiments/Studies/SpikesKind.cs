using BadMinima.Reporting;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>
/// When does SGD escape (Kleinberg, Li, Yuan, ICML 2018): SGD is gradient descent on the loss convolved with the noise of its step. Where
/// that is one-point convex towards a minimum, SGD gets near it, through spikes in which gradient descent ends.
/// </summary>
internal sealed class SpikesKind : StudyKind<SpikeSettings, SpikeNumbers>
{
    public override string Property => "spikes";

    public override string Plural => "studies of spikes";

    protected override string Description => "Gradient descent and SGD on a bowl with spikes (the view of Kleinberg, Li, Yuan 2018), "
        + "besides.";

    protected override int DefaultSeeds => 10;

    protected override double Work(SpikeSettings settings) => 3_000;

    protected override double Seconds(SpikeSettings settings)
        => 1e-7 * settings.Widths.Length * settings.Starts * (double)settings.Steps;

    protected override void Validate(SpikeSettings settings)
    {
        Require(
            settings.Rate is > 0 and < 2, $"rate is {settings.Rate}; allowed is more than 0 and less than 2, beyond which x runs off.");
        Require(
            settings.Widths.Contains(0) && settings.Widths.Distinct().Count() == settings.Widths.Length
                && Array.TrueForAll(settings.Widths, w => w >= 0),
            $"widths are {string.Join(", ", settings.Widths)}; allowed are numbers of at least 0, each once, and 0 among them: gradient "
                + "descent is what the others are compared with.");
        Require(
            Array.TrueForAll(settings.Widths, w => w * settings.Rate < Spikes.Far),
            $"widths are {string.Join(", ", settings.Widths)} at the rate {settings.Rate}; allowed is a width times the rate of less than "
                + $"{Spikes.Far}: beyond it a step's noise is wider than the part of the bowl that is looked at, and the convolved "
                + "function nearly flat there.");
        Require(settings.Steps >= 2, $"steps is {settings.Steps}; allowed is at least 2.");
        Require(settings.Starts >= 1, $"starts is {settings.Starts}; allowed is at least 1.");
    }

    protected override SpikeNumbers Compute(SpikeSettings settings, StudyRun run)
        => Spikes.Run(settings, run.Seed, run.Progress, run.Cancellation);

    protected override string Line(SpikeNumbers numbers)
        => $"distances {string.Join(", ", numbers.Distances.Select(d => $"{d:0.00}"))}";

    protected override StudyPart Part(string name, SpikeSettings settings, IReadOnlyList<(int Seed, SpikeNumbers Numbers)> results)
    {
        Noise[] noises = [.. settings.Widths.Select((w, i) => Noise.Of(w, i, settings, results)).OrderBy(n => n.Half)];
        Chart[] charts = [Functions(name, noises), Distances(name, noises)];
        Table table = Lean(
            "Gradient descent (0) and SGD by the half-width that a step's noise averages over",
            [
                Number("Half-width", "halfWidth"), Number("One-point convexity c", "convexity"), Number("Mean distance", "distance"),
                .. IntervalColumns("distance", Interval.UsualLevel),
            ],
            noises.Select(n => (Cell[])
            [
                Number(n.Half, "0.00"), Number(n.Convexity, "0.00"), Number(n.Distance.Mean, "0.00"),
                .. Cells(n.Distance.MeanInterval(), "0.00"),
            ]),
            $"{results.Count} seeds, {settings.Starts} starts each, {settings.Steps:N0} steps at the rate {settings.Rate}. Distance: from "
                + "the minimum at 0, over the second half of the steps. c: the largest for which the convolved function is one-point "
                + "convex towards 0 as far as the starts reach; not above 0: it is not.");
        return new(
            new(
                "SGD as gradient descent on a smoothed function",
                new Paragraph("A bowl with spikes 0.8 apart. Gradient descent ends in the first spike that it meets; SGD, whose "
                    + "gradient has uniform noise, descends on the function averaged over what a step's noise reaches."),
                charts[0], charts[1], table),
            [Judge(noises, results.Count)],
            charts,
            [("spikes", table)]);
    }

    private static Verdict Judge(Noise[] noises, int seeds)
    {
        const string claim = "SGD gets through spikes in which gradient descent ends, where the function convolved with the noise of its "
            + "step is one-point convex.";
        Noise descent = noises[0];
        Noise[] convex = [.. noises.Where(n => n.Convexity > 0)], other = [.. noises.Skip(1).Where(n => n.Convexity <= 0)];
        string test = $"Kleinberg, Li, Yuan 2018, here on a function of this project; paired t test, {seeds} seeds";
        if (convex.Length == 0 || seeds < 2)
        {
            return new(claim, Decision.NotDecided, "It needs a width whose convolved function is one-point convex, and two seeds.", test);
        }

        Interval[] nearer =
        [
            .. convex.Select(n => TTest.Paired(PairedDifferences.Between(descent.BySeed, n.BySeed))!.DifferenceInterval),
        ];
        return new(
            claim,
            Array.TrueForAll(nearer, i => i.Lower > 0) ? Decision.Supported
                : Array.TrueForAll(nearer, i => i.Upper < 0) ? Decision.Contradicted : Decision.NotDecided,
            $"Mean distance from the minimum: gradient descent {descent.Distance.Mean:0.00}; SGD where it is one-point convex "
                + string.Join(", ", convex.Select(n => $"{n.Distance.Mean:0.00} (half-width {n.Half:0.00}, c {n.Convexity:0.00})"))
                + (other.Length == 0 ? "." : "; where it is not "
                    + string.Join(", ", other.Select(n => $"{n.Distance.Mean:0.00} ({n.Half:0.00})")) + "."),
            test);
    }

    private static LineChart Functions(string name, Noise[] noises)
    {
        Noise? convex = noises.FirstOrDefault(n => n.Convexity > 0);
        double[] places = [.. Enumerable.Range(0, 721).Select(i => -3.6 + i * 0.01)];
        return new(
            "The function, and what is left of it when it is convolved with the noise of a step",
            new ChartAxis("x", "0.0"), new ChartAxis("value", "0.0"),
            [
                new Curve("f", [.. places.Select(x => (x, Spikes.Value(x)))]),
                .. convex is null
                    ? (Curve[])[]
                    :
                    [
                        new Curve(
                            $"convolved, half-width {convex.Half:0.00}",
                            [.. places.Select(x => (x, Spikes.Convolved(x, convex.Half)))]),
                    ],
            ])
        {
            File = $"charts/{name}/function.svg",
        };
    }

    private static LineChart Distances(string name, Noise[] noises) => new(
        "Mean distance from the minimum over the second half of the steps, with 95 % intervals; 0 is gradient descent",
        new ChartAxis("half-width that a step's noise averages over", "0.0#"), new ChartAxis("distance", "0.0") { Minimum = 0 },
        new Curve("distance", [.. noises.Select(n => (n.Half, n.Distance.Mean))])
        {
            ErrorBars = [.. noises.Select(n => n.Distance.MeanInterval() is { } i ? (i.Lower, i.Upper) : (double.NaN, double.NaN))],
        })
    {
        Marks = noises.FirstOrDefault(n => n.Convexity > 0) is { } convex ? [(convex.Half, "one-point convex")] : [],
        File = $"charts/{name}/distances.svg",
    };

    /// <summary>A width over all seeds.</summary>
    private sealed record Noise(double Half, double Convexity, Sample Distance, IReadOnlyDictionary<int, double> BySeed)
    {
        public static Noise Of(
            double width, int place, SpikeSettings settings, IReadOnlyList<(int Seed, SpikeNumbers Numbers)> results)
        {
            double half = width * settings.Rate;
            Dictionary<int, double> bySeed = results.ToDictionary(r => r.Seed, r => r.Numbers.Distances[place]);
            return new(half, Spikes.OnePointConvexity(half), new(bySeed.Values), bySeed);
        }
    }
}

using BadMinima.MLNet;
using BadMinima.Reporting;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>
/// Warm starts (Ash, Adams, NeurIPS 2020): a network that was trained on half of the data and then on all of them generalizes worse than
/// one that was trained on all of them from a random start. It is what retraining yesterday's model does.
/// </summary>
internal sealed class WarmStartKind : StudyKind<WarmStartSettings, WarmStartNumbers>
{
    private const double Risk = 0.05;

    public override string Property => "warmStart";

    public override string Plural => "studies of warm starts";

    protected override string Description => "Networks that were trained on half of the images and then on all of them, beside such as "
        + "were trained on all of them from a random start (Ash, Adams 2020), besides.";

    protected override int DefaultSeeds => 3;

    // Half and all from there, and all; how many epochs that takes is a guess.
    protected override double Work(WarmStartSettings settings)
        => settings.Train.Sum(t => 2.0 * WarmStartOptimizer.All.Length * t * Math.Min(settings.Epochs, 100));

    protected override double Seconds(WarmStartSettings settings) => 10 + Work(settings) / 3_000;

    protected override RunData? DataOf(WarmStartSettings settings, int seed) => settings.DataOf(seed, settings.Train.Max());

    protected override void Validate(WarmStartSettings settings)
    {
        Require(
            settings.Networks.Length > 0 && settings.Networks.Distinct().Count() == settings.Networks.Length
                && Array.TrueForAll(settings.Networks, n => Architectures.All.Any(a => a.Name == n)),
            $"networks are {string.Join(", ", settings.Networks)}; allowed are some of `badminima models`, each once.");
        Require(
            settings.Train.Length == settings.Networks.Length && Array.TrueForAll(settings.Train, t => t >= 20),
            $"train is {string.Join(", ", settings.Train)}; allowed is a number of at least 20 for each of the {settings.Networks.Length} "
                + "networks.");
        Require(settings.Test >= 20, $"test is {settings.Test}; allowed is at least 20.");
        Require(settings.WarmShare is > 0 and < 1, $"warmShare is {settings.WarmShare}; allowed is more than 0 and less than 1.");
        Require(settings.Rate > 0 && double.IsFinite(settings.Rate), $"rate is {settings.Rate}; allowed is more than 0.");
        Require(settings.BatchSize >= 1, $"batchSize is {settings.BatchSize}; allowed is at least 1.");
        Require(settings.StopAt is > 0 and <= 1, $"stopAt is {settings.StopAt}; allowed is more than 0 and at most 1.");
        Require(settings.Epochs >= 2, $"epochs is {settings.Epochs}; allowed is at least 2.");
        foreach ((string network, int train) in settings.Networks.Zip(settings.Train))
        {
            RequireTrainable(
                settings.Data, () => settings.DataOf(seed: 1, train), train,
                WarmStartOptimizer.All.Select(o => WarmStart.Options(settings, network, o, seed: 1)));
        }
    }

    protected override WarmStartNumbers Compute(WarmStartSettings settings, StudyRun run)
        => new WarmStart(settings, run.Seed).Run(run.Progress, run.Cancellation);

    protected override string Line(WarmStartNumbers numbers) => "random less warm start, points: " + string.Join(
        ", ", numbers.Cells.Select(c => $"{c.Network} {c.Optimizer} {100 * (c.Random.TestAccuracy - c.Warm.TestAccuracy):+0.0;-0.0;0.0}"));

    protected override StudyPart Part(
        string name, WarmStartSettings settings, IReadOnlyList<(int Seed, WarmStartNumbers Numbers)> results)
    {
        Row[] rows = [.. results[0].Numbers.Cells.Select((cell, i) => new Row(cell, [.. results.Select(r => r.Numbers.Cells[i])]))];
        BarChart chart = new(
            "What a warm start costs in test accuracy, with 95 % intervals of the mean, and as published",
            new ChartAxis("random less warm start", "0 %"), [.. rows.Select(r => r.Name)],
            new BarGroup("here", [.. rows.Select(r => r.Cost.Mean)]) { ErrorBars = [.. rows.Select(r => Range(r.Cost.MeanInterval()))] },
            new BarGroup("published", [.. rows.Select(r => Cost(r.Known?.Published))]),
            new BarGroup("a reproduction", [.. rows.Select(r => Cost(r.Known?.Again))]))
        {
            ValueFormat = "0.0 %",
            File = $"charts/{name}/cost.svg",
        };
        Table table = Lean(
            "Test accuracy from a random and from a warm start",
            [
                Text("Network", "network"), Text("Optimizer", "optimizer"), Number("Images", "images"), Number("Random", "random"),
                Number("Warm", "warm"), Number("Cost, points", "cost"), .. IntervalColumns("cost", Interval.UsualLevel),
                Number("Published", "publishedRandom"), Number("Warm", "publishedWarm"), Number("A reproduction", "againRandom"),
                Number("Warm", "againWarm"), Number("Epochs, random", "epochsRandom"), Number("Warm", "epochsWarm"),
                Number("Half", "epochsHalf"), Number("Least training accuracy", "train"),
            ],
            rows.Select(r => (Cell[])
            [
                r.Cell.Network, r.Cell.Optimizer, Count(settings.Train[Array.IndexOf(settings.Networks, r.Cell.Network)]),
                Share(r.Mean(c => c.Random.TestAccuracy)), Share(r.Mean(c => c.Warm.TestAccuracy)), Points(100 * r.Cost.Mean),
                .. Cells(r.Cost.MeanInterval() is { } i ? new Interval(100 * i.Lower, 100 * i.Upper, i.Level) : null, "0.0"),
                Share(r.Known?.Published.Random), Share(r.Known?.Published.Warm), Share(r.Known?.Again.Random), Share(r.Known?.Again.Warm),
                Number(r.Mean(c => c.Random.Epochs), "0.#"), Number(r.Mean(c => c.Warm.Epochs), "0.#"),
                Number(r.Mean(c => c.Part.Epochs), "0.#"), Share(r.LeastTrain),
            ]),
            $"Means over {results.Count} seeds, each with images, a half and a start of its own. Published: Ash, Adams 2020, and a "
                + "reproduction, both with 33,333 images, a third of CIFAR-10's training images held out as test.");
        return new(
            new(
                "Warm starts",
                [
                    new Paragraph($"Trained on {settings.WarmShare:0.#%} of the images of {settings.Data} and from there on all of them, "
                        + "or "
                        + $"on all of them from a random start, by SGD and Adam at the rate {settings.Rate}, in batches of "
                        + $"{settings.BatchSize}, without augmentation or decay, until {settings.StopAt:0.#%} of the images are learned."),
                    chart, table,
                ]),
            [Verdict(settings, rows, results.Count)], [chart], [("warm-start", table)]);
    }

    private static Verdict Verdict(WarmStartSettings settings, Row[] rows, int seeds)
    {
        double level = 1 - Risk / rows.Length;
        Interval?[] intervals = [.. rows.Select(r => r.Cost.MeanInterval(level))];
        Row[] unfitted = [.. rows.Where(r => r.LeastTrain < settings.StopAt)];
        return new(
            "A network that was trained on half of the images first generalizes worse, with SGD and with Adam.",
            unfitted.Length > 0 ? Decision.NotDecided
                : Array.TrueForAll(intervals, i => i?.Lower > 0) ? Decision.Supported
                : Array.Exists(intervals, i => i?.Upper < 0) ? Decision.Contradicted : Decision.NotDecided,
            "Random less warm start: " + string.Join(", ", rows.Select((r, i) => $"{r.Name} {100 * r.Cost.Mean:+0.0;-0.0;0.0}"
                + (intervals[i] is { } known ? $" ({100 * known.Lower:+0.0;-0.0;0.0} to {100 * known.Upper:+0.0;-0.0;0.0})" : "")))
                + " points."
                + (unfitted.Length == 0 ? "" : $" Not fitted within {settings.Epochs:N0} epochs: "
                    + $"{string.Join(", ", unfitted.Select(r => r.Name))}."),
            $"Ash, Adams 2020; t intervals of the differences, paired by seed, which hold together at {1 - Risk:0 %}; {seeds} seeds");
    }

    private static (double, double) Range(Interval? interval) => interval is { } i ? (i.Lower, i.Upper) : (double.NaN, double.NaN);

    private static double Cost(WarmStartPair? pair) => pair is null ? double.NaN : pair.Random - pair.Warm;

    /// <summary>A network with an optimizer, over all seeds.</summary>
    private sealed class Row(WarmStartCell cell, WarmStartCell[] bySeed)
    {
        public WarmStartCell Cell => cell;

        public string Name => $"{cell.Network} {cell.Optimizer}";

        public Sample Cost { get; } = new(bySeed.Select(c => c.Random.TestAccuracy - c.Warm.TestAccuracy));

        public double LeastTrain => bySeed.Min(c => Math.Min(c.Random.TrainAccuracy, Math.Min(c.Warm.TrainAccuracy, c.Part.TrainAccuracy)));

        public (WarmStartPair Published, WarmStartPair Again)? Known
            => WarmStartOptimizer.All.First(o => o.Name == cell.Optimizer).Known.TryGetValue(cell.Network, out var known) ? known : null;

        public double Mean(Func<WarmStartCell, double> measure) => bySeed.Average(measure);
    }
}

using BadMinima.Reporting;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>
/// Elman networks that learn a concept of earlier inputs (Allen-Zhu, Li, NeurIPS 2019: SGD on the hidden matrix learns it, from a number of
/// samples that is polynomial in the length), and whether such a network has bad global minima as well.
/// </summary>
internal sealed class RecurrentKind : StudyKind<RecurrentSettings, RecurrentNumbers>
{
    // Above a guess, in accuracy; and the gap that counts as one.
    private const double FarAbove = 0.1;
    private const double Margin = 0.02;

    private const double Risk = 0.05;

    // A training set counts as fitted from here on; training itself goes on to 99 %.
    private const double Fitted = 0.98;

    public override string Property => "recurrent";

    public override string Plural => "studies of recurrent networks";

    protected override string Description => "Elman networks that learn a concept of earlier inputs (Allen-Zhu, Li 2019), from a random "
        + "and from an adversarial start, besides.";

    protected override int DefaultSeeds => 6;

    protected override double Work(RecurrentSettings settings)
        => settings.Steps.Sum(t => (double)t * (2 * settings.LargestTrain + 8 * settings.Train)) * settings.Epochs / 10;

    protected override double Seconds(RecurrentSettings settings) => 5 + Work(settings) / 30_000;

    protected override void Validate(RecurrentSettings settings)
    {
        Require(
            settings.Steps.Length >= 3 && settings.Steps[0] >= 2
                && settings.Steps.Zip(settings.Steps.Skip(1)).All(p => p.First < p.Second),
            $"steps are {string.Join(", ", settings.Steps)}; allowed are at least three rising numbers from 2 on: the class is a function "
                + "of the inputs before the last one, and the exponent is the slope of a line.");
        Require(settings.Features >= 2, $"features is {settings.Features}; allowed is at least 2.");
        Require(settings.Classes >= 2, $"classes is {settings.Classes}; allowed is at least 2.");
        Require(settings.SmallestTrain >= 10, $"smallestTrain is {settings.SmallestTrain}; allowed is at least 10.");
        Require(
            settings.LargestTrain >= settings.SmallestTrain,
            $"largestTrain is {settings.LargestTrain}; allowed is at least smallestTrain, {settings.SmallestTrain}.");
        Require(
            settings.Risk > 0 && settings.Risk < 1 - 1.0 / settings.Classes,
            $"risk is {settings.Risk}; allowed is more than 0 and less than that of a guess, {1 - 1.0 / settings.Classes}.");
        Require(settings.Train >= 10, $"train is {settings.Train}; allowed is at least 10.");
        Require(settings.Test >= 100, $"test is {settings.Test}; allowed is at least 100.");
        Require(settings.FewestSteps >= 1, $"fewestSteps is {settings.FewestSteps}; allowed is at least 1.");
        Require(settings.Epochs >= 4, $"epochs is {settings.Epochs}; allowed is at least 4.");
        Require(
            settings.LearningRate > 0 && double.IsFinite(settings.LearningRate),
            $"learningRate is {settings.LearningRate}; allowed is more than 0.");
    }

    protected override RecurrentNumbers Compute(RecurrentSettings settings, StudyRun run)
        => new Recurrent(settings, run.Seed).Run(run.Progress, run.Cancellation);

    protected override string Line(RecurrentNumbers numbers)
        => "test accuracy at " + string.Join(", ", numbers.Lengths.Select(l => $"T {l.Steps} {l.Runs[0].TestAccuracy:P1}"));

    protected override StudyPart Part(
        string name, RecurrentSettings settings, IReadOnlyList<(int Seed, RecurrentNumbers Numbers)> results)
    {
        Length[] lengths =
        [
            .. settings.Steps.Select((steps, i) => new Length(steps, settings, [.. results.Select(r => (r.Seed, r.Numbers.Lengths[i]))])),
        ];
        Growth? growth = Growth.Of(lengths);
        Chart[] charts =
        [
            .. growth is null ? (Chart[])[] : [Samples(name, settings, lengths, growth)],
            Risks(name, lengths), Starts(name, settings, lengths),
        ];
        Table samples = SamplesTable(settings, lengths, growth), runs = RunsTable(settings, lengths);
        return new(
            new(
                "Elman networks that learn a concept of earlier inputs",
                [
                    new Paragraph($"Sequences of T unit vectors of {settings.Features} numbers; the class, of {settings.Classes}, is the "
                        + "largest of as many sums of smooth functions of all inputs but the last. An Elman network of 512 units reads the "
                        + "sequence; its last state gives the class. Plain SGD at the rate "
                        + $"{settings.LearningRate} / T, in batches of 32, until the training set is fitted."),
                    .. charts[..^2], samples, .. charts[^2..], runs,
                ]),
            [OfLearning(settings, lengths), OfSamples(settings, lengths, growth), OfStarts(lengths)],
            charts,
            [("recurrent-samples", samples), ("recurrent-runs", runs)]);
    }

    private static Verdict OfLearning(RecurrentSettings settings, Length[] lengths)
    {
        double chance = 1.0 / settings.Classes, level = 1 - Risk / lengths.Length;
        Interval?[] intervals = [.. lengths.Select(l => l.Test(Recurrent.HiddenAlone, adversarial: false).MeanInterval(level))];
        return new(
            "Plain SGD on the hidden matrix alone learns a concept of earlier inputs: test accuracy far above a guess.",
            Array.TrueForAll(intervals, i => i?.Lower > chance + FarAbove) ? Decision.Supported
                : Array.Exists(intervals, i => i?.Upper < chance + FarAbove) ? Decision.Contradicted : Decision.NotDecided,
            $"On {settings.Train:N0} sequences: " + string.Join(", ", lengths.Select(l
                => $"{l.Test(Recurrent.HiddenAlone, adversarial: false).Mean:0.0 %} at T = {l.Steps}")) + $"; a guess: {chance:0.0 %}.",
            $"Allen-Zhu, Li 2019; far: {100 * FarAbove:0} points, by the intervals of the means, which hold together at {1 - Risk:0 %}; "
                + $"{lengths[0].Count} seeds");
    }

    private static Verdict OfSamples(RecurrentSettings settings, Length[] lengths, Growth? growth)
    {
        const string claim = "The samples that a risk takes grow with the length no faster than a polynomial.";
        string test = $"Allen-Zhu, Li 2019; samples for a risk of {settings.Risk}; the growth of ln n from the middle length to the "
            + "longest against that from the shortest to the middle one, held against what lies midway between a power and an exponential "
            + $"of T; t interval over {lengths[0].Count} seeds";
        return growth is null
            ? new(
                claim, Decision.NotDecided,
                "Not every seed reaches the risk at each length between the smallest training set and the largest.", test)
            : new(
                claim,
                growth.BeyondMidway?.Upper < 0 ? Decision.Supported
                    : growth.BeyondMidway?.Lower > 0 ? Decision.Contradicted : Decision.NotDecided,
                $"They grow as T to the power of {growth.Exponent.Mean:0.00}"
                    + (growth.Exponent.MeanInterval() is { } e ? $" ({e.Lower:0.00} to {e.Upper:0.00})." : "."),
                test);
    }

    private static Verdict OfStarts(Length[] lengths)
    {
        const string claim = "A recurrent network has bad global minima too: after random labels plain SGD fits the true ones and "
            + "generalizes worse.";
        (string Network, Length Length)[] all = [.. from network in Recurrent.Networks from length in lengths select (network, length)];
        double level = 1 - Risk / all.Length;
        (string Network, int Steps, Interval? Gap, double Mean)[] gaps =
        [
            .. all.Select(a => (
                a.Network, a.Length.Steps, TTest.Paired(a.Length.Gap(a.Network), level: level)?.DifferenceInterval,
                a.Length.Gap(a.Network).Sample!.Mean)),
        ];
        string[] unfitted = [.. all.Where(a => !a.Length.Fits(a.Network, Fitted)).Select(a => $"{a.Network} at T = {a.Length.Steps}")];
        return new(
            claim,
            unfitted.Length > 0 ? Decision.NotDecided
                : Array.TrueForAll(gaps, g => g.Gap?.Lower > Margin) ? Decision.Supported
                : Array.TrueForAll(gaps, g => g.Gap?.Upper < Margin) ? Decision.Contradicted : Decision.NotDecided,
            string.Join("; ", gaps.GroupBy(g => g.Network).Select(n => $"{n.Key}: " + string.Join(", ", n.Select(g
                => $"{100 * g.Mean:+0.0;-0.0} at T = {g.Steps}" + (g.Gap is { } i
                    ? $" ({100 * i.Lower:+0.0;-0.0} to {100 * i.Upper:+0.0;-0.0})" : ""))))) + " points."
                + (unfitted.Length == 0 ? "" : $" Less than {Fitted:0 %} of the random or of the true labels are fitted by "
                    + $"{string.Join(", ", unfitted)}."),
            $"This project's question; a gap of more than {100 * Margin:0} points at each T, by paired t intervals, which hold together at "
                + $"{1 - Risk:0 %}; {lengths[0].Count} seeds");
    }

    private static LineChart Samples(string name, RecurrentSettings settings, Length[] lengths, Growth growth)
    {
        (double Steps, double Log)[] means = [.. lengths.Select(l => ((double)l.Steps, l.Needed.Values.Average(Math.Log2)))];
        (double middle, double height) = (means.Average(m => Math.Log2(m.Steps)), means.Average(m => m.Log));
        return new(
            $"Training sequences that a risk of {settings.Risk} takes, geometric means over the seeds, and the power of T",
            ChartAxis.Logarithmic("length T"), new ChartAxis("sequences, log2", "0.0"),
            new Curve("measured", means),
            new Curve(
                $"T to the power of {growth.Exponent.Mean:0.00}",
                [.. means.Select(m => (m.Steps, height + growth.Exponent.Mean * (Math.Log2(m.Steps) - middle)))]))
        {
            File = $"charts/{name}/samples.svg",
        };
    }

    private static LineChart Risks(string name, Length[] lengths) => new(
        "Test risk of the network whose hidden matrix alone is trained, against how far that is from the random start, epoch by epoch; "
            + "means over the seeds",
        new ChartAxis("distance ||W - W0||", "0.0"), new ChartAxis("test risk", "0 %") { Minimum = 0 },
        [
            .. from length in lengths
               from adversarial in (bool[])[false, true]
               select new Curve(
                   $"T = {length.Steps}, {StartOf(adversarial)} start", length.Path(Recurrent.HiddenAlone, adversarial))
               {
                   Look = Array.IndexOf(lengths, length),
                   Faint = adversarial,
               },
        ])
    {
        File = $"charts/{name}/distance.svg",
    };

    private static BarChart Starts(string name, RecurrentSettings settings, Length[] lengths) => new(
        $"Test accuracy after training on {settings.Train:N0} sequences, with 95 % intervals of the mean",
        ChartAxis.Percent("test accuracy"), [.. lengths.Select(l => $"T = {l.Steps}")],
        [
            .. from network in Recurrent.Networks
               from adversarial in (bool[])[false, true]
               let samples = lengths.Select(l => l.Test(network, adversarial)).ToArray()
               select new BarGroup($"{network}, {StartOf(adversarial)} start", [.. samples.Select(s => s.Mean)])
               {
                   ErrorBars =
                   [
                       .. samples.Select(s => s.MeanInterval() is { } i ? (i.Lower, i.Upper) : (double.NaN, double.NaN)),
                   ],
               },
        ])
    {
        ValueFormat = "0 %",
        File = $"charts/{name}/starts.svg",
    };

    private static string StartOf(bool adversarial) => adversarial ? "adversarial" : "random";

    private static Table SamplesTable(RecurrentSettings settings, Length[] lengths, Growth? growth) => Lean(
        $"Training sequences that a risk of {settings.Risk} takes",
        [
            Number("T", "steps"), Number("Seeds that reach it", "reached"), Number("Sequences, geometric mean", "samples"),
            Number("Least", "least"), Number("Most", "most"),
        ],
        lengths.Select(l => (Cell[])
        [
            Count(l.Steps), Count(l.Needed.Count), Of(l, needed => Math.Exp(needed.Average(Math.Log))), Of(l, Enumerable.Min),
            Of(l, Enumerable.Max),
        ]),
        (growth is null ? "" : $"Power of T: {growth.Exponent.Mean:0.00} ± {growth.Exponent.StandardError:0.00}, a line over the "
            + "logarithms for each seed. ")
            + $"Training sets of {settings.SmallestTrain:N0} to {settings.LargestTrain:N0} sequences, doubled until the risk is reached; "
            + "between two sizes by a line over the logarithm of the size. A seed that reaches it with the smallest, or not with the "
            + "largest, does not count.");

    private static Cell Of(Length length, Func<IEnumerable<double>, double> what)
        => Count(length.Needed.Count == 0 ? null : (long)Math.Round(what(length.Needed.Values)));

    private static Table RunsTable(RecurrentSettings settings, Length[] lengths) => Lean(
        $"After {settings.Train:N0} sequences",
        [
            Text("Network", "network"), Number("T", "steps"), Text("Start", "start"), Number("Random labels fitted", "randomFitted"),
            Number("Training accuracy", "train"), Number("Test accuracy", "test"), Number("||W - W0||", "distance"),
        ],
        from network in Recurrent.Networks
        from length in lengths
        from adversarial in (bool[])[false, true]
        let runs = length.Runs(network, adversarial)
        select (Cell[])
        [
            network, Count(length.Steps), StartOf(adversarial), Share(adversarial ? runs.Average(r => r.RandomFitted) : null),
            Share(runs.Average(r => r.TrainAccuracy)), Share(runs.Average(r => r.TestAccuracy)),
            Number(runs.Average(r => r.Points[^1].Distance), "0.0"),
        ],
        "Means over the seeds. elman trains all three matrices, elman-hidden the hidden one alone; ||W - W0|| is over those that are "
            + "trained. Random labels: one for each sequence.");

    /// <summary>A length over all seeds.</summary>
    private sealed class Length(int steps, RecurrentSettings settings, (int Seed, RecurrentLength Numbers)[] results)
    {
        public int Steps => steps;

        public int Count => results.Length;

        /// <summary>The samples that the risk took, by seed, of those that reach it.</summary>
        public Dictionary<int, double> Needed { get; } = results
            .Select(r => (r.Seed, Samples: r.Numbers.SamplesFor(settings.Risk)))
            .Where(r => r.Samples is not null).ToDictionary(r => r.Seed, r => r.Samples!.Value);

        /// <summary>Whether random labels and, from either start, true ones are fitted.</summary>
        public bool Fits(string network, double share)
            => Runs(network, adversarial: true).Average(r => r.RandomFitted!.Value) >= share
                && Array.TrueForAll([false, true], start => Runs(network, start).Average(r => r.TrainAccuracy) >= share);

        public RecurrentRun[] Runs(string network, bool adversarial) => [.. results.Select(r => Run(r.Numbers, network, adversarial))];

        public Sample Test(string network, bool adversarial) => new(Runs(network, adversarial).Select(r => r.TestAccuracy));

        /// <summary>Test accuracy from the random start less that from the adversarial one.</summary>
        public PairedDifferences Gap(string network)
        {
            return PairedDifferences.Between(BySeed(adversarial: false), BySeed(adversarial: true));

            Dictionary<int, double> BySeed(bool adversarial)
                => results.ToDictionary(r => r.Seed, r => Run(r.Numbers, network, adversarial).TestAccuracy);
        }

        /// <summary>Distance and risk at each measured epoch that all seeds have.</summary>
        public (double X, double Y)[] Path(string network, bool adversarial)
        {
            RecurrentRun[] runs = Runs(network, adversarial);
            return
            [
                .. Enumerable.Range(0, runs.Min(r => r.Points.Count))
                    .Select(i => (runs.Average(r => r.Points[i].Distance), runs.Average(r => r.Points[i].Risk))),
            ];
        }

        private static RecurrentRun Run(RecurrentLength numbers, string network, bool adversarial)
            => numbers.Runs.Single(r => r.Architecture == network && r.Adversarial == adversarial);
    }

    /// <summary>How samples grow with T, seed by seed: the points of a seed share a concept.</summary>
    /// <param name="Exponent">The slope of ln n over ln T, of each seed.</param>
    /// <param name="BeyondMidway">
    /// By how much ln n grows more, from the middle length to the longest, than midway between what a power of T and an exponential of T
    /// make of its growth from the shortest to the middle one: below 0 for a power, above 0 for an exponential. Null with one seed.
    /// </param>
    private sealed record Growth(Sample Exponent, Interval? BeyondMidway)
    {
        /// <summary>Null unless every seed has its samples at each length.</summary>
        public static Growth? Of(Length[] lengths)
        {
            int[] seeds = [.. lengths[0].Needed.Keys];
            if (Array.Exists(lengths, l => l.Needed.Count < l.Count))
            {
                return null;
            }

            Length first = lengths[0], middle = lengths[lengths.Length / 2], last = lengths[^1];
            double power = Math.Log((double)last.Steps / middle.Steps) / Math.Log((double)middle.Steps / first.Steps);
            double exponential = (double)(last.Steps - middle.Steps) / (middle.Steps - first.Steps);
            return new(
                new(seeds.Select(seed => PowerLaw.Fit([.. lengths.Select(l => ((double)l.Steps, l.Needed[seed]))])!.Exponent)),
                new Sample(seeds.Select(seed => Math.Log(last.Needed[seed] / middle.Needed[seed])
                    - (power + exponential) / 2 * Math.Log(middle.Needed[seed] / first.Needed[seed]))).MeanInterval());
        }
    }
}

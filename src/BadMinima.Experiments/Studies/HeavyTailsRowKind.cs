using BadMinima.MLNet;
using BadMinima.Reporting;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>
/// Eliminating sharp minima with truncated heavy-tailed noise (Wang, Oh, Rhee, ICLR 2022) on few images, some of whose labels are random:
/// six methods from one random start, by test accuracy and by how sharp the minimum is that each ends at.
/// </summary>
internal sealed class HeavyTailsRowKind : StudyKind<HeavyTailsRowSettings, HeavyTailsRowNumbers>
{
    private const string Source = "Wang, Oh, Rhee 2022";
    private const string Percent = "0.00 %";
    private const string Short = "0.000";

    // Of the training images whose label was left: below it a method has not got anywhere.
    private const double Fits = 0.5;

    // To run the network costs a third of what a gradient does.
    private const double OfGradient = 1 / 3.0;

    public override string Property => "heavyTails";

    public override string Plural => "studies of heavy-tailed noise";

    protected override string Description => "Truncated heavy-tailed noise against plain SGD on images some of whose labels are random "
        + "(Wang, Oh, Rhee 2022), besides.";

    protected override int DefaultSeeds => 5;

    protected override double Work(HeavyTailsRowSettings settings)
        => (double)settings.Steps * settings.SmallBatch * HeavyTailsMethod.All.Sum(m => m.GradientsPerStep(settings))
            + OfGradient * HeavyTailsMethod.All.Length * ((double)settings.Draws * settings.Train + settings.Test);

    protected override double Seconds(HeavyTailsRowSettings settings) => 10 + Work(settings) / 12_000;

    protected override RunData? DataOf(HeavyTailsRowSettings settings, int seed) => settings.DataOf(seed);

    protected override void Validate(HeavyTailsRowSettings settings)
    {
        Require(
            Architectures.All.Any(a => a.Name == settings.Architecture),
            $"architecture is {settings.Architecture}; allowed is one of `badminima models`.");
        Require(settings.Train >= 20, $"train is {settings.Train}; allowed is at least 20.");
        Require(
            settings.Noisy >= 2 && settings.Noisy < settings.Train,
            $"noisy is {settings.Noisy}; allowed is at least 2 and less than the {settings.Train} of train.");
        Require(settings.Test >= 20, $"test is {settings.Test}; allowed is at least 20.");
        Require(settings.Iterations >= 2, $"iterations is {settings.Iterations}; allowed is at least 2.");
        Require(settings.Rate > 0 && double.IsFinite(settings.Rate), $"rate is {settings.Rate}; allowed is more than 0.");
        Require(
            settings.LargeBatch >= 2 && settings.LargeBatch <= settings.Train,
            $"largeBatch is {settings.LargeBatch}; allowed is at least 2 and at most the {settings.Train} of train: it is drawn without "
                + "repetition.");
        Require(
            settings.SmallBatch >= 1 && settings.SmallBatch <= settings.LargeBatch,
            $"smallBatch is {settings.SmallBatch}; allowed is at least 1 and at most the {settings.LargeBatch} of largeBatch.");
        Require(
            settings.Closing >= 0 && settings.Closing < settings.Steps,
            $"closing is {settings.Closing}; allowed is at least 0 and less than the {settings.Steps} steps that are made: "
                + $"{settings.Epochs} epochs of {settings.StepsPerEpoch}.");
        Require(settings.Clip > 0 && double.IsFinite(settings.Clip), $"clip is {settings.Clip}; allowed is more than 0.");
        Require(settings.Scale > 0 && double.IsFinite(settings.Scale), $"scale is {settings.Scale}; allowed is more than 0.");
        Require(
            settings.Alpha > 1 && double.IsFinite(settings.Alpha),
            $"alpha is {settings.Alpha}; allowed is more than 1: at 1 and below the noise has no mean.");
        Require(settings.Draws >= 1, $"draws is {settings.Draws}; allowed is at least 1.");
        Require(
            settings.Deviation > 0 && double.IsFinite(settings.Deviation), $"deviation is {settings.Deviation}; allowed is more than 0.");
        RequireTrainable(
            settings.Data, () => settings.DataOf(seed: 1), settings.Train,
            HeavyTailsMethod.All.Select(m => HeavyTailsRow.Options(settings, m, seed: 1)));
    }

    protected override HeavyTailsRowNumbers Compute(HeavyTailsRowSettings settings, StudyRun run)
        => new HeavyTailsRow(settings, run.Seed).Run(run.Progress, run.Cancellation);

    protected override string Line(HeavyTailsRowNumbers numbers)
        => "test accuracy " + string.Join(
            ", ", HeavyTailsMethod.All.Zip(numbers.Ends, (m, e) => $"{m.Name} {(e is null ? "diverged" : $"{e.TestAccuracy:P1}")}"));

    protected override StudyPart Part(
        string name, HeavyTailsRowSettings settings, IReadOnlyList<(int Seed, HeavyTailsRowNumbers Numbers)> results)
    {
        Outcome[] outcomes = [.. HeavyTailsMethod.All.Select((m, i) => Outcome.Of(m, i, results))];
        Chart[] charts = [Accuracies(name, outcomes), Sharpnesses(name, outcomes)];
        Table table = Table(settings, results, outcomes);
        string rounded = settings.Steps == settings.Iterations
            ? $"{settings.Steps:N0} steps"
            : $"{settings.Steps:N0} steps, which are the whole epochs nearest to the {settings.Iterations:N0} asked for,";
        return new(
            new(
                "Truncated heavy-tailed noise where some labels are random",
                [
                    new Paragraph($"{settings.Architecture} on {settings.Train:N0} images of {settings.Data}, of which {settings.Noisy:N0} "
                        + $"have a label drawn uniformly over all classes. From one random start six methods make {rounded} at the rate "
                        + $"{settings.Rate}, of which the last {settings.Closing:N0} are without noise and with the large batch where a "
                        + $"method has noise. LB: plain SGD with batches of {settings.LargeBatch:N0}; SB: of {settings.SmallBatch:N0}; "
                        + $"clip: no step is longer than {settings.Clip}; noise: {settings.Scale} W (g_SB - g_LB) is added to the "
                        + $"gradient, W Pareto-distributed with the index {settings.Alpha}, without clip; ours 1 and ours 2: with clip "
                        + "too, the noise of an independent small batch and of the step's own."),
                    new Paragraph("The size of the source's large batch is unverified, and so are that clipping goes on during the last "
                        + "steps, that SB + noise has the noise of ours 2, and that random labels can be the true ones."),
                    .. charts, table,
                ]),
            [Flatter(outcomes, results.Count), Better(outcomes, results.Count)],
            charts,
            [("heavy-tails", table)]);
    }

    private static Table Table(
        HeavyTailsRowSettings settings, IReadOnlyList<(int Seed, HeavyTailsRowNumbers Numbers)> results, Outcome[] outcomes)
    {
        Outcome small = Named(outcomes, HeavyTailsMethod.Small), clipped = Named(outcomes, HeavyTailsMethod.Clipped);
        string[] diverged = [.. outcomes.Where(o => o.Diverged > 0).Select(o => $"{o.Method.Name} {o.Diverged} of {results.Count} times")];
        return Lean(
            "Six methods from one random start, beside the published row of Fashion-MNIST",
            [
                Text("Method", "method"), Number("Test accuracy", "accuracy"), Number("Standard error", "accuracyError"),
                Number("Published", "publishedAccuracy"), Number("Clean training images", "clean"),
                Number("Noisy training images", "noisy"), Number("Sharpness", "sharpness"), Number("Standard error", "sharpnessError"),
                Number("Published", "publishedSharpness"), Number("Diverged", "diverged"),
            ],
            outcomes.Select(o => (Cell[])
            [
                o.Method.Name, Number(o.Accuracy.Mean, Percent), Number(o.Accuracy.StandardError, Percent),
                Number(o.Method.Accuracy, Percent), Share(o.Clean?.Mean), Share(o.Noisy?.Mean), Number(o.Sharpness?.Mean, Short),
                Number(o.Sharpness?.StandardError, Short), Number(o.Method.Sharpness, Short), Count(o.Diverged),
            ]),
            $"{results.Count} seeds, each with images, random labels and a start of its own. Noisy training images: "
                + $"{settings.Noisy:N0} whose label was drawn, and by that label; another one than the true one at "
                + $"{results.Average(r => r.Numbers.Changed):0.#} of them. Sharpness: E |L(w + v) - L(w)|, v normal with the deviation "
                + $"{settings.Deviation}, {settings.Draws} draws, over all training images as labeled; a network that says the same of "
                + "every image is flat too. Published: LeNet, 1,200 images, 10,000 steps, 5 seeds. "
                + (small.Diverged == 0 && small.Ends.SequenceEqual(clipped.Ends)
                    ? "No step of plain SGD was as long as clip allows: SB + clip is SB. "
                    : "")
                + (diverged.Length == 0
                    ? "No run diverged."
                    : $"Diverged: {string.Join(", ", diverged)}; there the test accuracy counts as that of guessing, and the other columns "
                        + "leave it out."));
    }

    private static Verdict Flatter(Outcome[] outcomes, int seeds)
    {
        Outcome small = Named(outcomes, HeavyTailsMethod.Small);
        Outcome[] ours = [Named(outcomes, HeavyTailsMethod.Independent), Named(outcomes, HeavyTailsMethod.Same)];
        return Judge(
            "Truncated heavy-tailed noise ends at flatter minima than plain SGD with small batches.",
            // A network that says the same of every image is flat, and no minimum.
            Array.TrueForAll([small, .. ours], o => o.Diverged == 0 && o.Clean?.Mean > Fits)
                ? [.. ours.Select(o => PairedDifferences.Between(small.SharpnessBySeed, o.SharpnessBySeed))]
                : [],
            $"Expected sharpness: {string.Join(", ", ours.Prepend(small).Select(o => $"{o.Method.Name} {Said(o)}"))}.",
            seeds);

        static string Said(Outcome outcome) => outcome.Sharpness is { } known ? known.Mean.ToString(Short) : "not known";
    }

    private static Verdict Better(Outcome[] outcomes, int seeds)
    {
        Outcome small = Named(outcomes, HeavyTailsMethod.Small), same = Named(outcomes, HeavyTailsMethod.Same);
        Outcome noise = Named(outcomes, HeavyTailsMethod.Untruncated);
        return Judge(
            "Truncated heavy-tailed noise generalizes better than plain SGD with small batches, and the same noise without truncation "
                + "worse.",
            [
                PairedDifferences.Between(same.AccuracyBySeed, small.AccuracyBySeed),
                PairedDifferences.Between(small.AccuracyBySeed, noise.AccuracyBySeed),
            ],
            "Test accuracy: " + string.Join(
                ", ", new[] { small, same, noise }.Select(o => $"{o.Method.Name} {o.Accuracy.Mean.ToString(Percent)}")) + ".",
            seeds);
    }

    /// <summary>A claim that holds where all differences are above 0, and does not where one is below.</summary>
    private static Verdict Judge(string claim, IReadOnlyList<PairedDifferences> differences, string finding, int seeds)
    {
        TTest?[] tests = [.. differences.Select(d => TTest.Paired(d))];
        return new(
            claim,
            tests.Any(t => t?.DifferenceInterval.Upper < 0) ? Decision.Contradicted
                : tests.Length > 0 && Array.TrueForAll(tests, t => t?.DifferenceInterval.Lower > 0) ? Decision.Supported
                : Decision.NotDecided,
            finding,
            $"{Source}; two paired t tests, both of which have to agree"
                + (differences.Count > 0 ? "" : $"; not made, since a method diverged or fits less than {Fits:0 %} of the clean images")
                + $"; {seeds} seeds");
    }

    private static BarChart Accuracies(string name, Outcome[] outcomes) => new(
        "Test accuracy, means over the seeds with 95 % intervals, and as published",
        ChartAxis.Percent("test accuracy"), [.. outcomes.Select(o => o.Method.Name)],
        new BarGroup("here", [.. outcomes.Select(o => o.Accuracy.Mean)])
        {
            ErrorBars = [.. outcomes.Select(o => Range(o.Accuracy))],
        },
        new BarGroup("published", [.. outcomes.Select(o => o.Method.Accuracy)]))
    {
        ValueFormat = Percent,
        File = $"charts/{name}/accuracy.svg",
    };

    private static BarChart Sharpnesses(string name, Outcome[] outcomes) => new(
        "Expected sharpness, means over the seeds with 95 % intervals, and as published",
        new ChartAxis("expected sharpness", Short) { Minimum = 0 }, [.. outcomes.Select(o => o.Method.Name)],
        new BarGroup("here", [.. outcomes.Select(o => o.Sharpness?.Mean ?? double.NaN)])
        {
            ErrorBars = [.. outcomes.Select(o => Range(o.Sharpness))],
        },
        new BarGroup("published", [.. outcomes.Select(o => o.Method.Sharpness)]))
    {
        File = $"charts/{name}/sharpness.svg",
    };

    private static (double, double) Range(Sample? sample)
        => sample?.MeanInterval() is { } interval ? (interval.Lower, interval.Upper) : (double.NaN, double.NaN);

    private static Outcome Named(Outcome[] outcomes, string name) => outcomes.Single(o => o.Method.Name == name);

    /// <summary>A method over all seeds.</summary>
    /// <param name="Method">The method.</param>
    /// <param name="Ends">Where it ends, by seed; null: it diverged.</param>
    /// <param name="AccuracyBySeed">The test accuracy; of a run that diverged, that of guessing.</param>
    private sealed record Outcome(
        HeavyTailsMethod Method, IReadOnlyList<(int Seed, HeavyTailsEnd? End)> Ends, IReadOnlyDictionary<int, double> AccuracyBySeed)
    {
        public Sample Accuracy { get; } = new(AccuracyBySeed.Values);

        /// <summary>Training accuracy of images whose label was left as it is; null: all runs diverged, as below.</summary>
        public Sample? Clean => Of(e => e.CleanAccuracy);

        /// <summary>That of images whose label was drawn.</summary>
        public Sample? Noisy => Of(e => e.NoisyAccuracy);

        public Sample? Sharpness => Sample.OrNull(SharpnessBySeed.Values);

        /// <summary>Of the runs that did not diverge and whose loss nearby is finite.</summary>
        public IReadOnlyDictionary<int, double> SharpnessBySeed
            => Ended.Where(e => e.End.Sharpness is not null).ToDictionary(e => e.Seed, e => e.End.Sharpness!.Value);

        public int Diverged => Ends.Count(e => e.End is null);

        private IEnumerable<(int Seed, HeavyTailsEnd End)> Ended => Ends.Where(e => e.End is not null).Select(e => (e.Seed, e.End!));

        public static Outcome Of(
            HeavyTailsMethod method, int place, IReadOnlyList<(int Seed, HeavyTailsRowNumbers Numbers)> results) => new(
            method, [.. results.Select(r => (r.Seed, r.Numbers.Ends[place]))],
            results.ToDictionary(r => r.Seed, r => r.Numbers.Ends[place]?.TestAccuracy ?? 1.0 / r.Numbers.Classes));

        private Sample? Of(Func<HeavyTailsEnd, double> measure) => Sample.OrNull(Ended.Select(e => measure(e.End)));
    }
}

using BadMinima.Reporting;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>
/// Special neurons on a network with bad LOCAL minima (Kawaguchi, Kaelbling, AISTATS 2020): at each local minimum of the loss with them
/// their amplitude is 0 and the network at a global minimum; but descent need not arrive at one: the neurons may run off.
/// </summary>
internal sealed class LocalMinimaKind : StudyKind<LocalMinimumSettings, LocalMinimumNumbers>
{
    // With a chance of a half more than half of 20 would be 11; a claim wants more than a handful.
    private const int FewestMinima = 10;

    public override string Property => "localMinima";

    public override string Plural => "studies of local minima";

    protected override string Description => "Special neurons from bad local minima of a network with a few units (Kawaguchi, Kaelbling "
        + "2020), besides.";

    protected override int DefaultSeeds => 100;

    protected override double Work(LocalMinimumSettings settings) => 20_000;

    protected override double Seconds(LocalMinimumSettings settings) => 6;

    protected override void Validate(LocalMinimumSettings settings)
    {
        Require(settings.Hidden >= 1, $"hidden is {settings.Hidden}; allowed is at least 1.");
        Require(
            settings.LearningRate > 0 && double.IsFinite(settings.LearningRate),
            $"learningRate is {settings.LearningRate}; allowed is more than 0.");
        Require(settings.Steps >= 10, $"steps is {settings.Steps}; allowed is at least 10.");
        Require(
            settings.Penalty > 0 && double.IsFinite(settings.Penalty), $"penalty is {settings.Penalty}; allowed is more than 0.");
    }

    protected override LocalMinimumNumbers Compute(LocalMinimumSettings settings, StudyRun run)
        => new LocalMinima(settings, run.Seed).Run(run.Progress, run.Cancellation);

    protected override string Line(LocalMinimumNumbers numbers) => numbers.Special is { } special
        ? $"a local minimum, {numbers.Found.Right} of {LocalMinima.Points} right; with special neurons {special.Right}"
        : "a global minimum";

    protected override StudyPart Part(
        string name, LocalMinimumSettings settings, IReadOnlyList<(int Seed, LocalMinimumNumbers Numbers)> results)
    {
        // From where plain descent gets all points right after all there was no minimum, but a slow stretch.
        LocalMinimumNumbers[] stuck = [.. results.Select(r => r.Numbers).Where(n => n.Plain is { IsGlobal: false })];
        int slow = results.Count(r => r.Numbers.Plain is { IsGlobal: true }), special = stuck.Count(n => n.Special!.IsGlobal);
        double steepest = stuck.Select(n => n.Plain!.GradientNorm).DefaultIfEmpty().Max();
        int fading = stuck.Count(n => !n.Special!.IsGlobal && Fades(n));
        int growing = stuck.Length - special - fading;
        Chart[] charts = stuck.Length == 0 ? [] : [Outcomes(name, stuck.Length, special, fading, growing), Runs(name, stuck)];
        Table table = new(
            "How descent with special neurons ends from the bad local minima",
            [Text("End", "end"), Number("How often", "ends"), Number("Share", "share")],
            [
                Row("all points right", special),
                Row("network as bad, the neurons' amplitude falls while their weights grow", fading),
                Row("network as bad, otherwise", growing),
            ])
        {
            Note = $"Of {results.Count} starts {stuck.Length} end in a local minimum: gradient descent alone does not leave it in as many "
                + $"steps again, and its gradient is then at most {steepest:0.0000}; {slow} were only slow. {settings.Steps:N0} steps at "
                + $"the rate {settings.LearningRate}, penalty {settings.Penalty}.",
        };
        return new(
            new(
                "Special neurons from bad local minima",
                [
                    new Paragraph("Exclusive or: four points, two classes, and a network of "
                        + $"{settings.Hidden} hidden units with ReLU. Gradient descent on all points finds a minimum from each start; from "
                        + "those that are not global it goes on, alone and with special neurons. What counts is the network without them."),
                    .. charts, table,
                ]),
            [Judge(results.Count, stuck.Length, special, fading)],
            charts,
            [("local-minima", table)]);

        Cell[] Row(string what, int count) => [what, Count(count), Share(stuck.Length == 0 ? null : count / (double)stuck.Length)];
    }

    private static Verdict Judge(int starts, int stuck, int cured, int fading)
    {
        const string claim = "With special neurons descent gets from a bad local minimum to a global one.";
        string test = $"Kawaguchi, Kaelbling 2020; whether it does from more than half of them, by the exact binomial interval; {starts} "
            + "starts; the theorem speaks of local minima with the neurons, not of where descent ends";
        if (stuck < FewestMinima)
        {
            return new(
                claim, Decision.NotDecided, $"{stuck} of {starts} starts end in a bad local minimum; it takes {FewestMinima}.", test);
        }

        Interval share = Proportion.Interval(cured, stuck);
        return new(
            claim,
            share.Lower > 0.5 ? Decision.Supported : share.Upper < 0.5 ? Decision.Contradicted : Decision.NotDecided,
            $"From {cured} of {stuck} bad local minima ({share.Lower:0 %} to {share.Upper:0 %}) the network itself gets all points right"
                + (cured == stuck ? "." : $"; of the other {stuck - cured}, {fading} with an amplitude that falls while the neurons' "
                    + "weights grow, the published way to fail."),
            test);
    }

    /// <summary>Whether the amplitude falls from its largest while the neurons' weights end larger than they were then.</summary>
    private static bool Fades(LocalMinimumNumbers numbers)
    {
        int top = numbers.Amplitudes.Index().MaxBy(a => a.Item).Index;
        return numbers.Amplitudes[^1] < 0.9 * numbers.Amplitudes[top] && numbers.Slopes[^1] > numbers.Slopes[top];
    }

    private static BarChart Outcomes(string name, int stuck, int special, int fading, int growing) => new(
        $"How descent with special neurons ends from {stuck} bad local minima: shares, with exact 95 % intervals",
        ChartAxis.Percent("share"), ["all right", "as bad, a falls and w grows", "as bad, otherwise"],
        new BarGroup("share", [.. new[] { special, fading, growing }.Select(count => count / (double)stuck)])
        {
            ErrorBars = [.. new[] { special, fading, growing }.Select(count => Proportion.Interval(count, stuck))
                .Select(i => (i.Lower, i.Upper))],
        })
    {
        ValueFormat = "0 %",
        File = $"charts/{name}/endings.svg",
    };

    private static LineChart Runs(string name, LocalMinimumNumbers[] stuck)
    {
        int points = stuck.Min(n => n.Amplitudes.Count);
        return new(
            "The special neurons on their way, means over the bad local minima",
            new ChartAxis("share of the steps", "0.0"), new ChartAxis("norm", "0.0"),
            Mean("amplitudes |a|", n => n.Amplitudes), Mean("weights |w|", n => n.Slopes))
        {
            File = $"charts/{name}/neurons.svg",
        };

        Curve Mean(string what, Func<LocalMinimumNumbers, IReadOnlyList<double>> values) => new(
            what, [.. Enumerable.Range(0, points).Select(i => ((i + 1.0) / points, stuck.Average(n => values(n)[i])))]);
    }
}

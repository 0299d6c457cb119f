namespace BadMinima.Reporting.Tests;

/// <summary>The sections that a report of many seeds adds to <see cref="SampleReport"/>, from made-up numbers.</summary>
internal static class SampleStudy
{
    private static readonly string[] Recipes =
        ["vanilla", "augmentation", "l2", "momentum", "augmentation + l2", "augmentation + momentum", "l2 + momentum", "augmentation + l2 + momentum"];

    private static readonly double[] Random = [0.842, 0.893, 0.846, 0.851, 0.897, 0.899, 0.855, 0.903];

    private static readonly double[] Adversarial = [0.611, 0.842, 0.704, 0.793, 0.871, 0.89, 0.835, 0.905];

    private static readonly double[] Errors = [0.031, 0.012, 0.045, 0.022, 0.009, 0.007, 0.02, 0.006];

    public static Section Verdicts => new("Verdicts",
        new Verdicts(
            new Verdict("C1: Vanilla SGD from an adversarial start ends at a worse test accuracy than from a random start.", Decision.Supported,
                "The gap is 23.1 points, 95 % interval 19.8 to 26.4, over 5 seeds on Fashion-MNIST with the small CNN.",
                "Paired t test, t(4) = 19.4, p = 0.00004, Holm-corrected over 12 comparisons; Cohen's d = 8.7."),
            new Verdict("C2: Any single regularizer recovers the accuracy of a random start.", Decision.Contradicted,
                "With l2 alone a gap of 14.2 points remains, 95 % interval 9.7 to 18.7, over 5 seeds.", "Paired t test, t(4) = 8.8, p = 0.0009, Holm-corrected."),
            new Verdict("Momentum alone recovers.", Decision.NotDecided, "At equal effective rate the gap is 1.2 points, 95 % interval -2.9 to 5.3, over 3 seeds.", "")));

    public static Section Ablation => new("Ablation",
        new BarChart("Test accuracy per recipe, random against adversarial start; error bars: 95 % interval over 5 seeds", ChartAxis.Percent("test accuracy"), Recipes,
            new BarGroup("random start", Random) { ErrorBars = [.. Random.Select(mean => (mean - 0.008, mean + 0.008))] },
            new BarGroup("adversarial start", Adversarial) { ErrorBars = [.. Adversarial.Zip(Errors, (mean, error) => (mean - error, mean + error))] })
        {
            ValueFormat = "0.0 %",
        },
        new BarChart("Gap per recipe in points; error bars: 95 % interval over 5 seeds", new ChartAxis("gap", "0.0"), Recipes,
            new BarGroup("gap", [.. Gaps]) { ErrorBars = [.. Gaps.Zip(Errors, (gap, error) => (gap - (100 * error), gap + (100 * error)))] }),
        Table());

    public static Section Sweeps => new("Rates & seeds",
        new SideBySide(
            new LineChart("Vanilla gap against the learning rate; bars: 95 % interval over 3 seeds", ChartAxis.Logarithmic("learning rate of phase 2"), new ChartAxis("gap in points", "0"),
                Points("plain SGD", [24, 22, 17, 9, 3], 3), Points("momentum 0.9, equal lr/(1 - mu)", [23, 23, 15, 8, 4], 2)),
            new LineChart("Test accuracy; bands: 95 % interval over 5 seeds", ChartAxis.Count("epoch"), ChartAxis.Percent("accuracy"),
                Banded("random start", 0.85, 0), Banded("adversarial start", 0.62, 1), Banded("adversarial start, regularized", 0.99, 2))),
        new Details("Every run of the learning-rate sweep", Table(), new Preformatted("Options", "{ \"learningRate\": [0.003, 0.01, 0.03, 0.1, 0.3] }")));

    public static Section Pictures => new("The 2-D case",
        Figure.FromSvg("Decision boundary of a made-up case", Drawing, "A wavy line parts blue points on the left from orange points on the right."),
        Figure.FromPng("The same as pixels", Convert.FromBase64String(PixelImage.FromChw([.. Enumerable.Range(0, 80 * 50).Select(i => (byte)(i % 80 * 3))], 1, 50, 80).DataUri["data:image/png;base64,".Length..]), "A ramp from black to white."));

    private static IEnumerable<double> Gaps => Random.Zip(Adversarial, (random, adversarial) => 100 * (random - adversarial));

    private static string Drawing =>
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="980" height="420" viewBox="0 0 980 420"><rect width="980" height="420" fill="#fff"/>
        <path d="M490 20C400 120 590 240 480 400" fill="none" stroke="#222" stroke-width="3"/><circle cx="240" cy="200" r="20" fill="#0072b2"/>
        <circle cx="730" cy="220" r="20" fill="#d55e00"/><text x="40" y="390" font-family="sans-serif" font-size="26">blue</text></svg>
        """;

    private static Table Table() => new("Fashion-MNIST, small CNN, 5,000 images",
        [
            Column.Text("Recipe"), Column.Number("Seeds"), Column.Number("Random start"), Column.Number("Adversarial start"), Column.Number("Gap"),
            Column.Number("95 % interval") with { IsExported = false }, Column.Number("Low") with { IsShown = false }, Column.Number("High") with { IsShown = false },
            Column.Number("p (Holm)"), Column.Number("Cohen's d"), Column.Number("Epochs to fit"), Column.Number("TFLOP"),
        ],
        [
            .. Recipes.Select((recipe, i) =>
            {
                double gap = 100 * (Random[i] - Adversarial[i]), error = 100 * Errors[i];
                return (Cell[])
                [
                    recipe, Cell.Number(5, "0"), Cell.Number(Random[i], "0.0 %"), Cell.Number(Adversarial[i], "0.0 %"), Cell.Number(gap, "0.0"), $"{gap - error:0.0} to {gap + error:0.0}",
                    Cell.Number(gap - error, "0.0"), Cell.Number(gap + error, "0.0"), Cell.Number(0.00004 * (i + 1), "0.00000"), Cell.Number(8.7 / (i + 1), "0.0"),
                    Cell.Number(31 + i, "0"), Cell.Number(12.25 * (i + 1), "#,##0.0"),
                ];
            }),
        ])
    {
        Note = "Means over seeds; the interval is Student's t, paired by seed.",
    };

    private static Curve Points(string name, double[] gaps, double error)
    {
        double[] rates = [0.003, 0.01, 0.03, 0.1, 0.3];
        return new Curve(name, [.. rates.Zip(gaps)]) { ErrorBars = [.. gaps.Select(gap => (gap - error, gap + error))] };
    }

    private static Curve Banded(string name, double to, int wobble)
    {
        double[] values = SampleReport.Values(60, 0.3, to, 8, wobble);
        return Curve.PerEpoch(name, values) with { Band = [.. values.Select((value, i) => (value - 0.02 - (0.1 / (i + 1)), value + 0.02 + (0.1 / (i + 1))))] };
    }
}

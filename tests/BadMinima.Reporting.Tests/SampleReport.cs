namespace BadMinima.Reporting.Tests;

/// <summary>A page of the shape that the demos write, from made-up numbers: every kind of block at the size it has in earnest.</summary>
internal static class SampleReport
{
    private static readonly string[] Classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    private static readonly (string Start, string Recipe, double Train, double Test)[] Runs =
    [
        ("random", "vanilla", 1.0, 0.842),
        ("adversarial", "vanilla", 1.0, 0.611),
        ("random", "regularized", 0.981, 0.903),
        ("adversarial", "regularized", 0.977, 0.895),
    ];

    public static Page Create() => new(
        "Bad global minima: quick start",
        "A network that first fits random labels is then trained on the true ones. With a vanilla recipe it keeps the damage; a regularized recipe recovers from it.",
        SampleStudy.Verdicts,
        new Section("What came out",
            new KeyNumbers(
                new KeyNumber("Gap, vanilla", "23.1", "points of test accuracy"),
                new KeyNumber("Gap, regularized", "0.8", "points of test accuracy"),
                new KeyNumber("Random labels fitted", "99.9 %", "after 38 epochs")),
            ResultTable(),
            new BarChart("Test accuracy by start and recipe", ChartAxis.Percent("test accuracy"), ["vanilla", "regularized"],
                new BarGroup("random start", [0.842, 0.903]), new BarGroup("adversarial start", [0.611, 0.895]))
            {
                ValueFormat = "0.0 %",
            }),
        new Section("Learning curves",
            new SideBySide(
                new LineChart("Phase 1: accuracy on random labels", ChartAxis.Count("epoch"), ChartAxis.Percent("accuracy"),
                    Curve.PerEpoch("random labels", Values(38, 0.1, 0.999, 9, 0))),
                new LineChart("Phase 2: test accuracy", ChartAxis.Count("epoch"), ChartAxis.Percent("accuracy"),
                    [.. Runs.Select((run, i) => Curve.PerEpoch($"{run.Start} start, {run.Recipe}", Values(60, 0.3, run.Test, 8, i)))])),
            new LineChart("Phase 2: test accuracy, and training accuracy in thin lines", ChartAxis.Count("epoch"), ChartAxis.Percent("accuracy"),
                [.. Runs.SelectMany((run, i) => new[]
                {
                    Curve.PerEpoch($"{run.Start}, {run.Recipe}", Values(60, 0.3, run.Test, 8, i)) with { Look = i },
                    Curve.PerEpoch($"{run.Start}, {run.Recipe} (train)", Values(60, 0.3, run.Train, 10, i + 4)) with { Look = i, Faint = true },
                })])
            {
                Marks = [(20, "rate / 10"), (40, "rate / 100")],
            }),
        SampleStudy.Ablation,
        SampleStudy.Sweeps,
        SampleStudy.Pictures,
        new Section("What phase 1 was trained on",
            new Paragraph("Each image is replicated, a tenth of the pixels of each replica is set to zero, and every replica has a label drawn at random."),
            Images()),
        new Section("Confusion on the test set", new SideBySide([.. Runs.Select(Confusion)])),
        new Section("Configuration", new Preformatted("Options of this run",
            """
            {
              "seed": 1,
              "architecture": "resnet18",
              "randomLabels": { "replicas": 10, "zeroOutRatio": 0.1, "stopAtAccuracy": 0.9999, "learningRate": 0.1 },
              "training": { "recipe": "vanilla", "epochs": 60, "learningRate": 0.1, "schedule": "step(0.1, 20, 40)" }
            }
            """)))
    {
        HasContents = true,
        Footer = "BadMinima.MLNet 0.1.0, made-up numbers",
    };

    public static Table ResultTable() => new("Accuracy of the four runs",
        [Column.Text("Start"), Column.Text("Recipe"), Column.Number("Training accuracy"), Column.Number("Test accuracy"), Column.Number("Epochs"), Column.Number("Seconds")],
        [.. Runs.Select((run, i) => (string[])[run.Start, run.Recipe, run.Train.ToString("0.0 %"), run.Test.ToString("0.0 %"), "60", (31.2 + (i * 74.9)).ToString("0.0")])]);

    internal static double[] Values(int count, double from, double to, double pace, int wobble) =>
        [.. Enumerable.Range(0, count).Select(i => Math.Min(1, to - ((to - from) * Math.Exp(-i / pace)) + (0.012 * Math.Exp(-i / 20.0) * Math.Sin((2.1 * i) + wobble))))];

    private static ImageGrid Images()
    {
        Random random = new(1);
        return new ImageGrid("Five images and three replicas of each", ["original", "replica 1", "replica 2", "replica 3"],
            [.. Enumerable.Range(0, 5).Select(row =>
            {
                byte[] original = Picture(row);
                return (GridImage[])[
                    new GridImage(PixelImage.FromChw(original, 3, 32, 32), Classes[row]),
                    .. Enumerable.Range(0, 3).Select(_ => new GridImage(PixelImage.FromChw(ZeroOut(original, random), 3, 32, 32), $"as {Classes[random.Next(10)]}"))];
            })]);
    }

    private static byte[] Picture(int row)
    {
        byte[] pixels = new byte[3 * 32 * 32];
        for (int i = 0; i < 1024; i++)
        {
            double x = ((i % 32) - 16) / 16.0, y = ((i / 32) - 16) / 16.0;
            double shape = Math.Sin((row + 2) * x) * Math.Cos((5 - row) * y);
            pixels[i] = (byte)(128 + (100 * shape));
            pixels[1024 + i] = (byte)(140 + (60 * y));
            pixels[2048 + i] = (byte)(128 - (90 * shape * x));
        }

        return pixels;
    }

    private static byte[] ZeroOut(byte[] original, Random random)
    {
        byte[] pixels = [.. original];
        for (int i = 0; i < 1024; i++)
        {
            if (random.NextDouble() < 0.1)
            {
                pixels[i] = pixels[1024 + i] = pixels[2048 + i] = 0;
            }
        }

        return pixels;
    }

    private static ConfusionHeatMap Confusion((string Start, string Recipe, double Train, double Test) run)
    {
        Random random = new(7);
        double[][] counts = new double[10][];
        for (int row = 0; row < 10; row++)
        {
            counts[row] = new double[10];
            for (int i = 0; i < 1000; i++)
            {
                int near = row ^ 1;
                int predicted = random.NextDouble() < run.Test ? row : random.NextDouble() < 0.4 ? near : random.Next(10);
                counts[row][predicted]++;
            }
        }

        return new ConfusionHeatMap($"{run.Start} start, {run.Recipe}: {run.Test:0.0 %}", Classes, counts);
    }
}

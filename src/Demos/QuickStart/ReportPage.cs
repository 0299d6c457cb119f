using System.Collections.Immutable;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.QuickStart;

/// <summary>The quick start's report.html.</summary>
internal static class ReportPage
{
    private const int ShownReplicas = 4;

    public static Page Create(Outcome outcome, IDataView train) => new(
        "Bad global minima: quick start",
        "A network that has first fitted random labels is trained on the true ones. "
        + "Plain SGD fits them all and keeps the damage; explicit regularizers undo it.",
        new Section("What came out",
            new KeyNumbers(
                new KeyNumber("Gap, vanilla", $"{outcome.Gap("vanilla"):F1}", "points of test accuracy"),
                new KeyNumber("Gap, regularized", $"{outcome.Gap("regularized"):F1}", "points of test accuracy"),
                new KeyNumber("Random labels fitted", $"{outcome.RandomLabels.Epochs[^1].TrainingAccuracy:P1}",
                    $"after {outcome.RandomLabels.Epochs.Length} epochs, {outcome.RandomLabels.Seconds:F0} s")),
            outcome.Table(),
            new BarChart("Test accuracy by start and recipe", ChartAxis.Percent("test accuracy"), Recipes(outcome),
                new BarGroup("random start", Accuracies(outcome, "random")),
                new BarGroup("adversarial start", Accuracies(outcome, "adversarial")))
            {
                ValueFormat = "0.0 %",
            },
            new Paragraph("One run each, one seed: a picture of the effect, not a measurement of its size.")),
        new Section("Learning curves",
            new SideBySide(
                new LineChart("Phase 1: accuracy on the random labels", ChartAxis.Count("epoch"), ChartAxis.Percent("accuracy"),
                    Line("random labels", outcome.RandomLabels, e => e.TrainingAccuracy),
                    Line("true test labels", outcome.RandomLabels, e => e.TestAccuracy)),
                new LineChart("Phase 2: accuracy on the training set", ChartAxis.Count("epoch"), ChartAxis.Percent("accuracy"),
                    [.. outcome.Runs.Select(r => Line(Name(r), r.History, e => e.TrainingAccuracy))])),
            new LineChart("Phase 2: accuracy on the test set", ChartAxis.Count("epoch"), ChartAxis.Percent("accuracy"),
                [.. outcome.Runs.Select(r => Line(Name(r), r.History, e => e.TestAccuracy))])),
        new Section("What phase 1 was trained on",
            new Paragraph(
                $"Each image appears {outcome.Settings.Replicas} times; in each replica {outcome.Settings.ZeroOut:P0} of the pixel values "
                + "are 0 and the label is drawn at random."),
            Images(outcome, train)),
        new Section("Confusion on the test set", new SideBySide([.. outcome.Runs.Select(r => Confusion(r, outcome.ClassNames))])),
        new Section("Configuration", new Preformatted("Settings of this run", outcome.ConfigurationJson)))
    {
        Footer = $"BadMinima.MLNet {outcome.Adversary.Version}, {outcome.Seconds:F0} s on {outcome.Adversary.Device}",
    };

    private static string Name(Run run) => $"{run.Start} start, {run.Recipe}";

    private static string[] Recipes(Outcome outcome) => [.. outcome.Runs.Select(r => r.Recipe).Distinct()];

    private static double[] Accuracies(Outcome outcome, string start)
        => [.. Recipes(outcome).Select(recipe => outcome.TestAccuracy(recipe, start))];

    private static ConfusionHeatMap Confusion(Run run, ImmutableArray<string> classNames)
        => new($"{Name(run)}: {run.TestAccuracy:P1}", classNames, run.Metrics.ConfusionMatrix.Counts);

    private static Curve Line(string name, PhaseHistory phase, Func<EpochMetrics, double?> value)
        => new(name, [.. phase.Epochs.Where(e => value(e) is not null).Select(e => ((double)e.Epoch, value(e)!.Value))]);

    private static ImageGrid Images(Outcome outcome, IDataView train)
    {
        DataViewSchema.Column pixels = train.Schema["Pixels"];
        _ = ImageShape.TryFrom(pixels.Type, out ImageShape shape);
        int shown = Math.Min(ShownReplicas, outcome.Settings.Replicas);
        PixelImage Picture(ReadOnlySpan<byte> bytes) => PixelImage.FromChw(bytes, shape.Channels, shape.Height, shape.Width);
        List<IReadOnlyList<GridImage>> rows = [];
        using DataViewRowCursor cursor = train.GetRowCursor([pixels, train.Schema["Label"]]);
        ValueGetter<VBuffer<byte>> image = cursor.GetGetter<VBuffer<byte>>(pixels);
        ValueGetter<uint> label = cursor.GetGetter<uint>(train.Schema["Label"]);
        foreach (IGrouping<int, CorruptedImage> replicas in outcome.Replicas.GroupBy(r => r.Row))
        {
            VBuffer<byte> bytes = default;
            uint key = 0;
            cursor.MoveNext();
            image(ref bytes);
            label(ref key);
            rows.Add(
            [
                new GridImage(Picture(bytes.GetValues()), outcome.ClassNames[(int)key - 1]),
                .. replicas.Take(shown).Select(r => new GridImage(Picture(r.Pixels.AsSpan()), $"as {outcome.ClassNames[r.Label]}")),
            ]);
        }

        return new ImageGrid(
            "The first images and their replicas with their random labels",
            ["image", .. Enumerable.Range(1, shown).Select(r => $"replica {r}")], rows);
    }
}

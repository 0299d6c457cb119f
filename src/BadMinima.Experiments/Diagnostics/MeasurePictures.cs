using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>The pictures of a measure, models beside each other. Those that have layers show them without a line here.</summary>
internal static class MeasurePictures
{
    private static readonly string[] Kinds = ["noise", "zeroed", "shift", "brightness", "blur"];

    /// <param name="models">
    /// What one measure says of each, by the models' names; of those that it does not apply to there is nothing.
    /// </param>
    /// <param name="file">Where a picture also lies as a file.</param>
    public static IEnumerable<Chart> Of(IReadOnlyList<(string Name, MeasureOutcome Outcome)> models, string file)
    {
        (string Name, MeasureOutcome Outcome)[] known = [.. models.Where(m => !m.Outcome.Numbers.IsEmpty)];
        if (known.Length == 0)
        {
            yield break;
        }

        switch (known[0].Outcome.Measure.Name)
        {
            case "calibration":
                yield return new LineChart(
                    "Reliability: accuracy against the probability of the predicted class, in 15 bins; on the line a probability is what "
                        + "it says",
                    ChartAxis.Percent("probability"), ChartAxis.Percent("accuracy"),
                    [
                        .. known.Select(m => new Curve(m.Name, [.. Bins(m.Outcome)])),
                        new Curve("what it says", [(0.0, 0.0), (1.0, 1.0)]) { Faint = true },
                    ])
                {
                    File = file,
                };
                break;
            case "corruptions":
                yield return new BarChart(
                    "Accuracy on changed images, means over five strengths", ChartAxis.Percent("accuracy"), ["unchanged", .. Kinds],
                    [
                        .. known.Select(m => new BarGroup(m.Name, [.. Kinds.Prepend("unchanged").Select(kind => Mean(m.Outcome, kind))])),
                    ])
                {
                    ValueFormat = "0 %",
                    File = file,
                };
                break;
            case "adversarial":
                yield return new LineChart(
                    "Accuracy where each value moves by at most r / 255 (PGD)", new ChartAxis("r", "0"), ChartAxis.Percent("accuracy"),
                    [.. known.Select(m => new Curve(m.Name, [.. Attacks(m.Outcome)]))])
                {
                    File = file,
                };
                break;
            default:
                if (Layers(known, file) is { } layers)
                {
                    yield return layers;
                }

                break;
        }
    }

    private static IEnumerable<(double, double)> Bins(MeasureOutcome outcome)
        => from confidence in outcome.Numbers
           where confidence.Name.EndsWith(", confidence", StringComparison.Ordinal)
           let name = confidence.Name.Replace(", confidence", ", accuracy", StringComparison.Ordinal)
           let accuracy = outcome.Numbers.Single(n => n.Name == name)
           select (confidence.Value, accuracy.Value);

    private static IEnumerable<(double, double)> Attacks(MeasureOutcome outcome)
        => outcome.Numbers.Where(n => n.Name == "unchanged").Select(n => (0.0, n.Value)).Concat(
            outcome.Numbers.Where(n => n.Name.StartsWith("PGD ", StringComparison.Ordinal))
                .Select(n => (double.Parse(n.Name[4..], System.Globalization.CultureInfo.InvariantCulture), n.Value)));

    private static double Mean(MeasureOutcome outcome, string kind)
        => outcome.Numbers.Where(n => n.Name == kind || n.Name.StartsWith($"{kind} ", StringComparison.Ordinal)).Average(n => n.Value);

    /// <summary>The first number that layers have, of networks with the same layers; null: there is none, or one layer.</summary>
    private static BarChart? Layers((string Name, MeasureOutcome Outcome)[] models, string file)
    {
        if (models[0].Outcome.Numbers.Where(n => n.Layer is not null).GroupBy(n => n.Name).FirstOrDefault(g => g.Count() > 1)?.Key
            is not { } number)
        {
            return null;
        }

        MeasuredNumber[][] layers =
            [.. models.Select(m => m.Outcome.Numbers.Where(n => n.Layer is not null && n.Name == number).ToArray())];
        return layers.Any(l => !l.Select(n => n.Layer).SequenceEqual(layers[0].Select(n => n.Layer)))
            ? null
            : new(
                $"{number}, layer by layer", new ChartAxis(number, "G3"), [.. layers[0].Select(n => n.Layer!)],
                [.. models.Zip(layers, (m, l) => new BarGroup(m.Name, [.. l.Select(n => n.Value)]))])
            {
                File = file,
            };
    }
}

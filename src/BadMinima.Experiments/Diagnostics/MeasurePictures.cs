using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// The pictures of a measure, models beside each other: as <see cref="DiagnosticMeasure.Picture"/> has it; and of one that has numbers of
/// layers, layer by layer.
/// </summary>
internal static class MeasurePictures
{
    /// <param name="models">
    /// What one measure says of each, by the models' names; of those that it does not apply to there is nothing.
    /// </param>
    /// <param name="file">Where the picture also lies as a file.</param>
    public static IEnumerable<Chart> Of(IReadOnlyList<(string Name, MeasureOutcome Outcome)> models, string file)
    {
        (string Name, MeasureOutcome Outcome)[] known = [.. models.Where(m => !m.Outcome.Numbers.IsEmpty)];
        if (known.Length == 0)
        {
            return [];
        }

        if (known[0].Outcome.Measure.Picture is { } picture)
        {
            known = [.. known.Where(m => SeriesOf(m.Outcome).Length > 0)];
            return known.Length == 0 ? [] : [picture.Bars ? Bars(picture, known, file) : Lines(picture, known, file)];
        }

        return Layers(known, file) is { } layers ? [layers] : [];
    }

    private static LineChart Lines(MeasurePicture picture, (string Name, MeasureOutcome Outcome)[] models, string file)
    {
        List<Curve> curves = [];
        foreach ((string name, MeasureOutcome outcome) in models)
        {
            IGrouping<string, MeasuredNumber>[] series = SeriesOf(outcome);
            curves.AddRange(series.Select(s => new Curve(
                series.Length == 1 ? name : $"{name}, {s.Key}", [.. s.Select(n => (n.Place!.X, n.Value)).OrderBy(p => p.X)])));
        }

        if (picture.Diagonal is { } diagonal)
        {
            curves.Add(new Curve(diagonal, [(0.0, 0.0), (1.0, 1.0)]) { Faint = true });
        }

        return new(picture.Caption, Axis(picture.X), Axis(picture.Y), curves) { File = file };
    }

    private static BarChart Bars(MeasurePicture picture, (string Name, MeasureOutcome Outcome)[] models, string file)
    {
        string[] series = [.. SeriesOf(models[0].Outcome).Select(s => s.Key)];
        return new(
            picture.Caption, Axis(picture.Y), series,
            [
                .. models.Select(m => new BarGroup(
                    m.Name, [.. series.Select(name => SeriesOf(m.Outcome).Single(s => s.Key == name).Average(n => n.Value))])),
            ])
        {
            ValueFormat = picture.Y.IsShare ? "0 %" : "G3",
            File = file,
        };
    }

    private static IGrouping<string, MeasuredNumber>[] SeriesOf(MeasureOutcome outcome)
        => [.. outcome.Numbers.Where(n => n.Place is not null).GroupBy(n => n.Place!.Series)];

    private static ChartAxis Axis(MeasureAxis axis) => axis.IsShare ? ChartAxis.Percent(axis.Name)
        : new(axis.Name) { IsLogarithmic = axis.IsLogarithmic };

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

using BadMinima.Reporting;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>What a bench of measures says, for a page, a console or a program.</summary>
internal static class BenchPage
{
    private const string Two = "0.00";

    // What a detector is asked for.
    private const double Asked = 0.9;

    /// <summary>All scores, of measures together first.</summary>
    public static Table Table(MeasureBench bench) => Lean(
        "How well each measure tells bad minima from good ones",
        [
            Text("Measure", "measure"), Number("Area under ROC", "area"), .. IntervalColumns("area", Experiments.Interval.UsualLevel),
            Number("Least", "leastArea"), Hidden("leastKind"), Number("Kendall's tau", "tau"),
            .. IntervalColumns("tau", Experiments.Interval.UsualLevel), Hidden("kinds"),
        ],
        All(bench).Select(score => (IReadOnlyList<Cell>)
        [
            score.Name, Number(score.Area.Mean, Two), .. Cells(Interval(score), Two),
            Number(score.ByKind.Min(k => k.Area), Two), score.ByKind.MinBy(k => k.Area).Kind, Number(score.Correlation?.Mean, Two),
            .. Cells(score.Correlation?.MeanInterval(), Two), Count(score.ByKind.Length),
        ]),
        $"{bench.Count} networks that fit their training set, {bench.Bad} of them bad: they reach at most {MeasureBench.BadAt:0 %} of the "
            + "test accuracy of plain SGD from random starts on the same images. The area is that of a kind (a data set with a network), "
            + $"mean and Student's interval over {Plural(bench.Kinds.Count())}, and the least; 0.5 is chance, below it the measure says "
            + "the opposite of what its source does. Kendall's tau is with test error, within a kind and seed. All measures together: "
            + "ML.NET's logistic regression of their ranks, trained on other data and other networks than it is tested on"
            + (bench.NotTogether.IsEmpty ? "" : $", without {string.Join(", ", bench.NotTogether)}, which not all networks have")
            + ". Kinds share data and networks, so their intervals are rather too short."
            + (bench.Unfitted + bench.WithoutReference == 0 ? ""
                : $" Left out: {bench.Unfitted} networks that do not fit, {bench.WithoutReference} without plain SGD beside them."));

    /// <summary>The areas, with their intervals.</summary>
    /// <param name="bench">The bench.</param>
    /// <param name="file">The picture's file in the report's folder.</param>
    public static BarChart Areas(MeasureBench bench, string file) => new(
        "Area under the ROC curve, mean over data sets with networks and its 95 % interval; 0.5 is chance",
        new ChartAxis("area", Two), [.. All(bench).Select(s => s.Name)],
        new BarGroup("area", [.. All(bench).Select(s => s.Area.Mean)])
        {
            ErrorBars = [.. All(bench).Select(s => Interval(s) is { } i ? (i.Lower, i.Upper) : (double.NaN, double.NaN))],
        })
    {
        ValueFormat = Two,
        File = file,
    };

    /// <summary>Test accuracy against each measure, the best first.</summary>
    /// <param name="bench">The bench.</param>
    /// <param name="folder">The folder of their files in the report's.</param>
    public static IEnumerable<LineChart> Pictures(MeasureBench bench, string folder)
        => bench.Measures.Select((score, place) => new LineChart(
            $"{score.Name}: test accuracy of five parts of the networks, from those with the least to those with the most of it, over that "
                + "of plain SGD from random starts",
            ChartAxis.Count("fifth of the networks, by the measure"), new ChartAxis("test accuracy", "0 %"),
            [.. bench.Fifths(score.Name).Select(kind => new Curve(kind.Kind, kind.Points))])
        {
            File = $"{folder}/{FileOf(score.Name, place)}.svg",
        });

    /// <summary>The measure's name, where it is one that any file can have; a column of the user's may have any.</summary>
    private static string FileOf(string measure, int place)
        => measure.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') ? measure
            : $"measure-{place + 1}";

    /// <summary>The page of a bench by itself.</summary>
    public static Page Page(MeasureBench bench) => new(
        "Which measures tell bad minima from good ones",
        Verdict(bench).Finding,
        new Section("Scores", [Areas(bench, "charts/areas.svg"), Table(bench)]),
        new Section("Measure by measure", [.. Pictures(bench, "charts")]));

    /// <summary>Whether a detector does what is asked for.</summary>
    public static Verdict Verdict(MeasureBench bench)
    {
        MeasureScore? among = bench.Together.FirstOrDefault();
        Interval? interval = among is null ? null : Interval(among);
        return new(
            $"Measures that see no test label tell bad minima from good ones, on networks and data that the detector was not trained on, "
                + $"with an area of at least {Asked}.",
            interval is null ? Decision.NotDecided : interval.Value.Lower >= Asked ? Decision.Supported
                : interval.Value.Upper < Asked ? Decision.Contradicted : Decision.NotDecided,
            among is null ? "There are no two data sets with two networks."
                : string.Join("; ", bench.Together.Append(bench.Measures[0]).Select(Said)) + ".",
            "this project; Student's interval over kinds");

        static string Said(MeasureScore score) => $"{score.Name}: {score.Area.Mean.ToString(Two)}"
            + (Interval(score) is { } i ? $" ({i.Lower.ToString(Two)} to {i.Upper.ToString(Two)})" : "");
    }

    // No area is outside 0 to 1.
    private static Interval? Interval(MeasureScore score) => score.Area.MeanInterval() is { } i
        ? new(Math.Max(0, i.Lower), Math.Min(1, i.Upper), i.Level) : null;

    private static string Plural(int kinds) => kinds == 1 ? "one kind" : $"{kinds} kinds";

    private static MeasureScore[] All(MeasureBench bench) => [.. bench.Together, .. bench.Measures];
}

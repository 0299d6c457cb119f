using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>The 2-D figures in a sweep's report.</summary>
internal sealed class BoundaryReport : KindReport
{
    /// <summary>The finished ones, each with the file of its drawing.</summary>
    public List<(int Seed, BoundaryResult Result, string Svg)> Figures { get; } = [];

    /// <summary>Those that are asked for and not finished, and those that cannot be read.</summary>
    public List<(int Seed, string Why)> Open { get; } = [];

    public override IEnumerable<Section> Sections
    {
        get
        {
            if (Figures.Count > 0)
            {
                Figure[] figures = [.. Figures.Select(f => Draw(f.Seed, f.Svg))];
                yield return new(
                    "The 2-D figure",
                    [
                        figures[0],
                        BoundaryTables.ForReport(Figures.Select(f => (f.Seed, f.Result))),
                        .. figures.Length > 1 ? [new Details("The other seeds", figures[1..])] : (Block[])[],
                    ]);
            }
        }
    }

    public override IEnumerable<Verdict> Verdicts
    {
        get
        {
            Dictionary<int, double> vanilla = Jaggedness(2), regularized = Jaggedness(3);
            if (TTest.Paired(PairedDifferences.Between(vanilla, regularized)) is { } test)
            {
                yield return new(
                    "After random labels plain SGD leaves a jagged boundary between two clouds of points, regularized SGD a smooth one.",
                    test.DifferenceInterval.Lower > 0 ? Decision.Supported
                        : test.DifferenceInterval.Upper < 0 ? Decision.Contradicted : Decision.NotDecided,
                    $"The boundary is {vanilla.Values.Average():0.00} times as long as the straight one after plain SGD, "
                        + $"{regularized.Values.Average():0.00} times after regularized SGD: {test.DifferenceInterval.Lower:0.00} to "
                        + $"{test.DifferenceInterval.Upper:0.00} more.",
                    $"Liu, Papailiopoulos, Achlioptas 2020; paired t test, {vanilla.Count} seeds");
            }

            Dictionary<int, double> Jaggedness(int panel) => Figures.ToDictionary(f => f.Seed, f => f.Result.Panels[panel].Jaggedness);
        }
    }

    public override IEnumerable<(string Name, Table Table)> Tables
        => [("boundary", BoundaryTables.ForReport(Figures.Select(f => (f.Seed, f.Result))))];

    public override IEnumerable<(string Title, string Why)> Missing => Open.Select(o => (BoundaryKind.TitleOf(o.Seed), o.Why));

    private static Figure Draw(int seed, string svg) => Figure.FromSvg(
        $"Two separable clouds of points, a network of two hidden layers of 100, seed {seed}: (a) from a random start, "
            + "(b) after fitting random labels, (c) vanilla from there, (d) regularized from there",
        File.ReadAllText(svg),
        "Four panels with the predicted probability of one class in color and the decision boundary as a line; the table below says how "
            + "jagged each is.",
        $"boundary/seed{seed}/figure.svg");
}

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

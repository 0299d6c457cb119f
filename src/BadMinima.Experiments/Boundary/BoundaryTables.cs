using BadMinima.Reporting;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>What the command says of figures on the console.</summary>
internal static class BoundaryTables
{
    private const string None = "-";

    /// <summary>The 2-D figures' numbers.</summary>
    public static Table ForReport(IEnumerable<(int Seed, BoundaryResult Result)> figures) => Lean(
        "The 2-D figure: how jagged each boundary is",
        [
            Number("Seed", "seed"), Text("Panel", "panel"), Number("Points right", "trainAccuracy"), Number("Jaggedness", "jaggedness"),
            Number("Islands", "islands"), Number("Over (a)", "jaggednessOverRandomStart"),
        ],
        figures.SelectMany(f => f.Result.Panels.Select(p => (Cell[])
        [
            Count(f.Seed), p.Name, Share(p.TrainingAccuracy), Number(p.Jaggedness, "0.00"), Count(p.Islands),
            Number(f.Result.Panels[0].Jaggedness > 0 ? p.Jaggedness / f.Result.Panels[0].Jaggedness : null, "0.00"),
        ])),
        "Jaggedness: the length of the line p = 0.5 over that of the straight separator. Islands: regions of the predicted classes beyond "
            + "two. Over (a): jaggedness as a multiple of that of (a).");

    /// <summary>One figure, a panel a row.</summary>
    public static Table Of(BoundaryResult result) => new($"The 2-D figure, seed {result.Settings.Seed}",
        [Column.Text("Panel"), Column.Number("Points right"), Column.Number("Jaggedness"), Column.Number("Islands"),
            Column.Number("Epochs"), Column.Number("Seconds")],
        [.. result.Panels.Select(p => (string[])[
            p.Name, $"{p.TrainingAccuracy:P1}", $"{p.Jaggedness:F2}", $"{p.Islands}", $"{p.Epochs:N0}", $"{p.Seconds:F1}"])]);

    /// <summary>
    /// Figures of several seeds: jaggedness of each panel, what it is against (a), islands of (c), the smallest share of points that any
    /// panel has right; then means and ranges.
    /// </summary>
    public static Table Of(IReadOnlyList<BoundaryResult> results)
    {
        (string Head, string Format, Func<BoundaryResult, double?> Value)[] columns =
        [
            .. Enumerable.Range(0, 4).Select(i => ($"({"abcd"[i]})", "F2", (Func<BoundaryResult, double?>)(r => r.Panels[i].Jaggedness))),
            ("(c)/(a)", "F2", r => r.VanillaOverRandomStart),
            ("(d)/(a)", "F2", r => r.RegularizedOverRandomStart),
            ("Islands (c)", "F1", r => r.Panels[2].Islands),
            ("Right, all", "P1", r => r.Panels.Min(p => p.TrainingAccuracy)),
            ("Seconds", "F1", r => r.Seconds),
        ];
        return new("Jaggedness of the panels by seed; mean and range over the seeds",
            [Column.Text("Seed"), .. columns.Select(c => Column.Number(c.Head))],
            [
                .. results.Select(r => Row($"{r.Settings.Seed}", c => c.Value(r))),
                Row("mean", c => results.Average(c.Value)),
                Row("least", c => results.Min(c.Value)),
                Row("most", c => results.Max(c.Value)),
            ]);

        string[] Row(string name, Func<(string Head, string Format, Func<BoundaryResult, double?> Value), double?> value)
            => [name, .. columns.Select(c => value(c)?.ToString(c.Format) ?? None)];
    }
}

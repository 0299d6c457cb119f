using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>What the command says of figures on the console.</summary>
internal static class BoundaryTables
{
    private const string None = "-";

    /// <summary>One figure, a panel a row.</summary>
    public static Table Of(BoundaryResult result) => new($"The 2-D figure, seed {result.Settings.Seed}",
        [Column.Text("Panel"), Column.Number("Points right"), Column.Number("Jaggedness"), Column.Number("Islands"), Column.Number("Epochs"), Column.Number("Seconds")],
        [.. result.Panels.Select(p => (string[])[p.Name, $"{p.TrainAccuracy:P1}", $"{p.Jaggedness:F2}", $"{p.Islands}", $"{p.Epochs:N0}", $"{p.Seconds:F1}"])]);

    /// <summary>Figures of several seeds: jaggedness of each panel, what it is against (a), islands of (c), the smallest share of points that any panel has right; then means and ranges.</summary>
    public static Table Of(IReadOnlyList<BoundaryResult> results)
    {
        (string Head, string Format, Func<BoundaryResult, double?> Value)[] columns =
        [
            .. Enumerable.Range(0, 4).Select(i => ($"({"abcd"[i]})", "F2", (Func<BoundaryResult, double?>)(r => r.Panels[i].Jaggedness))),
            ("(c)/(a)", "F2", r => r.VanillaOverRandomStart),
            ("(d)/(a)", "F2", r => r.RegularizedOverRandomStart),
            ("Islands (c)", "F1", r => r.Panels[2].Islands),
            ("Right, all", "P1", r => r.Panels.Min(p => p.TrainAccuracy)),
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

using BadMinima.Reporting;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>Composes an audit's page.</summary>
internal sealed class AuditPage(Audit audit, double risk)
{
    public Page Page => new(
        "Audit of a recipe", "Does it depend on a lucky start? How far do two honest runs differ, and is the score one?",
        [
            new("Verdict", [.. audit.Sentences.Select(sentence => new Paragraph(sentence)), .. Curves(), RunsTable()]),
            .. audit.Changes.IsEmpty ? (Section[])[] : [new Section("What helps", Changes(), ChangesTable())],
        ])
    {
        Footer = $"{audit.Time.TotalSeconds:N0} s. A bad start is a network that has first fitted random labels (Liu, Papailiopoulos, "
            + "Achlioptas, NeurIPS 2020). Every number is in audit.json.",
    };

    private IEnumerable<Block> Curves()
    {
        Curve[] curves =
        [
            .. ((bool[])[false, true]).Select(bad => (bad, Runs: audit.Runs.Where(r => r.BadStart == bad && r.Curve.Length > 0).ToArray()))
                .Where(s => s.Runs.Length > 0)
                .Select(s => new Curve($"{(s.bad ? "bad" : "random")} start",
                [
                    .. s.Runs.SelectMany(r => r.Curve).GroupBy(c => c.Epoch).Where(g => g.Count() == s.Runs.Length).OrderBy(g => g.Key)
                        .Select(g => ((double)g.Key, g.Average(c => c.Accuracy))),
                ])),
        ];
        if (curves.Any(c => c.Points.Count > 1))
        {
            yield return new LineChart(
                "Test accuracy along training, means over the seeds", ChartAxis.Count("epoch"), new ChartAxis("test accuracy", "0 %"),
                curves);
        }
    }

    private Table RunsTable() => Lean(
        "Runs",
        [
            Number("Seed", "seed"), Text("Start", "start"), Number("Test accuracy", "test"), Number("Training accuracy", "train"),
            Number("Seconds", "seconds"),
        ],
        audit.Runs.Select(r => (Cell[])
        [
            Count(r.Seed), r.BadStart ? "bad" : "random", Share(r.Diverged ? null : r.TestAccuracy),
            Share(r.Diverged ? null : r.TrainAccuracy), Number(r.Time.TotalSeconds, "0.0"),
        ]),
        audit.Runs.Any(r => r.Diverged)
            ? "A run without accuracies diverged, and counts as right nowhere."
            : $"Each side of the gap's interval leaves each look at it a share of a risk of {risk:0.# %}.");

    private BarChart Changes() => new(
        "What a bad start costs with a single change, in test accuracy, with 95 % intervals of the mean",
        new ChartAxis("cost", "0 %"), ["as it is", .. audit.Changes.Select(c => c.Name)],
        new BarGroup("cost", [audit.Verdict.Gap!.Value, .. audit.Changes.Select(c => c.Cost.Mean)])
        {
            ErrorBars =
            [
                Range(audit.Verdict.Interval), .. audit.Changes.Select(c => Range(c.Cost.MeanInterval())),
            ],
        })
    {
        ValueFormat = "0.0 %",
    };

    private static (double, double) Range(Interval? interval) => interval is { } i ? (i.Lower, i.Upper) : (double.NaN, double.NaN);

    private Table ChangesTable() => Lean(
        "Single changes, from bad starts",
        [
            Text("Change", "change"), Number("Test accuracy", "test"), Number("Cost, points", "cost"),
            .. IntervalColumns("cost", Interval.UsualLevel), Number("Seeds", "seeds"),
        ],
        audit.Changes.Select(c => (Cell[])
        [
            c.Name, Share(c.Runs.Average(r => r.TestAccuracy)), Points(100 * c.Cost.Mean),
            .. Cells(c.Cost.MeanInterval() is { } i ? new Interval(100 * i.Lower, 100 * i.Upper, i.Level) : null, "0.0"),
            Count(c.Cost.Count),
        ]),
        "Cost: test accuracy of the unchanged recipe from random starts less that of the changed one from bad starts, on the same seeds. "
            + "Each interval holds by itself; of several the best looks better than it is.");
}

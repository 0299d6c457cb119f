using System.Collections.Immutable;
using System.Text.Json;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// Composes the report: the verdicts and the picture of the gap first, then each problem, the 2-D figure, the cost, the configuration.
/// </summary>
internal sealed class ReportPage
{
    // Beside the verdicts; with more problems each has its own in its section alone.
    private const int MostAtTop = 4;

    // A page of more is too long for a browser.
    private const int MostRuns = 5_000;

    private readonly Report _report;
    private readonly SweepResults _results;
    private readonly List<Chart> _charts = [];

    public ReportPage(Report report)
    {
        (_report, _results) = (report, report.Results);
        Page = Compose();
    }

    public Page Page { get; }

    /// <summary>The page's charts, each of which belongs into a file.</summary>
    public IReadOnlyList<Chart> Charts => _charts;

    private Page Compose()
    {
        (Problem Problem, ImmutableArray<Condition> Conditions, ReportCharts Charts)[] problems =
        [
            .. _report.Conditions.GroupBy(c => c.Problem)
                .Select(group => (
                    group.Key, group.ToImmutableArray(),
                    new ReportCharts(group.Key, [.. group], [.. _report.Gaps.Where(g => g.Problem == group.Key)], _report.Rule))),
        ];
        Dictionary<Problem, ImmutableArray<Chart>> stories = problems.ToDictionary(p => p.Problem, p => p.Charts.Story());
        Chart[] top = problems.Length == 1
            ? [.. stories.Values.Single()]
            : [.. stories.Values.SelectMany(story => story.Take(1)).Take(MostAtTop)];
        return new(
            $"Bad global minima: {_results.Manifest.Name}",
            _results.Manifest.Description
                ?? "Networks that have first fitted random labels, and networks that have not, trained alike on the true ones.",
            [
                Verdict(top),
                .. problems.Select(p => OfProblem(p.Problem, p.Conditions, p.Charts, stories[p.Problem].Except(top))),
                .. _report.Measures.Sections,
                .. _report.Steps.Sections,
                .. Others(),
                .. Incomplete(),
                .. _report.Runs.Any() ? [Cost()] : (Section[])[],
                Configuration(),
            ])
        {
            HasContents = true,
            Footer = "badminima "
                + $"{_results.Cells.Select(c => c.Run.Shared.Version).FirstOrDefault() ?? "report"}. Every "
                + "number is in the folder's tables/ as CSV and in claims.json, every chart in charts/, and behind them each run in cells/ "
                + "with its configuration.",
        };
    }

    private IEnumerable<Section> Others()
    {
        foreach (KindReport other in _report.Others)
        {
            _charts.AddRange(other.Charts);
            foreach (Section section in other.Sections)
            {
                yield return section;
            }
        }
    }

    /// <summary>The verdicts on the claims; where the sweep asks for other kinds of work alone, on theirs.</summary>
    private Section Verdict(Chart[] top) => _report.IsOfOthersAlone
        ? new("Verdict", new Verdicts(_report.Verdicts))
        : VerdictOfCells(top);

    private Section VerdictOfCells(Chart[] top) => new(
        "Verdict",
        [
            new Verdicts(_report.Verdicts),
            .. Row(top),
            new KeyNumbers(
                new KeyNumber(
                    "Cells", $"{_results.Cells.Length:N0}",
                    _results.Missing.Length + _results.Failed.Length == 0
                        ? "all of the sweep"
                        : $"of {_results.Manifest.Cells.Length:N0}; the rest is not finished or failed"),
                new KeyNumber("Seeds", Seeds(), "behind each mean"),
                new KeyNumber("Adversarial starts", $"{_results.Starts.Count:N0}", "shared by the recipes"),
                new KeyNumber("Margin", $"{_report.Rule.Margin:0.##}", "points: a smaller gap is no harm")),
            new Paragraph("The gap is the test accuracy from the random start less that from the adversarial start, same recipe, same "
                + "seed, in percentage points: how much harm the bad start does."),
            new Paragraph(_report.Rule.InWords),
        ]);

    private Section OfProblem(Problem problem, ImmutableArray<Condition> conditions, ReportCharts charts, IEnumerable<Chart> story)
    {
        ImmutableArray<Comparison> gaps = [.. _report.Gaps.Where(g => g.Problem == problem)],
            momentum = [.. _report.Momentum.Where(m => m.Problem == problem)];
        double level = _report.Rule.Level;
        return new(
            problem.Name,
            [
                .. TrainingImages.Population(
                    conditions[0].Cells.Values.First().Run.Shared.Settings["data"], problem.TrainImages) is { } population
                    ? [new Paragraph(population)]
                    : (Block[])[],
                .. Row([.. story]),
                .. gaps.Length > 0 ? [ReportTables.Gaps(gaps, _report.Tests, level)] : (Block[])[],
                .. momentum.Length > 0 ? [ReportTables.Momentum(momentum, _report.Tests, level)] : (Block[])[],
                .. Row([charts.Bars(), .. charts.Curves(_results)]),
                new Details(
                    "Accuracies and epochs to fit", ReportTables.Accuracies(conditions, level),
                    ReportTables.EpochsToFit(conditions, level)),
            ]);
    }

    private IEnumerable<Section> Incomplete()
    {
        (string Title, string Id, string Why)[] rows =
        [
            .. _results.Failed.Select(f => (f.Cell.Title, f.Cell.Id, f.Error)),
            .. _results.Missing.Select(m => (m.Title, m.Id, "not finished")),
            .. _report.Others.SelectMany(other => other.Missing).Select(m => (m.Title, "", m.Why)),
        ];
        if (rows.Length > 0)
        {
            yield return new(
                "What is missing",
                new Paragraph((_results.Manifest.Cells.IsEmpty ? "" : $"Of {_results.Manifest.Cells.Length:N0} cells "
                    + $"{_results.Missing.Length:N0} not finished, {_results.Failed.Length:N0} failed. ")
                    + "What stands above rests on the others."),
                new Details(
                    $"The {rows.Length:N0} without a result",
                    new Table(
                        "Without a result", [Column.Text("What"), Column.Text("Id"), Column.Text("Why")],
                        [.. rows.Select(r => (string[])[r.Title, r.Id, r.Why])]))
                {
                    IsOpen = rows.Length <= 10
                });
        }
    }

    private Section Cost()
    {
        (string Kind, string Title, FinishedRun Run)[] runs = [.. _report.Runs];
        return new(
            "Cost",
            new KeyNumbers(
                new KeyNumber(
                    "Training", Duration(runs.Sum(r => r.Run.Result.Seconds)), $"of all {runs.Length:N0} runs, one after the other"),
                new KeyNumber("Images seen", $"{runs.Sum(r => (double)r.Run.Result.Images) / 1e6:N1} M", "in training"),
                new KeyNumber("Operations", Operations(runs.Sum(r => (double)r.Run.Result.Flop)), "in training")),
            new Table("Machines", [Column.Text("Machine"), Column.Number("Runs"), Column.Text("Versions")],
                [.. runs.GroupBy(r => (Machine: ReportTables.MachineOf(r.Run), Versions: r.Run.Shared.Versions))
                    .Select(g => (string[])[g.Key.Machine, $"{g.Count():N0}", g.Key.Versions])]),
            runs.Length <= MostRuns
                ? new Details($"Each of the {runs.Length:N0} runs", ReportTables.Runs(runs), ReportTables.Starts(_report.Starts))
                : new Paragraph($"Each of the {runs.Length:N0} runs is a line of tables/runs.csv."));
    }

    private Section Configuration() => new(
        "Configuration",
        [
            new Paragraph("The sweep file. With it `badminima sweep` makes the same cells, on one CPU machine at one number "
                + "of threads to the same bits."),
            .. File.Exists(_results.Folder.SweepFile)
                ? [new Preformatted("sweep.json", File.ReadAllText(_results.Folder.SweepFile).TrimEnd())]
                : (Block[])[],
            .. _results.Cells.Take(1)
                .Select(c => new Details(
                    "The first cell's settings as resolved",
                    new Preformatted("config.json, settings", JsonSerializer.Serialize(c.Run.Settings, JsonOutput.Options)))),
        ]);

    /// <summary>Charts, two to a row where there is room; each is remembered.</summary>
    private IEnumerable<Block> Row(params Chart[] charts)
    {
        _charts.AddRange(charts);
        return charts.Length switch { 0 => [], 1 => [charts[0]], _ => [new SideBySide(charts)] };
    }

    private string Seeds()
    {
        int[] counts = [.. _report.Conditions.Select(c => c.Cells.Count).Distinct().Order()];
        return counts.Length switch { 0 => "0", 1 => $"{counts[0]}", _ => $"{counts[0]} to {counts[^1]}" };
    }

    private static string Duration(double seconds)
        => TimeSpan.FromSeconds(seconds) is { TotalHours: >= 1 } time ? $"{time.TotalHours:N1} h" : $"{seconds / 60:N1} min";

    private static string Operations(double flop) => flop >= 1e15 ? $"{flop / 1e15:N1} PFLOP" : $"{flop / 1e12:N1} TFLOP";
}

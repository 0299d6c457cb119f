using System.Collections.Immutable;
using System.Text.Json;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>Composes the report: the verdicts first, then each problem, the 2-D figure, the cost, the configuration.</summary>
internal sealed class ReportPage(Report report)
{
    private readonly SweepResults _results = report.Results;

    public Page Create() => new(
        $"Bad global minima: {_results.Manifest.Name}",
        _results.Manifest.Description ?? "Networks that have first fitted random labels, and networks that have not, trained alike on the true ones.",
        [
            Verdict(),
            .. report.Conditions.GroupBy(c => c.Problem).Select(group => OfProblem(group.Key, [.. group])),
            .. Momentum(),
            .. Figure(),
            .. Incomplete(),
            Cost(),
            Configuration(),
        ])
    {
        HasContents = true,
        Footer = $"badminima {_results.Cells.Select(c => (string?)c.Run.Config["versions"]?["badMinima"]).FirstOrDefault()}; every number is in the folder's tables/ as CSV, and behind it in cells/ with its configuration.",
    };

    private Section Verdict() => new(
        "Verdict",
        new Verdicts([.. report.Claims.Select(ClaimSentences.VerdictOf)]),
        new Paragraph(report.Rule.InWords),
        new KeyNumbers(
            new KeyNumber("Cells", $"{_results.Cells.Length:N0}", _results.Missing.Length + _results.Failed.Length == 0 ? "all of the sweep" : $"of {_results.Manifest.Cells.Length:N0}"),
            new KeyNumber("Seeds", Seeds(), "each condition"),
            new KeyNumber("Adversarial starts", $"{_results.Starts.Count:N0}", "shared by the recipes")));

    private Section OfProblem(Problem problem, ImmutableArray<Condition> conditions)
    {
        ImmutableArray<Comparison> gaps = [.. report.Gaps.Where(g => g.Problem == problem)];
        ReportCharts charts = new(problem, conditions, gaps, report.Rule.Level);
        Block?[] blocks =
        [
            charts.Bars(),
            gaps.Length > 0 ? ReportTables.Gaps(gaps, report.ByComparison, report.Rule.Level) : null,
            .. charts.Corruption(),
            charts.Rates(),
            charts.Training(),
            charts.RandomLabels(_results),
            new Details("Accuracies and epochs to fit", ReportTables.Accuracies(conditions, report.Rule.Level), ReportTables.EpochsToFit(conditions, report.Rule.Level)),
        ];
        return new(problem.Name, [.. blocks.OfType<Block>()]);
    }

    private IEnumerable<Section> Momentum()
    {
        if (report.Momentum.Length > 0)
        {
            yield return new(
                "Momentum or the rate",
                new Paragraph("Momentum mu makes plain SGD's steps up to 1 / (1 - mu) times as long. Whether it is momentum that rescues, or the longer steps, only a comparison at equal effective rate lr / (1 - mu) tells."),
                ReportTables.Momentum(report.Momentum, report.ByComparison, report.Rule.Level));
        }
    }

    private IEnumerable<Section> Figure()
    {
        if (report.Boundaries.Length > 0)
        {
            (int seed, _) = report.Boundaries[0];
            string folder = _results.Folder.Boundary(seed);
            yield return new(
                "The 2-D figure",
                Reporting.Figure.FromSvg(
                    $"Two separable clouds of points, a network of two hidden layers of 100, seed {seed}: (a) from a random start, (b) after fitting random labels, (c) vanilla from there, (d) regularized from there",
                    File.ReadAllText(Path.Combine(folder, "figure.svg")),
                    "Four panels with the predicted probability of one class in colour and the decision boundary as a line; the table below says how jagged each is.",
                    $"boundary/seed{seed}/figure.svg"),
                ReportTables.Boundaries(report.Boundaries));
        }
    }

    private IEnumerable<Section> Incomplete()
    {
        if (_results.Failed.Length + _results.Missing.Length > 0)
        {
            yield return new(
                "What is missing",
                new Paragraph($"{_results.Missing.Length:N0} cells are not finished and {_results.Failed.Length:N0} have failed. What stands above rests on the others."),
                new Table("Cells without a result", [Column.Text("Cell"), Column.Text("Id"), Column.Text("Why")],
                    [.. _results.Failed.Select(f => (string[])[f.Cell.Title, f.Cell.Id, f.Failure.Error]), .. _results.Missing.Select(m => (string[])[m.Title, m.Id, "not finished"])]));
        }
    }

    private Section Cost()
    {
        (string Title, FinishedRun Run)[] runs = [.. report.Runs];
        return new(
            "Cost",
            new KeyNumbers(
                new KeyNumber("Training", Duration(runs.Sum(r => r.Run.Result.Seconds)), "of all runs, one after the other"),
                new KeyNumber("Images seen", $"{runs.Sum(r => (double)r.Run.Result.Images) / 1e6:N1} M", "in training"),
                new KeyNumber("Operations", $"{runs.Sum(r => (double)r.Run.Result.Flop) / 1e15:N2} PFLOP", "in training")),
            new Table("Machines", [Column.Text("Machine"), Column.Number("Runs"), Column.Text("Versions")],
                [.. runs.GroupBy(r => (Machine: ReportTables.MachineOf(r.Run), Versions: VersionsOf(r.Run))).Select(g => (string[])[g.Key.Machine, $"{g.Count():N0}", g.Key.Versions])]),
            new Details($"Each of the {runs.Length:N0} runs", ReportTables.Costs(runs), ReportTables.Starts(_results.Manifest.Starts.Where(s => _results.Starts.ContainsKey(s.Id)).Select(s => _results.Starts[s.Id]))));
    }

    private Section Configuration() => new(
        "Configuration",
        new Paragraph("The sweep file. With it `badminima sweep` makes the same cells, on one CPU machine at one number of threads to the same bits."),
        new Preformatted("sweep.json", File.ReadAllText(_results.Folder.SweepFile).TrimEnd()),
        new Details("The first cell's settings as resolved", new Preformatted("config.json, settings",
            _results.Cells.Select(c => JsonSerializer.Serialize(c.Run.Settings, JsonOutput.Options)).FirstOrDefault() ?? "no cell is finished")));

    private string Seeds()
    {
        int[] counts = [.. report.Conditions.Select(c => c.Cells.Count).Distinct().Order()];
        return counts.Length switch { 0 => "0", 1 => $"{counts[0]}", _ => $"{counts[0]} to {counts[^1]}" };
    }

    private static string VersionsOf(FinishedRun run) => string.Join(", ", run.Config["versions"]?.AsObject().Where(v => v.Value is not null).Select(v => $"{v.Key} {v.Value}") ?? []);

    private static string Duration(double seconds) => TimeSpan.FromSeconds(seconds) is { TotalHours: >= 1 } time ? $"{time.TotalHours:N1} h" : $"{seconds / 60:N1} min";
}

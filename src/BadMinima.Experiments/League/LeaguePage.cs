using System.Text.Json;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>Composes a league's page: the ranking, whether it is only the learning rate, the curves, the tuning, what was run.</summary>
internal sealed class LeaguePage
{
    private readonly LeagueResults _results;
    private readonly List<Chart> _charts = [];

    public LeaguePage(LeagueResults results)
    {
        _results = results;
        Page = Compose();
    }

    public Page Page { get; }

    /// <summary>The page's charts, each of which belongs into a file.</summary>
    public IReadOnlyList<Chart> Charts => _charts;

    private Page Compose()
    {
        LeagueCharts charts = new(_results);
        return new(
            _results.League.Name,
            "Networks that have first fitted random labels are trained on the true ones by each mechanism, for the same number of passes "
                + "over the data. Which gets out of the bad start?" + Population(),
            [
                new("Ranking", [.. Sentences(), .. Keep(charts.Ranking()), Numbers(), LeagueTables.Ranking(_results)]),
                new(
                    "Is it only the learning rate?",
                    new Paragraph("Whoever moves further gets out more easily, so each mechanism stands beside plain SGD from the same "
                        + "starts: at the rate that did best on the tuning seeds, and at the mechanism's own effective rate. Of a "
                        + "mechanism that beats both rates, neither explains what it does."),
                    LeagueTables.AgainstPlain(_results)),
                .. Keep(charts.Curves()) is [var curves] ? [new Section("Learning curves", curves)] : (Section[])[],
                Tuning(),
                .. Incomplete(),
                Configuration(),
            ])
        {
            HasContents = true,
            Footer = "Every number is in the folder's league.csv, tables/ and results.json, every chart in charts/, and behind them each "
                + "run in tuning/cells/ and ranking/cells/ with its configuration.",
        };
    }

    /// <summary>What images the runs had, and so what intervals over seeds speak of.</summary>
    private string Population() => _results.Runs.All is [var first, ..]
        && TrainingImages.Population(_results.League.Settings["data"], first.Run.TrainImages) is { } population ? $" {population}" : "";

    private IEnumerable<Block> Sentences() => new LeagueSentences(_results).All.Select(sentence => new Paragraph(sentence));

    private KeyNumbers Numbers()
    {
        FinishedRun[] runs = [.. _results.Runs.All.Select(c => c.Run)];
        return new(
            new("Gap", _results.Gap is { } gap ? $"{gap.Denominator:0.0}" : "–", "points of test accuracy, plain SGD at the base rate"),
            new("Mechanisms", $"{_results.Standings.Count(s => s.Unranked is null)}", "ranked, plain SGD at its best rate among them"),
            new("Seeds", $"{_results.League.Seeds.Length}", "behind each mean"),
            new("Ranking", Duration(runs.Sum(r => r.Result.Seconds)), $"of training, {runs.Length:N0} runs one after the other"));
    }

    private Section Tuning()
    {
        int most = _results.League.Entries.Skip(1).Select(e => e.Candidates.Length).DefaultIfEmpty(1).Max();
        return new(
            "Tuning",
            [
                new Paragraph($"A mechanism has 1 to {most} settings to choose from, plain SGD "
                    + $"{_results.League.Entries[0].Candidates.Length} rates: \"Tried\" in the ranking says how many. Whoever has more to "
                    + "choose from comes out a little better for it. Chosen is what does best from the adversarial starts of the tuning "
                    + "seeds; the ranking is on other seeds, with the same test images."),
                new Details("All candidates", LeagueTables.Tuning(_results)),
                .. _results.League.LeftOut.Length == 0
                    ? (Block[])[]
                    :
                    [
                        new Table(
                            "Left out: these data or this network cannot have them", [Column.Text("Mechanism"), Column.Text("Why")],
                            [.. _results.League.LeftOut.Select(l => (string[])[l.Name, l.Why])]),
                    ],
            ]);
    }

    private IEnumerable<Section> Incomplete()
    {
        if (_results.Missing.Length > 0)
        {
            yield return new(
                "What is missing",
                new Table(
                    "Without a result", [Column.Text("What"), Column.Text("Why")],
                    [.. _results.Missing.Select(m => (string[])[m.Title, m.Why])]));
        }
    }

    private Section Configuration() => new(
        "Configuration",
        [
            LeagueTables.Starts(_results),
            .. LeagueTables.Machines(_results) is { Length: > 0 } machines
                ? [new Paragraph($"{(machines.Length == 1 ? "Machine" : "Machines")}: {string.Join("; and ", machines)}.")]
                : (Block[])[],
            new Details(
                "What all runs share",
                new Preformatted("settings", JsonSerializer.Serialize(_results.League.Settings, JsonOutput.Options))),
        ]);

    private Chart[] Keep(Chart? chart)
    {
        if (chart is null)
        {
            return [];
        }

        _charts.Add(chart);
        return [chart];
    }

    private static string Duration(double seconds)
        => TimeSpan.FromSeconds(seconds) is { TotalHours: >= 1 } time ? $"{time.TotalHours:N1} h" : $"{seconds / 60:N1} min";
}

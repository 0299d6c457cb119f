using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>A league as a page, as tables and for programs.</summary>
public sealed class LeagueReport
{
    private readonly LeaguePage _page;

    /// <summary>Composes the report.</summary>
    /// <param name="results">What the league came to.</param>
    /// <param name="cancellation">Ends it.</param>
    public LeagueReport(LeagueResults results, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(results);
        Distances.Complete(results, cancellation);
        Results = LeagueResults.Read(results.Path, results.Level);
        _page = new(Results);
    }

    /// <summary>What it reports on, with the distances from the starts.</summary>
    public LeagueResults Results { get; }

    /// <summary>The ranking, for the console.</summary>
    public Table Ranking => LeagueTables.Short(Results);

    /// <summary>What the league says, in sentences.</summary>
    public IReadOnlyList<string> Sentences => new LeagueSentences(Results).All;

    /// <summary>The ranking for programs: results.json.</summary>
    public string ToJson() => LeagueJson.Of(Results);

    /// <summary>
    /// Writes report.html, report.md, results.json, league.csv, tables/ and charts/ into the league's folder.
    /// </summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Write()
    {
        foreach (Chart chart in _page.Charts)
        {
            AtomicFile.Write(File(chart.File!), chart.ToSvg());
        }

        AtomicFile.Write(File("league.csv"), LeagueTables.Ranking(Results).ToCsv());
        AtomicFile.Write(File("tables/against-plain-sgd.csv"), LeagueTables.AgainstPlain(Results).ToCsv());
        AtomicFile.Write(File("tables/tuning.csv"), LeagueTables.Tuning(Results).ToCsv());
        AtomicFile.Write(File("tables/seeds.csv"), LeagueTables.Seeds(Results).ToCsv());
        AtomicFile.Write(File("results.json"), ToJson() + "\n");
        AtomicFile.Write(File("report.md"), _page.Page.ToMarkdown());
        _page.Page.Save(File("report.html"));
    }

    private string File(string name) => Path.Combine(Results.Path, name);
}

using System.Collections.Immutable;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>What a sweep's folder comes to: conditions, comparisons, claims.</summary>
internal sealed class Report
{
    public Report(SweepResults results, DecisionRule rule)
    {
        (Results, Rule) = (results, rule);
        Conditions = Experiments.Conditions.Of(results);
        Gaps = Comparisons.Gaps(Conditions);
        Momentum = Comparisons.MomentumAtEqualRate(Conditions);
        Tests = new([.. Gaps, .. Momentum], rule);
        Claims = [.. Claim.All.Select(claim => Tests.Judge(claim, claim.OfMomentum ? Momentum : Gaps))];
        Sentences = new([.. Gaps, .. Momentum], rule, Tests.Paired.Count);
        (Boundaries, MissingFigures) = ReadFigures();
    }

    public SweepResults Results { get; }

    public DecisionRule Rule { get; }

    public ImmutableArray<Condition> Conditions { get; }

    public ImmutableArray<Comparison> Gaps { get; }

    /// <summary>Momentum and plain SGD of equal effective rate.</summary>
    public ImmutableArray<Comparison> Momentum { get; }

    public ClaimTests Tests { get; }

    public ImmutableArray<ClaimVerdict> Claims { get; }

    public ClaimSentences Sentences { get; }

    /// <summary>The 2-D figures in the folder: the sweep's own, and those put there by `badminima boundary`.</summary>
    public ImmutableArray<(int Seed, BoundaryResult Result)> Boundaries { get; }

    /// <summary>The figures that the sweep file asks for and that are not finished, and those that cannot be read.</summary>
    public ImmutableArray<(int Seed, string Why)> MissingFigures { get; }

    /// <summary>The finished adversarial starts, in the sweep's order.</summary>
    public IEnumerable<FinishedRun> Starts => Results.Manifest.Starts.Where(s => Results.Starts.ContainsKey(s.Id)).Select(s => Results.Starts[s.Id]);

    /// <summary>All finished runs: starts and cells.</summary>
    public IEnumerable<(string Kind, string Title, FinishedRun Run)> Runs =>
    [
        .. Results.Manifest.Starts.Where(s => Results.Starts.ContainsKey(s.Id)).Select(s => ("start", s.Title, Results.Starts[s.Id])),
        .. Results.Cells.Select(c => ("cell", c.Cell.Title, c.Run)),
    ];

    /// <summary>Writes report.html, report.md, claims.json, tables/*.csv and charts/*.svg into the sweep's folder, each whole or not at all.</summary>
    public void Write()
    {
        ReportPage composed = new(this);
        foreach (Chart chart in composed.Charts)
        {
            AtomicFile.Write(File(chart.File!), chart.ToSvg());
        }

        foreach ((string name, Table table) in Tables())
        {
            AtomicFile.Write(File(Path.Combine("tables", $"{name}.csv")), table.ToCsv());
        }

        AtomicFile.Write(File("claims.json"), ClaimsJson.Of(this) + "\n");
        AtomicFile.Write(File("report.md"), composed.Page.ToMarkdown());
        composed.Page.Save(File("report.html"));
    }

    private IEnumerable<(string Name, Table Table)> Tables()
    {
        yield return ("claims", ReportTables.Claims(Claims));
        yield return ("accuracies", ReportTables.Accuracies(Conditions, Rule.Level));
        yield return ("gaps", ReportTables.Gaps(Gaps, Tests, Rule.Level));
        yield return ("momentum", ReportTables.Momentum(Momentum, Tests, Rule.Level));
        yield return ("epochs-to-fit", ReportTables.EpochsToFit(Conditions, Rule.Level));
        yield return ("starts", ReportTables.Starts(Starts));
        yield return ("runs", ReportTables.Runs(Runs));
        yield return ("boundary", ReportTables.Boundaries(Boundaries));
    }

    private (ImmutableArray<(int, BoundaryResult)> Read, ImmutableArray<(int, string)> Missing) ReadFigures()
    {
        var read = ImmutableArray.CreateBuilder<(int, BoundaryResult)>();
        var missing = ImmutableArray.CreateBuilder<(int, string)>();
        foreach (int seed in Results.Manifest.BoundarySeeds.Union(Results.Folder.FigureSeeds()).Order())
        {
            string folder = Results.Folder.Boundary(seed);
            try
            {
                if (!SweepFolder.IsFinished(folder) || !System.IO.File.Exists(Results.Folder.BoundarySvg(seed)))
                {
                    missing.Add((seed, SweepFolder.FailureOf(folder)?.Error ?? "not finished"));
                }
                else
                {
                    read.Add((seed, BoundaryFolder.Read(folder)));
                }
            }
            catch (InvalidDataException e)
            {
                missing.Add((seed, e.Message));
            }
        }

        return (read.ToImmutable(), missing.ToImmutable());
    }

    private string File(string name) => Path.Combine(Results.Folder.Name, name);
}

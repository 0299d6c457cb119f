using System.Collections.Immutable;
using System.Text.Json;
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
        Claims = ClaimTests.Of(Gaps, Momentum, rule);
        ByComparison = Claims.SelectMany(c => c.Findings).DistinctBy(f => f.Comparison).ToImmutableDictionary(f => f.Comparison);
        Boundaries = [.. results.Manifest.BoundarySeeds.Where(seed => SweepFolder.IsFinished(results.Folder.Boundary(seed))).Select(seed => (seed, BoundaryFolder.Read(results.Folder.Boundary(seed))))];
    }

    public SweepResults Results { get; }

    public DecisionRule Rule { get; }

    public ImmutableArray<Condition> Conditions { get; }

    public ImmutableArray<Comparison> Gaps { get; }

    /// <summary>Momentum and plain SGD of equal effective rate.</summary>
    public ImmutableArray<Comparison> Momentum { get; }

    public ImmutableArray<ClaimVerdict> Claims { get; }

    public ImmutableDictionary<Comparison, Evidence> ByComparison { get; }

    /// <summary>The 2-D figures that are finished.</summary>
    public ImmutableArray<(int Seed, BoundaryResult Result)> Boundaries { get; }

    /// <summary>All finished runs: starts and cells.</summary>
    public IEnumerable<(string Title, FinishedRun Run)> Runs => Results.Manifest.Starts.Where(s => Results.Starts.ContainsKey(s.Id)).Select(s => (s.Title, Results.Starts[s.Id]))
        .Concat(Results.Cells.Select(c => (c.Cell.Title, c.Run)));

    /// <summary>Writes report.html, report.md, claims.json and tables/*.csv into the sweep's folder, each whole or not at all.</summary>
    public void Write()
    {
        Page page = new ReportPage(this).Create();
        page.Save(File("report.html"));
        AtomicFile.Write(File("report.md"), page.ToMarkdown());
        AtomicFile.Write(File("claims.json"), ClaimsJson() + "\n");
        foreach ((string name, Table table) in Tables())
        {
            AtomicFile.Write(File(Path.Combine("tables", $"{name}.csv")), table.ToCsv());
        }
    }

    /// <summary>The verdicts with every number behind them.</summary>
    public string ClaimsJson() => JsonSerializer.Serialize(
        new
        {
            Results.Manifest.Name,
            Rule = new { Rule.Margin, Rule.Level, Rule.InWords },
            Cells = new { Finished = Results.Cells.Length, Failed = Results.Failed.Length, Missing = Results.Missing.Length },
            Claims = Claims.Select(c => new
            {
                c.Claim.Id,
                c.Claim.Statement,
                c.Claim.Source,
                Verdict = c.Decision,
                Supporting = c.Count(Decision.Supported),
                Contradicting = c.Count(Decision.Contradicted),
                NotDeciding = c.Count(Decision.NotDecided),
                Findings = c.Findings.Select(f => new
                {
                    Problem = f.Comparison.Problem.Name,
                    f.Comparison.Subject,
                    Verdict = f.Decision,
                    f.Reason,
                    Sentence = ClaimSentences.Sentence(f),
                    Seeds = f.Comparison.Differences.Pairs.Select(pair => pair.Seed),
                    Mean = f.Comparison.Differences.Sample?.Mean,
                    f.Comparison.Differences.Sample?.StandardDeviation,
                    Interval = f.Test?.DifferenceInterval,
                    f.Test?.T,
                    f.Test?.DegreesOfFreedom,
                    f.Test?.P,
                    f.AdjustedP,
                    EffectSize = EffectSize.CohenDz(f.Comparison.Differences),
                    First = f.Comparison.First.Cells.Values.Select(cell => cell.Cell.Id),
                    Second = f.Comparison.Second.Cells.Values.Select(cell => cell.Cell.Id),
                }),
            }),
        },
        JsonOutput.Options);

    private IEnumerable<(string Name, Table Table)> Tables()
    {
        yield return ("accuracies", ReportTables.Accuracies(Conditions, Rule.Level));
        yield return ("gaps", ReportTables.Gaps(Gaps, ByComparison, Rule.Level));
        yield return ("epochs-to-fit", ReportTables.EpochsToFit(Conditions, Rule.Level));
        yield return ("momentum", ReportTables.Momentum(Momentum, ByComparison, Rule.Level));
        yield return ("starts", ReportTables.Starts(Results.Manifest.Starts.Where(s => Results.Starts.ContainsKey(s.Id)).Select(s => Results.Starts[s.Id])));
        yield return ("costs", ReportTables.Costs(Runs));
        yield return ("boundary", ReportTables.Boundaries(Boundaries));
    }

    private string File(string name) => Path.Combine(Results.Folder.Name, name);
}

using System.Collections.Immutable;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>What a sweep's folder comes to: conditions, comparisons, claims.</summary>
public sealed class Report
{
    private const int RunsAtOnce = 1_000;

    /// <summary>Sorts, compares and tests.</summary>
    /// <param name="results">A sweep's results; where they were read without learning curves, these are read now.</param>
    /// <param name="rule">By what rule to decide; null for a margin of 2 percentage points at 95 % confidence.</param>
    public Report(SweepResults results, DecisionRule? rule = null)
    {
        ArgumentNullException.ThrowIfNull(results);
        results = results.WithEpochs();
        (Results, Rule) = (results, rule ??= new());
        Conditions = Experiments.Conditions.Of(results);
        Gaps = Comparisons.Gaps(Conditions);
        Momentum = Comparisons.MomentumAtEqualRate(Conditions);
        Tests = new([.. Gaps, .. Momentum], rule);
        Claims = [.. Claim.All.Select(claim => Tests.Judge(claim, claim.OfMomentum ? Momentum : Gaps))];
        Sentences = new([.. Gaps, .. Momentum], rule, Tests.Paired.Count);
        Measures = new(Conditions);
        Steps = new(Conditions);
        Others = [.. SweepKinds.All.Select(kind => kind.Read(results.Folder.Name, results.Manifest.AskedOf(kind)))];
    }

    /// <summary>What it reports on.</summary>
    public SweepResults Results { get; }

    /// <summary>By what rule it decides.</summary>
    public DecisionRule Rule { get; }

    /// <summary>The finished cells, those that differ in their seed alone together.</summary>
    public ImmutableArray<Condition> Conditions { get; }

    /// <summary>For each recipe and adversarial start: test accuracy from the random start less that from the adversarial one.</summary>
    public ImmutableArray<Comparison> Gaps { get; }

    /// <summary>Momentum and plain SGD of equal effective rate.</summary>
    public ImmutableArray<Comparison> Momentum { get; }

    internal ClaimTests Tests { get; }

    /// <summary>The claims with what was found on each.</summary>
    public ImmutableArray<ClaimVerdict> Claims { get; }

    internal ClaimSentences Sentences { get; }

    /// <summary>What measures say of its runs.</summary>
    internal MeasuresOfRuns Measures { get; }

    /// <summary>What parts of the step measured.</summary>
    internal StepMeasures Steps { get; }

    /// <summary>What else there is, by <see cref="SweepKinds.All"/>: the 2-D figures.</summary>
    internal ImmutableArray<KindReport> Others { get; }

    /// <summary>
    /// What is said of each claim, and of those of the other kinds of work; of a sweep without cells that asks for such kinds, of theirs
    /// alone.
    /// </summary>
    internal ImmutableArray<Verdict> Verdicts
    {
        get
        {
            Verdict[] others = [.. Others.SelectMany(other => other.Verdicts)];
            return IsOfOthersAlone ? [.. others] : [.. Claims.Select(Sentences.VerdictOf), .. others];
        }
    }

    /// <summary>Whether the sweep has no cells, and asks for other kinds of work that have something to say.</summary>
    internal bool IsOfOthersAlone => Results.Manifest.Cells.IsEmpty && Others.Any(other => other.Verdicts.Any());

    /// <summary>The finished adversarial starts, in the sweep's order.</summary>
    public IEnumerable<FinishedRun> Starts
        => Results.Manifest.Starts.Where(s => Results.Starts.ContainsKey(s.Id)).Select(s => Results.Starts[s.Id]);

    /// <summary>All finished runs: starts and cells.</summary>
    public IEnumerable<(string Kind, string Title, FinishedRun Run)> Runs =>
    [
        .. Results.Manifest.Starts.Where(s => Results.Starts.ContainsKey(s.Id)).Select(s => ("start", s.Title, Results.Starts[s.Id])),
        .. Results.Cells.Select(c => ("cell", c.Cell.Title, c.Run)),
    ];

    /// <summary>
    /// Writes report.html, report.md, claims.json, tables/*.csv and charts/*.svg into the sweep's folder, each whole or not at all.
    /// </summary>
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

        AtomicFile.Write(File("tables/runs.csv"), WriteRuns);
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
        foreach ((string, Table) other in Measures.Tables.Concat(Steps.Tables).Concat(Others.SelectMany(other => other.Tables)))
        {
            yield return other;
        }
    }

    /// <summary>Some runs at a time: of 100,000 the whole table would be the largest thing in memory.</summary>
    private void WriteRuns(Stream stream)
    {
        const string LineEnd = "\r\n";
        using StreamWriter writer = new(stream, leaveOpen: true);
        (string Kind, string Title, FinishedRun Run)[] runs = [.. Runs];
        for (int i = 0; i == 0 || i < runs.Length; i += RunsAtOnce)
        {
            string lines = ReportTables.Runs(runs.Skip(i).Take(RunsAtOnce)).ToCsv();
            writer.Write(i == 0 ? lines : lines[(lines.IndexOf(LineEnd, StringComparison.Ordinal) + LineEnd.Length)..]);
        }
    }

    private string File(string name) => Path.Combine(Results.Folder.Name, name);
}

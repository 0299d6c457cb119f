using System.Text.Json;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// claims.json: the verdicts with every number behind them. Names are stable; numbers have full precision; what is unknown is null.
/// <list type="bullet">
/// <item><c>name</c>; <c>rule</c>: <c>margin</c> in percentage points, <c>level</c> of intervals, <c>tests</c> that were made and corrected
/// for, <c>inWords</c>.</item>
/// <item><c>cells</c>: how many are <c>finished</c>, <c>failed</c>, <c>missing</c>.</item>
/// <item><c>claims[]</c>: <c>id</c> (C1 to C4), <c>statement</c>, <c>source</c>; <c>verdict</c>: supported, contradicted or notDecided;
/// <c>mixed</c>: whether some findings support it and others contradict it; <c>supporting</c>, <c>contradicting</c>, <c>notDeciding</c>:
/// how many do; <c>finding</c>: a sentence.</item>
/// <item><c>claims[].findings[]</c>, one a comparison: <c>problem</c>, <c>start</c>; <c>verdict</c>, and <c>reason</c> where nothing is
/// decided; <c>difference</c>: the mean over seeds, in percentage points; <c>standardDeviation</c>, <c>interval</c> {lower, upper, level},
/// <c>t</c>, <c>degreesOfFreedom</c>, <c>p</c> (two-sided, against the margin), <c>adjustedP</c> (Holm),
/// <c>effectSize</c> (Cohen's d_z); <c>welch</c>: <c>t</c>, <c>degreesOfFreedom</c>, <c>p</c>, <c>adjustedP</c>, <c>interval</c> of Welch's
/// test and <c>effectSize</c> (Hedges' g), over all seeds of either side.</item>
/// <item><c>first</c>, <c>second</c> of a finding: the two sides, first less second being the difference: <c>recipe</c>,
/// <c>regularizers</c>, <c>learningRate</c>, <c>momentum</c>,
/// <c>start</c>, <c>meanTrainAccuracy</c> (of all its cells), and <c>cells</c>, the ids of those compared. <c>pairs[]</c>: of each seed
/// <c>seed</c>, <c>first</c> and <c>second</c> (test accuracies, shares of 1), <c>difference</c>. <c>seedsLeftOut</c>: seeds that one side
/// alone has.</item>
/// <item><c>otherClaims[]</c>, of the other kinds of work that the sweep asks for: <c>statement</c>, <c>verdict</c>, <c>finding</c>: a
/// sentence, <c>test</c>: what decided.</item>
/// </list>
/// </summary>
internal static class ClaimsJson
{
    /// <summary>What the command's help says of it.</summary>
    public const string Help =
        "claims.json: claims[] with id, statement, verdict (supported, contradicted, notDecided), mixed, and findings[], one a comparison: "
        + "problem, start, verdict, reason, difference "
        + "(percentage points), standardDeviation, interval, t, degreesOfFreedom, p (two-sided, against the margin), adjustedP (Holm), "
        + "effectSize (Cohen's d_z), welch (the same unpaired; effectSize: Hedges' g), first and second (recipe and cells' ids), "
        + "pairs[] (a seed each), seedsLeftOut; what is unknown is null. otherClaims[], of studies: statement, verdict, finding, test.\n";

    /// <summary>The text.</summary>
    public static string Of(Report report) => JsonSerializer.Serialize(
        new
        {
            report.Results.Manifest.Name,
            Rule = new { report.Rule.Margin, report.Rule.Level, Tests = report.Tests.Paired.Count, report.Rule.InWords },
            Cells = new
            {
                Finished = report.Results.Cells.Length,
                Failed = report.Results.Failed.Length,
                Missing = report.Results.Missing.Length
            },
            Claims = report.Claims.Select(c => new
            {
                c.Claim.Id,
                c.Claim.Statement,
                c.Claim.Source,
                Verdict = c.Decision,
                Mixed = c.IsMixed,
                Supporting = c.Count(Decision.Supported),
                Contradicting = c.Count(Decision.Contradicted),
                NotDeciding = c.Count(Decision.NotDecided),
                report.Sentences.VerdictOf(c).Finding,
                Findings = c.Findings.Select(finding => Finding(finding, report.Tests)),
            }),
            OtherClaims = report.Others.SelectMany(other => other.Verdicts).Select(v => new
            {
                Statement = v.Claim,
                Verdict = v.Decision,
                v.Finding,
                v.Test,
            }),
        },
        JsonOutput.Options);

    private static object Finding(Evidence finding, ClaimTests tests)
    {
        Comparison comparison = finding.Comparison;
        TTest? test = tests.Paired.Made(comparison);
        return new
        {
            Problem = comparison.Problem.Name,
            Start = comparison.Start.Name,
            Verdict = finding.Decision,
            finding.Reason,
            Difference = comparison.Mean,
            comparison.Differences.Sample?.StandardDeviation,
            Interval = finding.Test?.DifferenceInterval,
            test?.T,
            test?.DegreesOfFreedom,
            test?.P,
            finding.AdjustedP,
            EffectSize = EffectSize.CohenDz(comparison.Differences),
            Welch = Welch(comparison, tests.Welch),
            First = Side(comparison.First, comparison.Pairs.Select(pair => pair.First)),
            Second = Side(comparison.Second, comparison.Pairs.Select(pair => pair.Second)),
            Pairs = comparison.Pairs.Select(pair => new
            {
                pair.Seed,
                First = pair.First.Run.Result.Test.Accuracy,
                Second = pair.Second.Run.Result.Test.Accuracy,
                pair.Difference
            }),
            SeedsLeftOut = comparison.Differences.LeftOut,
        };
    }

    private static object Welch(Comparison comparison, TestFamily tests)
    {
        TTest? test = tests.Made(comparison);
        return new
        {
            test?.T,
            test?.DegreesOfFreedom,
            test?.P,
            AdjustedP = tests.AdjustedP(comparison),
            Interval = tests.Of(comparison)?.DifferenceInterval,
            EffectSize = EffectSize.HedgesG(comparison.FirstPoints, comparison.SecondPoints),
        };
    }

    private static object Side(Condition condition, IEnumerable<FinishedCell> cells) => new
    {
        Recipe = condition.Recipe.Name,
        Regularizers = condition.Recipe.Regularizers.ToName(),
        condition.Recipe.LearningRate,
        condition.Recipe.Momentum,
        Start = condition.Start.Name,
        meanTrainAccuracy = condition.MeanTrainingAccuracy,    // as the files of earlier versions have it
        Cells = cells.Select(cell => cell.Cell.Id),
    };
}

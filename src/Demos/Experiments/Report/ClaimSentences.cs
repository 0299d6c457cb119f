using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>Verdicts in words.</summary>
internal static class ClaimSentences
{
    public static Verdict VerdictOf(ClaimVerdict verdict) => new($"{verdict.Claim.Id}. {verdict.Claim.Statement}", verdict.Decision, Numbers(verdict), Test(verdict));

    /// <summary>One comparison in a sentence.</summary>
    public static string Sentence(Evidence finding)
    {
        string what = $"{finding.Comparison.Problem.Name}, {finding.Comparison.Subject}: {(finding.Claim.OfMomentum ? "difference" : "gap")} {finding.Comparison.Mean:+0.0;-0.0;0.0} points";
        string interval = finding.Test?.DifferenceInterval is { } known ? $" ({known.Lower:0.0} to {known.Upper:0.0})" : "";
        string seeds = $", {finding.Comparison.Seeds} {(finding.Comparison.Seeds == 1 ? "seed" : "seeds")}";
        string p = finding.AdjustedP is { } adjusted ? $", adjusted p {(adjusted < 0.0001 ? "< 0.0001" : adjusted.ToString("0.0000"))}" : "";
        return $"{what}{interval}{seeds}{p}{(finding.Reason is { } reason ? $": {reason}" : "")}";
    }

    private static string Numbers(ClaimVerdict verdict)
    {
        if (verdict.Findings.Length == 0)
        {
            return "No comparison in this sweep concerns it.";
        }

        string counts = verdict.Findings.Length == 1 ? "" : $"Of {verdict.Findings.Length} comparisons {verdict.Count(Decision.Supported)} support it, {verdict.Count(Decision.Contradicted)} contradict it, {verdict.Count(Decision.NotDecided)} do not decide. ";
        Evidence[] telling = [.. verdict.Findings.Where(f => f.Decision == verdict.Decision).DefaultIfEmpty(verdict.Findings[0])];
        Evidence extreme = telling.MaxBy(f => Math.Abs(f.Comparison.Mean))!;
        return $"{counts}{(telling.Length > 1 ? "The largest in size: " : "")}{Sentence(extreme)}.";
    }

    private static string Test(ClaimVerdict verdict)
    {
        int[] seeds = [.. verdict.Findings.Select(f => f.Comparison.Seeds).Distinct().Order()];
        return seeds.Length == 0 ? "" : $"Paired t tests against the margin, Holm-corrected; {(seeds.Length == 1 ? $"{seeds[0]}" : $"{seeds[0]} to {seeds[^1]}")} seeds.";
    }
}

using System.Collections.Immutable;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>By what rule a report decides.</summary>
/// <param name="Margin">Percentage points of test accuracy: a smaller difference is no harm.</param>
/// <param name="Level">The confidence of intervals; 1 less it is the error rate of all the report's tests together.</param>
internal sealed record DecisionRule(double Margin = 2, double Level = 0.95)
{
    /// <summary>The rule in words.</summary>
    public string InWords =>
        $"Every comparison is tested once: paired by seed, a two-sided t test of the difference against the margin of {Margin:0.##} percentage points, corrected by Holm for all comparisons of the report together. "
        + $"At an adjusted p of at most {1 - Level:0.###} the side of the margin on which the mean difference lies decides. Intervals are Student's, {Level:0.#%}, over seeds, and are not corrected.";
}

/// <summary>A claim tested on one comparison.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Comparison">What is compared.</param>
/// <param name="Test">The difference against the margin; null with fewer than two seeds.</param>
/// <param name="AdjustedP">The test's two-sided p, corrected by Holm for all comparisons of the report; null without a test.</param>
/// <param name="Decision">What it says of the claim.</param>
/// <param name="Reason">Why nothing is decided; null where something is.</param>
internal sealed record Evidence(Claim Claim, Comparison Comparison, TTest? Test, double? AdjustedP, Decision Decision, string? Reason);

/// <summary>A claim with everything that was found on it.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Findings">One for each comparison that concerns it.</param>
/// <param name="Decision">Supported if every finding supports it; contradicted if any contradicts it and none supports it, or, of a claim on any combination, if any contradicts it.</param>
internal sealed record ClaimVerdict(Claim Claim, ImmutableArray<Evidence> Findings, Decision Decision)
{
    public int Count(Decision decision) => Findings.Count(f => f.Decision == decision);
}

/// <summary>Tests the claims.</summary>
internal static class ClaimTests
{
    /// <summary>All claims, with what the comparisons say of each.</summary>
    /// <param name="gaps">See <see cref="Comparisons.Gaps"/>.</param>
    /// <param name="momentum">See <see cref="Comparisons.MomentumAtEqualRate"/>.</param>
    /// <param name="rule">How to decide.</param>
    public static ImmutableArray<ClaimVerdict> Of(ImmutableArray<Comparison> gaps, ImmutableArray<Comparison> momentum, DecisionRule rule)
    {
        Dictionary<Comparison, TTest> tests = gaps.Concat(momentum)
            .Select(c => (Comparison: c, Test: TTest.Paired(c.Differences, rule.Margin, rule.Level)))
            .Where(t => t.Test is not null)
            .ToDictionary(t => t.Comparison, t => t.Test!);
        Dictionary<Comparison, double> adjusted = tests.Keys.Zip(Holm.Correct([.. tests.Values.Select(t => t.P)])).ToDictionary(p => p.First, p => p.Second);
        return [.. Claim.All.Select(claim => Verdict(claim, (claim.OfMomentum ? momentum : gaps).Where(c => claim.Concerns(c.First.Recipe))))];

        ClaimVerdict Verdict(Claim claim, IEnumerable<Comparison> comparisons)
        {
            ImmutableArray<Evidence> findings = [.. comparisons.Select(c => Decide(claim, c, tests.GetValueOrDefault(c), adjusted.TryGetValue(c, out double p) ? p : null, rule))];
            return new(claim, findings, Overall(claim, findings));
        }
    }

    private static Evidence Decide(Claim claim, Comparison comparison, TTest? test, double? p, DecisionRule rule)
    {
        string? reason =
            claim.NeedsFit && Unfitted(comparison) is { } condition ? $"the training set is not fitted: {condition.MeanTrainAccuracy:0.0 %} from the {condition.Start.Name} start, where {Condition.FittedAccuracy:0.0 %} is asked for"
            : test is null ? comparison.Seeds == 1 ? "one seed decides nothing" : "no seed is common to both"
            : test.NothingVaries ? "no seed differs from another, which leaves a test nothing to go by"
            : p > 1 - rule.Level ? "the data are compatible with a difference on either side of the margin"
            : null;
        bool above = comparison.Mean > rule.Margin;
        return new(claim, comparison, test, p, reason is not null ? Decision.NotDecided : above == claim.SupportedAbove ? Decision.Supported : Decision.Contradicted, reason);
    }

    private static Condition? Unfitted(Comparison comparison) => new[] { comparison.First, comparison.Second }.FirstOrDefault(c => !c.Fits);

    private static Decision Overall(Claim claim, ImmutableArray<Evidence> findings)
    {
        bool supported = findings.Any(f => f.Decision == Decision.Supported);
        bool contradicted = findings.Any(f => f.Decision == Decision.Contradicted);
        return contradicted && (!supported || claim.IsOfAny) ? Decision.Contradicted
            : findings.Length > 0 && findings.All(f => f.Decision == Decision.Supported) ? Decision.Supported
            : Decision.NotDecided;
    }
}

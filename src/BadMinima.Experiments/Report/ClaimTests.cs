using System.Collections.Immutable;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>By what rule a report decides.</summary>
/// <param name="Margin">Percentage points of test accuracy: a smaller difference is no harm.</param>
/// <param name="Level">The confidence of intervals; 1 less it is the error rate of all the report's tests together.</param>
public sealed record DecisionRule(double Margin = 2, double Level = 0.95)
{
    /// <summary>The rule in words.</summary>
    public string InWords =>
        "How it is decided: every comparison is tested once, paired by seed, by a two-sided t test of the difference against the margin of "
        + $"{Margin:0.##} percentage points, corrected by Holm for all comparisons of the report together. "
        + $"At an adjusted p of at most {1 - Level:0.####} the side of the margin on which the mean difference lies decides; without two "
        + "seeds, or where all seeds differ by the same, nothing does. "
        + "Welch's test, which does not pair, stands beside it in the tables, corrected likewise, and decides nothing. "
        + $"Intervals are Student's {100 * Level:0.##} % intervals over seeds, and are not corrected.";
}

/// <summary>A claim tested on one comparison.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Comparison">What is compared.</param>
/// <param name="Test">The difference against the margin; null with fewer than two seeds.</param>
/// <param name="AdjustedP">The test's two-sided p, corrected by Holm for all comparisons of the report; null where there is no p.</param>
/// <param name="Decision">What it says of the claim.</param>
/// <param name="Reason">Why nothing is decided; null where something is.</param>
public sealed record Evidence(Claim Claim, Comparison Comparison, TTest? Test, double? AdjustedP, Decision Decision, string? Reason);

/// <summary>A claim with everything that was found on it.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Findings">One for each comparison that concerns it.</param>
/// <param name="Decision">Supported if every finding supports it; contradicted if any contradicts it and none supports it, or, of a claim
/// on any combination, if any contradicts it.</param>
public sealed record ClaimVerdict(Claim Claim, ImmutableArray<Evidence> Findings, Decision Decision)
{
    /// <summary>Whether some findings support the claim and others contradict it.</summary>
    public bool IsMixed => Count(Decision.Supported) > 0 && Count(Decision.Contradicted) > 0;

    /// <summary>How many findings say so.</summary>
    public int Count(Decision decision) => Findings.Count(f => f.Decision == decision);
}

/// <summary>Tests the claims.</summary>
internal sealed class ClaimTests
{
    private readonly DecisionRule _rule;

    /// <param name="comparisons">All of the report.</param>
    /// <param name="rule">How to decide.</param>
    public ClaimTests(ImmutableArray<Comparison> comparisons, DecisionRule rule)
    {
        _rule = rule;
        Paired = new(comparisons, c => TTest.Paired(c.Differences, rule.Margin, rule.Level));
        Welch = new(comparisons, c => TTest.Welch(c.FirstPoints, c.SecondPoints, rule.Margin, rule.Level));
    }

    /// <summary>The tests that decide: of the differences by seed.</summary>
    public TestFamily Paired { get; }

    /// <summary>The same without pairing, over all seeds of either side: for comparison.</summary>
    public TestFamily Welch { get; }

    /// <summary>What comparisons say of a claim.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="comparisons">Of those that the family has, the ones of the claim's kind.</param>
    public ClaimVerdict Judge(Claim claim, IEnumerable<Comparison> comparisons)
    {
        ImmutableArray<Evidence> findings = [.. comparisons.Where(c => claim.Concerns(c.First.Recipe)).Select(c => Judge(claim, c))];
        return new(claim, findings, Overall(claim, findings));
    }

    private Evidence Judge(Claim claim, Comparison comparison)
    {
        TTest? test = Paired.Of(comparison);
        double? p = Paired.AdjustedP(comparison);
        string? reason = Flaw(claim, comparison) is { } flaw ? flaw
            : test is null ? comparison.Seeds == 1 ? "one seed decides nothing" : "no seed is common to both"
            : test.NothingVaries ? "all seeds differ by the same, so that nothing tells how sure it is"
            : p > 1 - _rule.Level ? $"compatible with less than {_rule.Margin:0.##} points and with more"
            : null;
        return new(claim, comparison, test, p,
            reason is not null
                ? Decision.NotDecided
                : comparison.Mean > _rule.Margin == claim.SupportedAbove ? Decision.Supported
                : Decision.Contradicted,
            reason);
    }

    /// <summary>Why networks say nothing of a claim; null where they do.</summary>
    private static string? Flaw(Claim claim, Comparison comparison)
    {
        // From an adversarial start not to learn is a harm; from a random one, or with a momentum or a rate that is too large, it is no
        // measure of anything.
        Condition[] ought = claim.OfMomentum ? [comparison.First, comparison.Second] : [comparison.First];
        return ought.FirstOrDefault(c => c.MeanTrainingAccuracy <= Condition.LearnedAccuracy) is { } failed
            ? $"{failed.Recipe.Name} does not train: {failed.MeanTrainingAccuracy:0.0 %} of the training set right from the "
                + $"{failed.Start.Name} start"
            : claim.NeedsFit && new[] { comparison.First, comparison.Second }.FirstOrDefault(c => !c.Fits) is { } unfitted
                ? $"the training set is not fitted: {unfitted.MeanTrainingAccuracy:0.00 %} from the {unfitted.Start.Name} start, where the "
                    + $"claim is on {Condition.FittedAccuracy:0.0 %} and more"
                : null;
    }

    private static Decision Overall(Claim claim, ImmutableArray<Evidence> findings)
    {
        bool supported = findings.Any(f => f.Decision == Decision.Supported);
        bool contradicted = findings.Any(f => f.Decision == Decision.Contradicted);
        return contradicted && (!supported || claim.IsOfAny) ? Decision.Contradicted
            : findings.Length > 0 && findings.All(f => f.Decision == Decision.Supported) ? Decision.Supported
            : Decision.NotDecided;
    }
}

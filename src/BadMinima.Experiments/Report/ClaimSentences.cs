using System.Collections.Immutable;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>Verdicts in words. What all comparisons share (one problem, one adversarial start) is not said of each.</summary>
/// <param name="comparisons">All of the report.</param>
/// <param name="rule">How was decided.</param>
/// <param name="tests">How many tests were made.</param>
internal sealed class ClaimSentences(IReadOnlyCollection<Comparison> comparisons, DecisionRule rule, int tests)
{
    private const int MostNames = 6;

    private readonly bool _severalProblems = comparisons.Select(c => c.Problem).Distinct().Skip(1).Any();
    private readonly bool _severalStarts = comparisons.Select(c => (c.Problem, c.Start.Key)).Distinct().GroupBy(s => s.Problem)
        .Any(p => p.Skip(1).Any());

    public Verdict VerdictOf(ClaimVerdict verdict)
        => new($"{verdict.Claim.Id}. {verdict.Claim.Statement}", verdict.Decision, Finding(verdict), Test(verdict))
        {
            Word = verdict.IsMixed && verdict.Decision == Decision.NotDecided ? "Mixed" : null,
            Evidence = verdict.Findings.Length > 1
                ? new Details($"All {verdict.Findings.Length} comparisons", ReportTables.Findings(verdict, NameOf, rule.Level))
                : null,
        };

    /// <summary>What a comparison is of, as far as the report has others.</summary>
    public string NameOf(Comparison comparison) => string.Join(", ", Parts(comparison));

    /// <summary>One comparison in a sentence.</summary>
    public string Sentence(Evidence finding)
    {
        if (finding.Comparison.Mean is not { } mean)
        {
            return $"{NameOf(finding.Comparison)}: {finding.Reason}";
        }

        string interval = finding.Test?.DifferenceInterval is { } known ? $" ({Points(known.Lower)} to {Points(known.Upper)})" : "";
        string p = finding.AdjustedP is { } adjusted
            ? $", adjusted p {(adjusted < 0.0001 ? "< 0.0001" : adjusted.ToString("0.0000"))}"
            : "";
        return $"{NameOf(finding.Comparison)}: {(finding.Claim.OfMomentum ? "difference" : "gap")} {Points(mean)} points{interval}{p}, "
            + $"{Seeds([finding])}{(finding.Reason is { } reason ? $"; {reason}" : "")}";
    }

    private string Finding(ClaimVerdict verdict)
    {
        ImmutableArray<Evidence> all = verdict.Findings;
        if (all.Length == 0)
        {
            return "This sweep has no comparison that concerns it.";
        }

        if (all.Length == 1)
        {
            return $"{Capital(Sentence(all[0]))}.";
        }

        // The reader wants to know on what it depends: only what tells the comparisons from each other is said of each.
        string[][] parts = [.. all.Select(f => Parts(f.Comparison))];
        string[] shared = [.. parts[0].Where(part => parts.All(p => p.Contains(part)))];
        string[] recipe = [.. all[0].Comparison.Subject.Split(", ").Intersect(shared)];
        Dictionary<Evidence, string> names = all.Zip(parts)
            .ToDictionary(f => f.First, f => string.Join(", ", f.Second.Except(shared).DefaultIfEmpty(f.Second[^1])));
        string split = string.Join(
            "; ", new[] { (Decision.Supported, "holds"), (Decision.Contradicted, "fails"), (Decision.NotDecided, "is open") }
            .Where(d => verdict.Count(d.Item1) > 0)
            .Select(d => $"{d.Item2} " + (verdict.Count(d.Item1) == all.Length
                ? $"for all {all.Length} comparisons"
                : List([.. all.Where(f => f.Decision == d.Item1).Select(f => names[f])]))));
        string[] reasons = [.. all.Select(f => f.Reason).OfType<string>().Distinct()];
        string why = verdict.Count(Decision.NotDecided) < all.Length ? "" : reasons.Length == 1 ? $": {reasons[0]}" : "";
        return $"{(verdict.Claim.IsOfAny && recipe.Length > 0 ? $"With {string.Join(", ", recipe)} it" : "It")} "
            + $"{split}{why}."
            + Extremes([.. all.Where(f => f.Comparison.Mean is not null).OrderByDescending(f => f.Comparison.Mean)], names);
    }

    private static string Extremes(Evidence[] sorted, Dictionary<Evidence, string> names)
    {
        return sorted.Length < 2
            ? ""
            : $" {(sorted[0].Claim.OfMomentum ? "Differences" : "Gaps")} from {One(sorted[0])} down to {One(sorted[^1])}.";

        string One(Evidence finding)
            => $"{Points(finding.Comparison.Mean!.Value)} points ({names[finding]}"
                + (finding.Test?.DifferenceInterval is { } interval ? $"; {Points(interval.Lower)} to {Points(interval.Upper)}" : "") + ")";
    }

    private string Test(ClaimVerdict verdict)
        => verdict.Findings.Length == 0
            ? ""
            : $"{Seeds(verdict.Findings)}; paired t tests against the margin of {rule.Margin:0.##} points, Holm-corrected for "
                + $"the {tests} of the report.";

    private string[] Parts(Comparison comparison) =>
    [
        .. _severalProblems ? comparison.Problem.Name.Split(", ") : [],
        .. comparison.Subject.Split(", "),
        .. _severalStarts ? comparison.Start.Name.Split(", ") : [],
    ];

    /// <summary>"at rate 0.003, 0.01 and 0.03".</summary>
    private static string List(string[] names)
    {
        string[] shown = names.Length <= MostNames ? names : [.. names.Take(MostNames - 1), $"{names.Length - MostNames + 1} others"];
        string word = shown[0].Split(' ')[0] + " ";
        if (shown.Length > 1
            && shown.All(name => name.StartsWith(word, StringComparison.Ordinal) && name.Count(letter => letter == ' ') == 1))
        {
            shown = [shown[0], .. shown[1..].Select(name => name[word.Length..])];
        }

        // Names with commas of their own would run together.
        string separator = shown.Any(name => name.Contains(", ")) ? " / " : ", ";
        string preposition = names.All(name => name.StartsWith("rate ", StringComparison.Ordinal)) ? "at" : "for";
        return $"{preposition} {And(shown, separator)}";
    }

    private static string And(string[] shown, string separator)
        => shown.Length == 1
            ? shown[0]
            : separator == ", " ? $"{string.Join(separator, shown[..^1])} and {shown[^1]}"
            : string.Join(separator, shown);

    private static string Seeds(IEnumerable<Evidence> findings)
    {
        int[] seeds = [.. findings.Select(f => f.Comparison.Seeds).Distinct().Order()];
        return $"{(seeds.Length == 1 ? $"{seeds[0]}" : $"{seeds[0]} to {seeds[^1]}")} {(seeds is [1] ? "seed" : "seeds")}";
    }

    private static string Points(double points) => points.ToString("+0.0;-0.0;0.0");

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}

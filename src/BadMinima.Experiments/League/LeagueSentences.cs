namespace BadMinima.Experiments;

/// <summary>What a league says, in sentences.</summary>
/// <param name="results">The league.</param>
internal sealed class LeagueSentences(LeagueResults results)
{
    private readonly Standing[] _ranked = [.. results.Standings.Where(s => s.Unranked is null)];

    /// <summary>The gap, the first, who beats plain SGD, who does harm.</summary>
    public IReadOnlyList<string> All => [.. new[] { Gap(), First(), Beating(), Harm(), Unranked() }.OfType<string>()];

    /// <summary>What there is to escape from.</summary>
    public string Gap() => results.Gap is not { } gap
        ? "Fewer than two seeds have plain SGD from both starts: nothing is ranked yet."
        : $"From the adversarial start plain SGD at the base rate ends at {Mean(results.Bad):0.0 %} of the test set, from a random start "
            + $"at {Mean(results.Good):0.0 %}: a gap of {Points(gap.Denominator, gap.DenominatorInterval)} points."
            + (results.HasGap
                ? ""
                : " The interval of the gap does not lie above 0: there is nothing to escape from, so there are no escape scores, and "
                    + "mechanisms are listed by what they gain over plain SGD from the same start. A larger gap comes of more random "
                    + "labels (--replicas) or a lower base rate (--learning-rate).");

    private string? First() => _ranked is not [var first, ..] ? null
        : first.Score is { Value: { } score, Interval: { } interval }
            ? $"First is {first.Entry.Name} ({first.Settings!.Recipe}) with an escape score of {score:0.00} ({interval.Lower:0.00} to "
                + $"{interval.Upper:0.00})."
            : $"The largest gain is that of {first.Entry.Name} ({first.Settings!.Recipe}), {first.Gain?.Mean:+0.0;-0.0;0.0} points.";

    private string? Beating()
    {
        Standing[] mechanisms = [.. _ranked.Where(s => s.AgainstBest is not null || s.AgainstMatched is not null)];
        if (mechanisms.Length == 0)
        {
            return null;
        }

        string[] both = Names(s => Beats(s.AgainstBest) && Beats(s.AgainstMatched));
        string[] matched = Names(s => !Beats(s.AgainstBest) && Beats(s.AgainstMatched));
        string[] best = Names(s => Beats(s.AgainstBest) && !Beats(s.AgainstMatched));
        string[] parts =
        [
            .. Part(both, "plain SGD both at its best rate and at their own effective rate"),
            .. Part(matched, "plain SGD at their own effective rate, but not at its best rate"),
            .. Part(best, "plain SGD at its best rate, but not at their own effective rate"),
        ];
        return parts.Length == 0
            ? $"None of the {mechanisms.Length} mechanisms is shown to beat plain SGD, at its best rate or at the mechanism's "
                + "effective rate."
            : $"Shown to beat {string.Join("; ", parts)}. Of the other "
                + $"{mechanisms.Length - both.Length - matched.Length - best.Length} it is not shown.";

        string[] Names(Func<Standing, bool> which) => [.. mechanisms.Where(which).Select(s => s.Entry.Name)];

        static string[] Part(string[] names, string what) => names.Length == 0 ? [] : [$"{what}: {string.Join(", ", names)}"];

        static bool Beats(Contest? contest) => contest?.Outcome == ContestOutcome.Beats;
    }

    private string? Harm()
    {
        string[] harming = [.. _ranked.Where(s => s.Harms).Select(s => s.Entry.Name)];
        return harming.Length == 0
            ? null
            : $"From a random start, where there is nothing to escape from, significantly below plain SGD: {string.Join(", ", harming)}.";
    }

    private string? Unranked()
    {
        string[] names = [.. results.Standings.Where(s => s.Unranked is not null).Select(s => $"{s.Entry.Name} ({s.Unranked})")];
        return names.Length == 0 ? null : $"Not ranked: {string.Join("; ", names)}.";
    }

    private static double Mean(IEnumerable<KeyValuePair<int, double>> accuracies) => accuracies.Average(a => a.Value);

    private static string Points(double value, Interval interval) => $"{value:0.0} ({interval.Lower:0.0} to {interval.Upper:0.0})";
}

using System.Collections.Immutable;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>What a league says, in sentences.</summary>
/// <param name="results">The league.</param>
internal sealed class LeagueSentences(LeagueResults results)
{
    // What the protocol's own rule takes for fitted.
    private const double FittedStart = 0.99;

    private readonly Standing[] _ranked = [.. results.Standings.Where(s => s.Unranked is null)];

    /// <summary>The gap, what its yardstick lacks, the first, who beats plain SGD, who does harm.</summary>
    public IReadOnlyList<string> All =>
    [
        .. new[] { Gap() }.Concat(Yardstick()).Concat(Unfitted("", results.League.Seeds))
            .Concat(Unfitted("the tuning's ", results.League.TuningSeeds))
            .Concat([First(), Beating(), .. NoContests(), LadderEnd(), Harm(), Doubtful(), Failing(), Unranked()]).OfType<string>(),
    ];

    /// <summary>What there is to escape from.</summary>
    public string Gap() => results.Gap is not { } gap
        ? "Fewer than two seeds have plain SGD from both starts: nothing is ranked yet."
        : $"From the adversarial start plain SGD at the base rate ends at {Mean(results.Bad):0.0 %} of the test set, from a random start "
            + $"at {Mean(results.Good):0.0 %}: a gap of {Points(gap.Denominator, gap.DenominatorInterval)} points."
            + (results.HasGap || !results.Collapsed.Good.IsEmpty
                ? ""
                : " The interval of the gap does not lie above 0: there is nothing to escape from, so there are no escape scores, and "
                    + "mechanisms are listed by what they gain over plain SGD from the same start. A larger gap comes of more random "
                    + "labels (--replicas) or a lower base rate (--learning-rate).");

    /// <summary>What the two ends of the score lack.</summary>
    private IEnumerable<string> Yardstick()
    {
        if (results.Gap is not null && results.ScoredSeeds.Length < results.League.Seeds.Length)
        {
            string[] lacking =
            [
                .. Part(Without(results.Bad), "from the adversarial start"), .. Part(Without(results.Good), "from the random start"),
            ];
            yield return $"Plain SGD at the base rate has no result on {string.Join(", and on ", lacking)}: gap, scores and gains are of "
                + $"the other {results.ScoredSeeds.Length} seeds.";
        }

        string atMost = $"at most {Condition.LearnedAccuracy:0 %} of its training images right";
        if (!results.Collapsed.Good.IsEmpty)
        {
            yield return $"From the random start plain SGD at the base rate does not train on {Seeds(results.Collapsed.Good)} ({atMost}), "
                + "so its end is no yardstick: there are no escape scores, and mechanisms are listed by what they gain over plain SGD from "
                + "the same start. Another base rate (--learning-rate) or more epochs may mend that.";
        }

        if (!results.Collapsed.Bad.IsEmpty)
        {
            yield return $"From the adversarial start plain SGD at the base rate does not train on {Seeds(results.Collapsed.Bad)} "
                + $"({atMost}): of what others gain over it a part may be that they train at all, and no escape from a bad minimum.";
        }

        int[] Without(ImmutableSortedDictionary<int, double> ends) => [.. results.League.Seeds.Where(seed => !ends.ContainsKey(seed))];

        static string[] Part(int[] seeds, string start) => seeds.Length == 0 ? [] : [$"{Seeds(seeds)} {start}"];
    }

    /// <summary>Which starts have not fitted their random labels.</summary>
    private IEnumerable<string> Unfitted(string which, ImmutableArray<int> seeds)
    {
        // A rule of one's own may ask for less.
        double fitted = Math.Min(FittedStart, (double?)results.League.Settings["randomLabels"]?["stopAtAccuracy"] ?? FittedStart);
        RunResult[] starts =
            [.. results.Starts.Select(s => s.Result).Where(s => seeds.Contains(s.Seed) && s.RandomLabels?.Accuracy < fitted)];
        if (starts.Length > 0)
        {
            yield return $"The start of {which}{Seeds([.. starts.Select(s => s.Seed)])} is less bad than it should be: of its random "
                + $"labels {string.Join(" and ", starts.Select(s => $"{s.RandomLabels!.Accuracy:0.0 %}"))} were fitted when its phase "
                + $"ended.{(starts.Any(s => s.RandomLabels!.EndedBy == PhaseEnd.Epochs)
                    ? " More epochs for that (--random-label-epochs) may mend it."
                    : "")}";
        }
    }

    private string? First()
    {
        if (_ranked is not [var first, ..])
        {
            return null;
        }

        string opening = first.Score?.Value is null ? "The largest gain is that of" : "First is";
        string rest = !first.Harms ? "."
            : _ranked.FirstOrDefault(s => !s.Harms) is { } harmless
                ? $", but it harms from a random start; the first that does not is {NameOf(harmless)}."
                : ", but it harms from a random start, and so do all others.";
        return $"{opening} {NameOf(first)}{rest}";

        static string NameOf(Standing standing) => $"{standing.Entry.Name} ({standing.Settings!.Recipe})"
            + (standing.Score is { Value: { } score, Interval: { } interval }
                ? $" with an escape score of {score:0.00} ({interval.Lower:0.00} to {interval.Upper:0.00})"
                : $", {standing.Gain?.Mean:+0.0;-0.0;0.0} points");
    }

    private string? Beating()
    {
        Standing[] mechanisms = [.. _ranked.Where(s => IsHeld(s.AgainstBest) || IsHeld(s.AgainstMatched))];
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
        int others = mechanisms.Length - both.Length - matched.Length - best.Length;
        return parts.Length == 0
            ? $"None of the {mechanisms.Length} mechanisms is shown to beat plain SGD, at its best rate or at the mechanism's "
                + "effective rate."
            : $"Shown to beat {string.Join("; ", parts)}.{(others == 0 ? "" : $" Of the other {others} it is not shown.")}";

        string[] Names(Func<Standing, bool> which) => [.. mechanisms.Where(which).Select(s => s.Entry.Name)];

        static string[] Part(string[] names, string what) => names.Length == 0 ? [] : [$"{what}: {string.Join(", ", names)}"];

        static bool Beats(Contest? contest) => contest?.Outcome == ContestOutcome.Beats;

        static bool IsHeld(Contest? contest) => contest is not null && contest.Outcome != ContestOutcome.NoContest;
    }

    /// <summary>Whom plain SGD was no opponent for, and why.</summary>
    private IEnumerable<string> NoContests()
        => from standing in _ranked
           from contest in new[] { standing.AgainstBest, standing.AgainstMatched, standing.FromRandom }
           where contest?.Why is not null
           group standing.Entry.Name by (contest.Against, contest.Why) into names
           select $"No contest with {names.Key.Against}, which {names.Key.Why}: {string.Join(", ", names.Distinct())}.";

    /// <summary>That plain SGD's best rate may lie beyond those that were tried.</summary>
    private string? LadderEnd()
    {
        LeagueEntry plain = results.League.Entries[0];
        if (plain.Choice is not { } best || plain.Candidates.Length < 2)
        {
            return null;
        }

        (string Which, string Further)? end = best.EffectiveRate == plain.Candidates.Max(c => c.EffectiveRate) ? ("largest", "larger")
            : best.EffectiveRate == plain.Candidates.Min(c => c.EffectiveRate) ? ("smallest", "smaller")
            : null;
        return end is not { } known
            ? null
            : $"On the tuning seeds plain SGD did best at {Text.Of(best.EffectiveRate)}, the {known.Which} of its rates: a {known.Further} "
                + "one, which was not tried, may do better still.";
    }

    private string? Harm()
        => Names(s => s.FromRandom?.Outcome == ContestOutcome.Loses) is not { Length: > 0 } names
            ? null
            : $"From a random start, where there is nothing to escape from, significantly below plain SGD: {string.Join(", ", names)}.";

    /// <summary>Whose harm its own interval shows, and the correction for the number of mechanisms does not.</summary>
    private string? Doubtful()
    {
        Standing[] below = [.. results.Standings.Where(s => !s.Harms && s.FromRandom?.Test?.DifferenceInterval is { Upper: < 0 })];
        return below.Length == 0
            ? null
            : "From a random start below plain SGD by intervals that exclude 0, but are not corrected for the number of mechanisms, in "
                + $"points: {string.Join(", ", below.OrderBy(Mean).Select(s => $"{s.Entry.Name} ({Mean(s):+0.0;-0.0})"))}.";

        static double Mean(Standing standing) => standing.FromRandom!.Differences.Sample!.Mean;
    }

    private string? Failing()
    {
        string[] names = Names(s => s.FailsFromRandom);
        return names.Length == 0 ? null : $"From a random start these failed on a seed or more: {string.Join(", ", names)}.";
    }

    private string? Unranked()
    {
        string[] reasons =
        [
            .. results.Standings.Where(s => s.Unranked is not null).GroupBy(s => s.Unranked)
                .Select(names => $"{string.Join(", ", names.Select(s => s.Entry.Name))} ({names.Key})"),
        ];
        return reasons.Length == 0 ? null : $"Not ranked: {string.Join("; ", reasons)}.";
    }

    private string[] Names(Func<Standing, bool> which) => [.. results.Standings.Where(which).Select(s => s.Entry.Name)];

    private double Mean(ImmutableSortedDictionary<int, double> accuracies) => results.ScoredSeeds.Average(seed => accuracies[seed]);

    private static string Points(double value, Interval interval) => $"{value:0.0} ({interval.Lower:0.0} to {interval.Upper:0.0})";

    private static string Seeds(IReadOnlyCollection<int> seeds) => $"{(seeds.Count == 1 ? "seed" : "seeds")} {string.Join(", ", seeds)}";
}

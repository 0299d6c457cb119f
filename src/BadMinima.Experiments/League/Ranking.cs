using System.Collections.Immutable;

namespace BadMinima.Experiments;

/// <summary>Ranks the mechanisms of a league by what its ranking sweep came to.</summary>
internal sealed class Ranking
{
    private readonly LeagueManifest _league;
    private readonly LeagueRuns _runs;
    private readonly double _level;
    private readonly bool _isTuned;

    /// <param name="league">The league.</param>
    /// <param name="runs">Its ranking sweep.</param>
    /// <param name="level">The confidence of intervals; 1 less it is the error rate of all contests of a kind together.</param>
    /// <param name="isTuned">Whether the tuning has come to its end.</param>
    public Ranking(LeagueManifest league, LeagueRuns runs, double level, bool isTuned)
    {
        (_league, _runs, _level, _isTuned) = (league, runs, level, isTuned);
        Bad = runs.Accuracies(league.Base, adversarial: true);
        Good = runs.Accuracies(league.Base, adversarial: false);
        CollapsedBad = runs.Collapsed(league.Base, adversarial: true);
        CollapsedGood = runs.Collapsed(league.Base, adversarial: false);
        Scored = [.. league.Seeds.Where(s => Bad.ContainsKey(s) && Good.ContainsKey(s))];
        Gap = ScoreOf(Good);
        string? best = league.Entries[0].Choice?.Recipe;
        Duel?[] againstBest = [.. league.Entries.Select(e => Between(e, best, adversarial: true))];
        Duel?[] againstMatched = [.. league.Entries.Select(e => Between(e, e.Choice?.Matched, adversarial: true))];
        Duel?[] fromRandom = [.. league.Entries.Select(e => Between(e, league.Base, adversarial: false))];
        ContestFamily escaping = new([.. againstBest, .. againstMatched], level), harming = new(fromRandom, level);
        Tests = (escaping.Count, harming.Count);
        Standing[] all = [.. league.Entries.Select((entry, i) => Of(entry) with
        {
            AgainstBest = escaping.Of(againstBest[i]),
            AgainstMatched = escaping.Of(againstMatched[i]),
            FromRandom = harming.Of(fromRandom[i]),
        })];
        Standings = [.. all.OrderBy(s => s.Unranked is null ? 0 : 1).ThenByDescending(s => s.Gain?.Mean)];
    }

    public ImmutableSortedDictionary<int, double> Bad { get; }

    public ImmutableSortedDictionary<int, double> Good { get; }

    /// <summary>The seeds on which plain SGD at the base rate has not trained from the adversarial start.</summary>
    public ImmutableArray<int> CollapsedBad { get; }

    /// <summary>Those from the random start.</summary>
    public ImmutableArray<int> CollapsedGood { get; }

    /// <summary>The seeds that have both ends of the yardstick: gap, scores and gains are all of these.</summary>
    public ImmutableArray<int> Scored { get; }

    /// <summary>The gap as a ratio of itself: its denominator is the gap.</summary>
    public RatioOfMeans? Gap { get; }

    public ImmutableArray<Standing> Standings { get; }

    public (int Escaping, int Harming) Tests { get; }

    private Standing Of(LeagueEntry entry)
    {
        string? recipe = entry.Choice?.Recipe;
        FinishedCell[] cells = recipe is null ? [] : [.. _runs.Of(recipe, adversarial: true)];
        var adversarial = recipe is null
            ? ImmutableSortedDictionary<int, double>.Empty
            : _runs.Accuracies(recipe, adversarial: true);
        string? unranked = WhyUnranked(recipe);
        return new()
        {
            Entry = entry,
            Settings = entry.Choice,
            Adversarial = adversarial,
            Random = recipe is null ? ImmutableSortedDictionary<int, double>.Empty : _runs.Accuracies(recipe, adversarial: false),
            Unranked = unranked,
            Score = unranked is null ? ScoreOf(adversarial) : null,
            Gain = unranked is null ? PairedDifferences.Between(Points(adversarial), Points(Bad.Where(s => Scored.Contains(s.Key)))).Sample
                : null,
            FailsFromRandom = recipe is not null && recipe != _league.Base && _runs.Failed(recipe, adversarial: false) > 0,
            TrainAccuracy = cells.Length == 0 ? null : cells.Average(c => c.Run.Result.Train.Accuracy),
            Seconds = cells.Length == 0 ? null : cells.Average(c => c.Run.Result.Seconds),
            Distance = recipe is null ? null : _runs.Distance(recipe),
        };
    }

    private string? WhyUnranked(string? recipe)
    {
        if (recipe is null)
        {
            return _isTuned
                ? "no settings chosen: no candidate has a result on every tuning seed"
                : "its settings are not chosen yet: the tuning is not finished";
        }

        // A recipe that fails on hard seeds is not ranked by the others.
        return Missing(recipe, adversarial: true) is > 0 and var missing
            ? $"{missing} of {_league.Seeds.Length} seeds without a result"
            : Scored.Length < 2
                ? $"plain SGD at the base rate has both results on {Scored.Length} of {_league.Seeds.Length} seeds"
                : null;
    }

    /// <summary>On how many seeds a recipe has no result.</summary>
    private int Missing(string recipe, bool adversarial)
    {
        ImmutableSortedDictionary<int, double> own = _runs.Accuracies(recipe, adversarial);
        return _league.Seeds.Count(seed => !own.ContainsKey(seed));
    }

    /// <summary>
    /// The escape score of some accuracies, with everything in percentage points; null where fewer than two seeds have it. A random start
    /// from which plain SGD does not train is no yardstick.
    /// </summary>
    private RatioOfMeans? ScoreOf(ImmutableSortedDictionary<int, double> accuracies)
    {
        var ratio = RatioOfMeans.Of(
            [.. Scored.Where(accuracies.ContainsKey).Select(s => (100 * (accuracies[s] - Bad[s]), 100 * (Good[s] - Bad[s])))], _level);
        return CollapsedGood.IsEmpty || ratio is null ? ratio : ratio with { Value = null, Interval = null };
    }

    /// <returns>Null where there is no other recipe, or the mechanism itself has no result on a seed.</returns>
    private Duel? Between(LeagueEntry entry, string? other, bool adversarial)
    {
        if (entry.Choice?.Recipe is not { } recipe || other is null || recipe == other || Missing(recipe, adversarial) > 0)
        {
            return null;
        }

        var own = Points(_runs.Accuracies(recipe, adversarial));
        var others = Missing(other, adversarial) > 0 ? [] : Points(_runs.Accuracies(other, adversarial));
        return new(recipe, other, adversarial, PairedDifferences.Between(own, others), Refusal(other, adversarial));
    }

    /// <summary>Why a recipe is no opponent; null where it is one.</summary>
    private string? Refusal(string recipe, bool adversarial)
    {
        (int missing, int failed) = (Missing(recipe, adversarial), _runs.Failed(recipe, adversarial));
        int collapsed = _runs.Collapsed(recipe, adversarial).Length;
        string? what = failed > 0 ? $"failed on {failed}"
            : missing > 0 ? $"has no result yet on {missing}"
            : collapsed > 0 ? $"did not train on {collapsed}"
            : null;
        return what is null ? null : $"{what} of {_league.Seeds.Length} seeds{(adversarial ? "" : " from the random start")}";
    }

    private static Dictionary<int, double> Points(IEnumerable<KeyValuePair<int, double>> shares)
        => shares.ToDictionary(s => s.Key, s => 100 * s.Value);
}

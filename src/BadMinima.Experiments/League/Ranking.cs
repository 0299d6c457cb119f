using System.Collections.Immutable;

namespace BadMinima.Experiments;

/// <summary>Ranks the mechanisms of a league by what its ranking sweep came to.</summary>
internal sealed class Ranking
{
    private readonly LeagueManifest _league;
    private readonly LeagueRuns _runs;
    private readonly double _level;

    public Ranking(LeagueManifest league, LeagueRuns runs, double level)
    {
        (_league, _runs, _level) = (league, runs, level);
        Bad = runs.Accuracies(league.Base, adversarial: true);
        Good = runs.Accuracies(league.Base, adversarial: false);
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
        int missing = recipe is null ? _league.Seeds.Length : MissingSeeds(recipe);
        return new()
        {
            Entry = entry,
            Settings = entry.Choice,
            Adversarial = adversarial,
            Random = recipe is null ? ImmutableSortedDictionary<int, double>.Empty : _runs.Accuracies(recipe, adversarial: false),

            // A recipe that fails on hard seeds is not ranked by the others.
            Unranked = recipe is null ? "no settings chosen: no candidate has a result on every tuning seed"
                : missing > 0 ? $"{missing} of {_league.Seeds.Length} seeds without a result"
                : null,
            Score = missing > 0 ? null : ScoreOf(adversarial),
            Gain = missing > 0 ? null : PairedDifferences.Between(Points(adversarial), Points(Bad)).Sample,
            TrainAccuracy = cells.Length == 0 ? null : cells.Average(c => c.Run.Result.Train.Accuracy),
            Seconds = cells.Length == 0 ? null : cells.Average(c => c.Run.Result.Seconds),
            Distance = recipe is null ? null : _runs.Distance(recipe),
        };
    }

    /// <summary>The seeds on which a recipe, or what it is scored against, has no result from the adversarial start.</summary>
    private int MissingSeeds(string recipe)
    {
        ImmutableSortedDictionary<int, double> own = _runs.Accuracies(recipe, adversarial: true);
        return _league.Seeds.Count(seed => !own.ContainsKey(seed) || !Bad.ContainsKey(seed));
    }

    /// <summary>
    /// The escape score of some accuracies, with everything in percentage points; null where fewer than two seeds have it.
    /// </summary>
    private RatioOfMeans? ScoreOf(ImmutableSortedDictionary<int, double> accuracies) => RatioOfMeans.Of(
        [.. _league.Seeds.Where(s => accuracies.ContainsKey(s) && Bad.ContainsKey(s) && Good.ContainsKey(s))
            .Select(s => (100 * (accuracies[s] - Bad[s]), 100 * (Good[s] - Bad[s])))],
        _level);

    private Duel? Between(LeagueEntry entry, string? other, bool adversarial)
        => entry.Choice?.Recipe is { } recipe && other is not null && recipe != other && MissingSeeds(recipe) == 0
            ? new(
                recipe, other, adversarial,
                PairedDifferences.Between(Points(_runs.Accuracies(recipe, adversarial)), Points(_runs.Accuracies(other, adversarial))))
            : null;

    private static Dictionary<int, double> Points(IReadOnlyDictionary<int, double> shares)
        => shares.ToDictionary(s => s.Key, s => 100 * s.Value);
}

using System.Collections.Immutable;

namespace BadMinima.Experiments;

/// <summary>What the tuning came to: the test accuracy of each candidate from the tuning seeds' adversarial starts.</summary>
/// <param name="league">The league.</param>
/// <param name="tuning">The tuning sweep's results; null where there is none yet.</param>
internal sealed class TuningTable(LeagueManifest league, SweepResults? tuning)
{
    private readonly Dictionary<(string Recipe, int Seed), double> _accuracies = (tuning?.Cells ?? [])
        .Where(c => c.Run.Result.Start == RunRequest.AdversarialStart && league.TuningSeeds.Contains(c.Run.Result.Seed))
        .GroupBy(c => (c.Cell.Recipe!, c.Run.Result.Seed))
        .ToDictionary(g => g.Key, g => g.First().Run.Result.Test.Accuracy);

    /// <summary>The mean test accuracy over the tuning seeds; null unless every seed has one.</summary>
    public double? MeanOf(string recipe)
    {
        double?[] all = [.. league.TuningSeeds.Select(seed => _accuracies.TryGetValue((recipe, seed), out double a) ? a : (double?)null)];
        return all.All(a => a is not null) ? all.Average() : null;
    }

    /// <summary>
    /// The league with the best candidate of each entry chosen; of equal ones the first. A candidate that failed on a seed is out. The only
    /// candidate of an entry needs no tuning.
    /// </summary>
    public LeagueManifest Choose() => league with
    {
        Entries = [.. league.Entries.Select(entry => entry with { Chosen = entry.Candidates.Length == 1 ? 0 : Best(entry.Candidates) })],
    };

    private int? Best(ImmutableArray<LeagueCandidate> candidates)
        => candidates.Select((c, i) => (Place: (int?)i, Mean: MeanOf(c.Recipe))).Where(c => c.Mean is not null)
            .OrderByDescending(c => c.Mean).FirstOrDefault().Place;
}

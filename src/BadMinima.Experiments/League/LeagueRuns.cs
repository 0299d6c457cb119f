using System.Collections.Immutable;

namespace BadMinima.Experiments;

/// <summary>The finished runs of a league's ranking, by recipe and start.</summary>
/// <param name="ranking">The ranking sweep; null where it was not begun.</param>
/// <param name="distances">How far each run moved, by cell.</param>
internal sealed class LeagueRuns(SweepResults? ranking, IReadOnlyDictionary<string, double> distances)
{
    private readonly ILookup<(string Recipe, string Start), FinishedCell> _cells
        = (ranking?.Cells ?? []).ToLookup(c => (c.Cell.Recipe!, c.Run.Result.Start));

    private readonly ILookup<(string Recipe, bool Adversarial), ManifestCell> _failed
        = (ranking?.Failed ?? []).Select(f => f.Cell).ToLookup(c => (c.Recipe!, c.StartId is not null));

    /// <summary>Every finished run.</summary>
    public ImmutableArray<FinishedCell> All => ranking?.Cells ?? [];

    /// <summary>A recipe's runs from a start, one a seed.</summary>
    public IEnumerable<FinishedCell> Of(string recipe, bool adversarial)
        => _cells[(recipe, adversarial ? RunRequest.AdversarialStart : RunRequest.RandomStart)].OrderBy(c => c.Run.Result.Seed);

    /// <summary>How many of a recipe's runs from a start have failed.</summary>
    public int Failed(string recipe, bool adversarial) => _failed[(recipe, adversarial)].Count();

    /// <summary>The seeds on which it has not trained: see <see cref="Condition.LearnedAccuracy"/>.</summary>
    public ImmutableArray<int> Collapsed(string recipe, bool adversarial)
        => [.. Of(recipe, adversarial).Where(c => c.Run.Result.Train.Accuracy <= Condition.LearnedAccuracy).Select(c => c.Run.Result.Seed)];

    /// <summary>Its test accuracies by seed, as shares of 1.</summary>
    public ImmutableSortedDictionary<int, double> Accuracies(string recipe, bool adversarial)
        => Of(recipe, adversarial).ToImmutableSortedDictionary(c => c.Run.Result.Seed, c => c.Run.Result.Test.Accuracy);

    /// <summary>How far its runs moved from the adversarial start, on the average; null where a run's distance is not known.</summary>
    public double? Distance(string recipe)
    {
        double?[] all = [.. Of(recipe, adversarial: true).Select(c => distances.TryGetValue(c.Cell.Id, out double d) ? d : (double?)null)];
        return all.Length > 0 && all.All(d => d is not null) ? all.Average() : null;
    }
}

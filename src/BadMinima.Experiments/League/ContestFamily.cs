namespace BadMinima.Experiments;

/// <summary>Two recipes from the same starts.</summary>
/// <param name="Recipe">The one.</param>
/// <param name="Other">The other.</param>
/// <param name="Adversarial">From which start.</param>
/// <param name="Differences">In percentage points of test accuracy, seed by seed.</param>
/// <param name="Refusal">Why no test is made of them; null where one is.</param>
internal sealed record Duel(string Recipe, string Other, bool Adversarial, PairedDifferences Differences, string? Refusal = null);

/// <summary>Contests that are corrected together. Two that compare the same recipes are one test.</summary>
internal sealed class ContestFamily
{
    private readonly Dictionary<(string, string, bool), (TTest Test, double? P)> _tests = [];
    private readonly double _level;

    /// <param name="duels">All of them; null for none.</param>
    /// <param name="level">1 less it is the error rate of all tests together.</param>
    public ContestFamily(IEnumerable<Duel?> duels, double level)
    {
        _level = level;
        ((string, string, bool) Key, TTest Test)[] made =
        [
            .. duels.OfType<Duel>().Where(d => d.Refusal is null).DistinctBy(KeyOf)
                .Select(d => (KeyOf(d), Test: TTest.Paired(d.Differences, 0, level)))
                .Where(t => t.Test is not null).Select(t => (t.Item1, t.Test!)),
        ];

        // Where nothing varies p is 0 or 1 by convention, and no test was made.
        double[] corrected = Holm.Correct([.. made.Where(t => !t.Test.NothingVaries).Select(t => t.Test.P)]);
        int place = 0;
        foreach (((string, string, bool) key, TTest test) in made)
        {
            _tests[key] = (test, test.NothingVaries ? null : corrected[place++]);
        }

        Count = corrected.Length;
    }

    /// <summary>How many tests were made, and corrected for.</summary>
    public int Count { get; }

    /// <summary>How a duel ended.</summary>
    public Contest? Of(Duel? duel)
    {
        if (duel is null)
        {
            return null;
        }

        if (duel.Refusal is not null)
        {
            return new(duel.Other, duel.Differences, null, null, ContestOutcome.NoContest) { Why = duel.Refusal };
        }

        (TTest? test, double? p) = _tests.TryGetValue(KeyOf(duel), out var known) ? known : (null, null);
        ContestOutcome outcome = !(p <= 1 - _level) ? ContestOutcome.Open
            : test!.Difference > 0 ? ContestOutcome.Beats
            : ContestOutcome.Loses;
        return new(duel.Other, duel.Differences, test, p, outcome);
    }

    private static (string, string, bool) KeyOf(Duel duel) => (duel.Recipe, duel.Other, duel.Adversarial);
}

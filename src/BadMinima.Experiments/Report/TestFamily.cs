namespace BadMinima.Experiments;

/// <summary>Tests of comparisons that are corrected together.</summary>
internal sealed class TestFamily
{
    private readonly Dictionary<Comparison, TTest> _tests;
    private readonly Dictionary<Comparison, double> _adjusted;

    /// <param name="comparisons">All of the report.</param>
    /// <param name="test">The test of one; null with too few seeds.</param>
    public TestFamily(IEnumerable<Comparison> comparisons, Func<Comparison, TTest?> test)
    {
        _tests = comparisons.Select(c => (Comparison: c, Test: test(c))).Where(t => t.Test is not null)
            .ToDictionary(t => t.Comparison, t => t.Test!);

        // Where nothing varies p is 0 or 1 by convention, and no test was made.
        KeyValuePair<Comparison, TTest>[] made = [.. _tests.Where(t => !t.Value.NothingVaries)];
        _adjusted = made.Zip(Holm.Correct([.. made.Select(t => t.Value.P)])).ToDictionary(t => t.First.Key, t => t.Second);
    }

    /// <summary>How many tests were made, and corrected for.</summary>
    public int Count => _adjusted.Count;

    /// <summary>The test of a comparison; null with too few seeds.</summary>
    public TTest? Of(Comparison comparison) => _tests.GetValueOrDefault(comparison);

    /// <summary>The test, if one was made; null where nothing varies too.</summary>
    public TTest? Made(Comparison comparison) => Of(comparison) is { NothingVaries: false } made ? made : null;

    /// <summary>Its p, corrected by Holm; null where there is none.</summary>
    public double? AdjustedP(Comparison comparison) => _adjusted.TryGetValue(comparison, out double p) ? p : null;
}

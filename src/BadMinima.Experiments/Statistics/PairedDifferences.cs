namespace BadMinima.Experiments;

/// <summary>
/// The differences of two measurements, seed by seed: what both have of a seed's own (data drawn, order, initial weights) cancels.
/// </summary>
/// <param name="Pairs">Each seed that both sides have, ascending, with the first's value minus the second's.</param>
/// <param name="LeftOut">The seeds that one side alone has, ascending.</param>
/// <param name="Sample">The differences as a sample; null if there is none.</param>
public sealed record PairedDifferences(IReadOnlyList<(int Seed, double Difference)> Pairs, IReadOnlyList<int> LeftOut, Sample? Sample)
{
    /// <summary>Pairs two measurements.</summary>
    /// <param name="first">Values by seed.</param>
    /// <param name="second">Values by seed, taken from the first's.</param>
    /// <exception cref="ArgumentException">A value of a pair is not finite.</exception>
    public static PairedDifferences Between(IReadOnlyDictionary<int, double> first, IReadOnlyDictionary<int, double> second)
    {
        int[] seeds = [.. first.Keys.Where(second.ContainsKey).Order()];
        (int Seed, double Difference)[] pairs = [.. seeds.Select(s => (s, first[s] - second[s]))];
        return new(
            pairs,
            [.. first.Keys.Concat(second.Keys).Except(seeds).Order()],
            pairs.Length == 0
                ? null
                : Sample.OfDifferences(pairs.Select(p => p.Difference), seeds.Max(s => Math.Max(Math.Abs(first[s]), Math.Abs(second[s])))));
    }
}

namespace BadMinima.MLNet;

/// <summary>
/// A counter-based generator: the n-th number is a function of (key, n) alone, so any number can be drawn again, in any order, on any
/// thread and on any platform, and there is no state to save. SplitMix64 in counter mode (Steele, Lea, Flood, OOPSLA 2014, with Stafford's
/// variant 13 as the mixer).
/// </summary>
public readonly struct CounterRandom
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    private readonly ulong _key;

    private CounterRandom(ulong key) => _key = key;

    /// <summary>The generator of a seed.</summary>
    public static CounterRandom Create(long seed) => new(Mix(unchecked((ulong)seed + GoldenGamma)));

    /// <summary>A generator of its own, independent of this one, for the <paramref name="stream"/>-th use or item.</summary>
    public CounterRandom Stream(ulong stream) => new(Mix(_key ^ Mix(unchecked(stream + GoldenGamma))));

    /// <summary>64 uniform bits.</summary>
    public ulong Bits(ulong counter) => Mix(unchecked(_key + (counter + 1) * GoldenGamma));

    /// <summary>
    /// Uniform over 0 .. <paramref name="bound"/> - 1, for a bound of at least 1 (multiply-high; the bias is below bound / 2^64).
    /// </summary>
    public int Below(ulong counter, int bound) => (int)Math.BigMul(Bits(counter), (ulong)bound, out _);

    /// <summary>Uniform over [0, 1), in steps of 2^-53.</summary>
    public double Uniform(ulong counter) => (Bits(counter) >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniformly drawn permutation of 0 .. <paramref name="count"/> - 1 (Fisher, Yates).</summary>
    public int[] Permutation(int count)
    {
        int[] permutation = new int[count];
        for (int i = 0; i < count; i++)
        {
            int j = Below((ulong)i, i + 1);
            permutation[i] = permutation[j];
            permutation[j] = i;
        }

        return permutation;
    }

    /// <summary>
    /// <paramref name="count"/> different ones of 0 .. <paramref name="among"/> - 1, in uniformly drawn order; at most all of them. Takes
    /// time and memory by how many are drawn, not by how many there are (Fisher, Yates, of the first places only).
    /// </summary>
    public int[] Sample(int count, int among)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, among);
        int[] drawn = new int[count];
        Dictionary<int, int> moved = [];
        for (int i = 0; i < count; i++)
        {
            int j = i + Below((ulong)i, among - i);
            drawn[i] = moved.GetValueOrDefault(j, j);
            moved[j] = moved.GetValueOrDefault(i, i);
        }

        return drawn;
    }

    /// <summary>A one-to-one scrambling of 64 bits.</summary>
    public static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}

using Microsoft.ML.Data;

namespace BadMinima.MLNet.Labels;

/// <summary>
/// Two independent 64-bit hashes of each labeled row, functions of (seed, row id) alone, and the row's class. Whoever has a row's id can
/// draw its
/// noise again: on any pass, cursor and thread, in any order.
/// </summary>
internal sealed class RowHashes
{
    private readonly List<(ulong Selection, ulong Replacement, int Label)> _rows = [];

    public int Count => _rows.Count;

    public IReadOnlyList<(ulong Selection, ulong Replacement, int Label)> Rows => _rows;

    /// <summary>The row's hashes: one decides whether it is randomized, the other what it becomes.</summary>
    public static (ulong Selection, ulong Replacement) Of(CounterRandom random, DataViewRowId id)
    {
        CounterRandom row = random.Stream(id.Low).Stream(id.High);
        return (row.Bits(0), row.Bits(1));
    }

    /// <param name="selection">See <see cref="Of"/>.</param>
    /// <param name="replacement">See <see cref="Of"/>.</param>
    /// <param name="label">The row's class, from 0.</param>
    public void Add(ulong selection, ulong replacement, int label) => _rows.Add((selection, replacement, label));

    public RowHashes Where(Func<ulong, int, bool> predicate)
    {
        var kept = new RowHashes();
        kept._rows.AddRange(_rows.Where(r => predicate(r.Selection, r.Label)));
        return kept;
    }

    /// <summary>The selection hash up to which exactly <paramref name="count"/> rows lie; null for none.</summary>
    public ulong? SmallestSelections(int count) => count == 0 ? null : _rows.Select(r => r.Selection).Order().ElementAt(count - 1);

    public int[] ClassCounts(int classes)
    {
        int[] counts = new int[classes];
        foreach ((_, _, int label) in _rows)
        {
            counts[label]++;
        }

        return counts;
    }

    /// <summary>
    /// Upper bounds of the replacement hash, one a class, between which exactly <paramref name="counts"/> of these rows lie.
    /// </summary>
    public ulong[] Cuts(int[] counts)
    {
        ulong[] sorted = [.. _rows.Select(r => r.Replacement).Order()];
        ulong[] upper = new ulong[counts.Length];
        int below = 0;
        for (int c = 0; c < counts.Length; c++)
        {
            below += counts[c];
            upper[c] = below == sorted.Length ? ulong.MaxValue : below == 0 ? 0 : sorted[below - 1];
        }

        return upper;
    }
}

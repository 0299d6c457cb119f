using BadMinima.MLNet.Interop;
using Microsoft.ML;

namespace BadMinima.MLNet.Examples;

/// <summary>Some rows of a data set, drawn uniformly without replacement: a function of a seed and the number of rows alone.</summary>
internal static class RandomRows
{
    // Of the seed's generator, from which the trainer takes the first streams.
    private const ulong Stream = 0x726F7773;

    /// <summary>So many rows in the data's order. With the same seed a larger number has the rows of a smaller one.</summary>
    /// <param name="data">The data. Its rows are counted, by a pass without columns where it does not know their number.</param>
    /// <param name="most">How many, at least 1; where there are no more, all.</param>
    /// <param name="seed">The seed.</param>
    public static IDataView Take(IDataView data, int most, int seed)
    {
        int count = checked((int)(data.GetRowCount() ?? Count(data)));
        if (count <= most)
        {
            return data;
        }

        int[] places = CounterRandom.Create(seed).Stream(Stream).Permutation(count)[..most];
        Array.Sort(places);
        return new ChosenRows(data, places);
    }

    private static long Count(IDataView data)
    {
        using DataViewRowCursor cursor = data.GetRowCursor([]);
        long count = 0;
        while (cursor.MoveNext())
        {
            count++;
        }

        return count;
    }
}

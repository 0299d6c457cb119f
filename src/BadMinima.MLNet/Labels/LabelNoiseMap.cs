using BadMinima.MLNet.Interop;

namespace BadMinima.MLNet.Labels;

/// <summary>
/// Fitted label noise: a pure function of a row's two hashes and its label. A row is randomized when its selection hash is at most
/// <see cref="SelectedUpTo"/>; its new class is the first whose upper bound its replacement hash does not exceed.
/// </summary>
internal sealed record LabelNoiseMap
{
    public required int Classes { get; init; }

    /// <summary>Null: no row is randomized.</summary>
    public required ulong? SelectedUpTo { get; init; }

    /// <summary>One row of bounds for all classes, or one a true class.</summary>
    public required ulong[][] Upper { get; init; }

    /// <summary>The bounds number the other classes: those from the true class on move up by one.</summary>
    public bool SkipsOwnClass { get; init; }

    public bool Selects(ulong selection) => selection <= SelectedUpTo;

    /// <summary>The new class of a randomized row, from 0.</summary>
    public int Replace(ulong replacement, int label)
    {
        ReadOnlySpan<ulong> upper = Upper.Length == 1 ? Upper[0] : Upper[label];
        int drawn = 0;
        while (drawn < upper.Length - 1 && replacement > upper[drawn])
        {
            drawn++;
        }

        return SkipsOwnClass && drawn >= label ? drawn + 1 : drawn;
    }

    /// <summary>Bounds that give each of <paramref name="count"/> outcomes the same share.</summary>
    public static ulong[] EqualShares(int count) => Shares([.. Enumerable.Repeat(1.0 / count, count)]);

    /// <summary>Bounds that give each outcome its share.</summary>
    public static ulong[] Shares(double[] shares)
    {
        ulong[] upper = new ulong[shares.Length];
        double sum = 0;
        for (int i = 0; i < shares.Length; i++)
        {
            sum += shares[i];
            upper[i] = i == shares.Length - 1 || sum >= 1 ? ulong.MaxValue : (ulong)(sum * ulong.MaxValue);
        }

        return upper;
    }

    // *** Binary format ***
    // int: classes; bool: skips own class; bool: any selected; ulong: selected up to
    // int: rows of bounds; for each: int: bounds, ulong[]: the bounds
    public void Write(BinaryWriter writer)
    {
        writer.Write(Classes);
        writer.Write(SkipsOwnClass);
        writer.Write(SelectedUpTo.HasValue);
        writer.Write(SelectedUpTo ?? 0);
        writer.Write(Upper.Length);
        foreach (ulong[] row in Upper)
        {
            writer.Write(row.Length);
            foreach (ulong bound in row)
            {
                writer.Write(bound);
            }
        }
    }

    /// <exception cref="InvalidDataException">The bounds are not those of so many classes.</exception>
    public static LabelNoiseMap Read(BinaryReader reader)
    {
        int classes = reader.ReadInt32();
        bool skipsOwnClass = reader.ReadBoolean();
        bool anySelected = reader.ReadBoolean();
        ulong selectedUpTo = reader.ReadUInt64();
        int outcomes = skipsOwnClass ? classes - 1 : classes;
        ulong[][] upper = new ulong[Count(1, classes)][];
        for (int i = 0; i < upper.Length; i++)
        {
            upper[i] = new ulong[Count(outcomes, outcomes)];
            for (int j = 0; j < upper[i].Length; j++)
            {
                upper[i][j] = reader.ReadUInt64();
            }
        }

        // Either count, and no more than what is left.
        int Count(int one, int other)
        {
            int count = reader.ReadInt32();
            return count >= 0 && (count == one || count == other) && count <= reader.Left() / sizeof(int) ? count
                : throw new InvalidDataException($"The label noise of {classes:N0} classes has {count:N0} bounds: the file is damaged.");
        }

        return new() { Classes = classes, SkipsOwnClass = skipsOwnClass, SelectedUpTo = anySelected ? selectedUpTo : null, Upper = upper };
    }
}

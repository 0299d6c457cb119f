namespace BadMinima.MLNet.Examples.Readers;

/// <summary>Reads what a file holds many of, all of one size.</summary>
internal static class Records
{
    // Memory is taken as bytes arrive, so a header that promises absurd counts costs one block.
    private const int BlockBytes = 4 << 20;

    /// <summary>
    /// Reads up to <paramref name="count"/> records; fewer come back where the stream ends early. They are slices of a few large arrays.
    /// </summary>
    public static List<ReadOnlyMemory<byte>> Read(Stream stream, int size, long count)
    {
        int perBlock = Math.Max(1, BlockBytes / size);
        List<ReadOnlyMemory<byte>> records = [];
        while (records.Count < count)
        {
            int wanted = (int)Math.Min(perBlock, count - records.Count);
            byte[] block = new byte[wanted * size];
            int whole = stream.ReadAtLeast(block, block.Length, throwOnEndOfStream: false) / size;
            for (int i = 0; i < whole; i++)
            {
                records.Add(block.AsMemory(i * size, size));
            }

            if (whole < wanted)
            {
                break;
            }
        }

        return records;
    }
}

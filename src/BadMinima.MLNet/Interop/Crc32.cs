namespace BadMinima.MLNet.Interop;

/// <summary>
/// The checksum of zip archives (ISO 3309, polynomial 0x04C11DB7 with bits reflected), which .NET reads from an archive but does not
/// compare.
/// </summary>
internal static class Crc32
{
    private static readonly uint[][] Tables = MakeTables();

    /// <summary>Goes on with a checksum over some bytes; the first begins with 0.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~checksum;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc ^= BitConverter.ToUInt32(bytes);
            crc = Tables[7][(byte)crc] ^ Tables[6][(byte)(crc >> 8)] ^ Tables[5][(byte)(crc >> 16)] ^ Tables[4][crc >> 24]
                ^ Tables[3][bytes[4]] ^ Tables[2][bytes[5]] ^ Tables[1][bytes[6]] ^ Tables[0][bytes[7]];
        }

        foreach (byte b in bytes)
        {
            crc = Tables[0][(byte)(crc ^ b)] ^ (crc >> 8);
        }

        return ~crc;
    }

    /// <summary>For each byte value its checksum, and that with 1 to 7 zero bytes behind it: eight bytes are done in one step.</summary>
    private static uint[][] MakeTables()
    {
        uint[][] tables = [.. Enumerable.Range(0, 8).Select(_ => new uint[256])];
        for (uint b = 0; b < 256; b++)
        {
            uint crc = b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }

            tables[0][b] = crc;
        }

        for (int zeros = 1; zeros < 8; zeros++)
        {
            for (int b = 0; b < 256; b++)
            {
                uint before = tables[zeros - 1][b];
                tables[zeros][b] = tables[0][(byte)before] ^ (before >> 8);
            }
        }

        return tables;
    }
}

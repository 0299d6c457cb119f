using System.Buffers.Binary;

namespace BadMinima.Fuzz;

/// <summary>Damages bytes in one to four places.</summary>
internal static class Mutator
{
    private static readonly long[] Extremes =
    [
        0, 1, -1, 2, 127, 255, 256, 65535, 65536, 1 << 20, 1 << 24, int.MaxValue, int.MinValue, int.MaxValue - 8, uint.MaxValue,
        long.MaxValue, long.MinValue,
    ];

    public static byte[] Mutate(Random random, byte[] bytes)
    {
        int times = random.Next(3) > 0 ? 1 : random.Next(2, 5);
        for (int i = 0; i < times; i++)
        {
            bytes = Once(random, bytes);
        }

        return bytes;
    }

    private static byte[] Once(Random random, byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return Drawn(random, 16);
        }

        int at = Place(random, bytes.Length);
        int length = Math.Min(bytes.Length - at, random.Next(1, 65));
        switch (random.Next(9))
        {
            case 0:
                bytes = [.. bytes];
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes = [.. bytes];
                bytes[at] = random.Next(3) switch { 0 => 0, 1 => 255, _ => (byte)random.Next(256) };
                return bytes;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes[..at], .. Drawn(random, random.Next(4) > 0 ? length : random.Next(1, 5000)), .. bytes[at..]];
            case 4:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 5:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 6 or 7:
                return WithExtreme(random, [.. bytes], at);
            default:
                bytes = [.. bytes];
                int other = Place(random, bytes.Length);
                length = Math.Min(length, bytes.Length - other);
                byte[] moved = bytes[at..(at + length)];
                bytes.AsSpan(other, length).CopyTo(bytes.AsSpan(at));
                moved.CopyTo(bytes.AsSpan(other));
                return bytes;
        }
    }

    /// <summary>Most of what a format says about itself stands at the beginning, some at the end.</summary>
    private static int Place(Random random, int length) => random.Next(10) switch
    {
        < 4 => random.Next(Math.Min(length, 64)),
        4 => Math.Max(0, length - 1 - random.Next(64)),
        _ => random.Next(length),
    };

    private static byte[] WithExtreme(Random random, byte[] bytes, int at)
    {
        long value = Extremes[random.Next(Extremes.Length)];
        Span<byte> number = stackalloc byte[8];
        int size = new[] { 2, 4, 4, 4, 8 }[random.Next(5)];
        if (random.Next(3) == 0)
        {
            BinaryPrimitives.WriteInt64BigEndian(number, value);
            number = number[^size..];
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
            number = number[..size];
        }

        number[..Math.Min(size, bytes.Length - at)].CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    private static byte[] Drawn(Random random, int length)
    {
        byte[] drawn = new byte[length];
        random.NextBytes(drawn);
        return drawn;
    }
}

using System.Text;

namespace BadMinima.Experiments.Tests;

/// <summary>
/// An event file read by the formats' descriptions alone: TFRecord's frames with masked CRC-32C (by long division), and protocol buffers'
/// wire format.
/// </summary>
internal sealed record TensorBoardFile(string Version, int Restarts, IReadOnlyList<TensorBoardFile.Scalar> Scalars)
{
    internal sealed record Scalar(string Tag, long Step, float Value, double WallTime);

    public static TensorBoardFile OnlyOneIn(string folder)
    {
        string[] files = Directory.GetFiles(folder, "*tfevents*");
        Assert.HasCount(1, files, string.Join(' ', files));
        return Read(File.ReadAllBytes(files[0]));
    }

    public static TensorBoardFile Read(ReadOnlyMemory<byte> file)
    {
        string version = "";
        int restarts = 0;
        List<Scalar> scalars = [];
        foreach (ReadOnlyMemory<byte> record in Records(file))
        {
            // Event: wall_time = 1, step = 2, file_version = 3, summary = 5, session_log = 7. Summary: value = 1. Value: tag = 1,
            // simple_value = 2. SessionLog: status = 1, of which START is 1.
            ILookup<int, object> e = Fields(record);
            double time = BitConverter.UInt64BitsToDouble((ulong)e[1].Single());
            version += string.Concat(e[3].Select(Text));
            restarts += e[7].Count(log => Fields(Bytes(log))[1].SequenceEqual([1UL]));
            foreach (object value in e[5].SelectMany(summary => Fields(Bytes(summary))[1]))
            {
                ILookup<int, object> v = Fields(Bytes(value));
                scalars.Add(new(Text(v[1].Single()), (long)(ulong)e[2].Single(), BitConverter.UInt32BitsToSingle((uint)v[2].Single()), time));
            }
        }

        return new(version, restarts, scalars);
    }

    /// <summary>Castagnoli's polynomial, reflected.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> data)
    {
        uint crc = ~0u;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F63B78;
            }
        }

        return ~crc;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Records(ReadOnlyMemory<byte> file)
    {
        while (file.Length > 0)
        {
            int length = (int)BitConverter.ToUInt64(file.Span);
            Assert.AreEqual(Masked(file.Span[..8]), BitConverter.ToUInt32(file.Span[8..]), "the length's checksum");
            ReadOnlyMemory<byte> data = file.Slice(12, length);
            Assert.AreEqual(Masked(data.Span), BitConverter.ToUInt32(file.Span[(12 + length)..]), "the data's checksum");
            yield return data;
            file = file[(16 + length)..];
        }
    }

    private static uint Masked(ReadOnlySpan<byte> data)
    {
        uint crc = Crc32C(data);
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }

    /// <summary>A message's values by their numbers: ulong, uint or bytes.</summary>
    private static ILookup<int, object> Fields(ReadOnlyMemory<byte> message)
    {
        List<(int Number, object Value)> fields = [];
        while (message.Length > 0)
        {
            ulong key = VarInt();
            object value = (key & 7) switch
            {
                0 => VarInt(),
                1 => BitConverter.ToUInt64(Take(8).Span),
                2 => Take((int)VarInt()),
                5 => BitConverter.ToUInt32(Take(4).Span),
                var type => throw new AssertFailedException($"wire type {type}"),
            };
            fields.Add(((int)(key >> 3), value));
        }

        return fields.ToLookup(f => f.Number, f => f.Value);

        ulong VarInt()
        {
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte part = Take(1).Span[0];
                value |= (ulong)(part & 0x7F) << shift;
                if (part < 0x80)
                {
                    return value;
                }
            }
        }

        ReadOnlyMemory<byte> Take(int count)
        {
            ReadOnlyMemory<byte> taken = message[..count];
            message = message[count..];
            return taken;
        }
    }

    private static ReadOnlyMemory<byte> Bytes(object value) => (ReadOnlyMemory<byte>)value;

    private static string Text(object value) => Encoding.UTF8.GetString(Bytes(value).Span);
}

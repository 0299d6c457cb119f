using Microsoft.ML.Data.IO;

namespace BadMinima.MLNet.Interop;

/// <summary>
/// Looks over what ML.NET's binary format (schemas, class names) says of sizes before ML.NET reads it: its readers take memory for whatever
/// number stands there, and unpack without end.
/// </summary>
internal static class StoredValues
{
    private const string Vector = "VBuffer";
    private const long LargestUnpacked = 1L << 28;

    // *** ML.NET's binary format *** (a "number" is an integer in seven bits a byte)
    // A type: string: name; number: length of its parameters; the parameters. Those of a vector:
    //   the items' type; int: dimensions; int[]: sizes
    // A vector: int: 1, vectors; int: size; where that is 0 an int: this one's size;
    //   int: values, -1 for all; int: indices; the indices; the values
    // A schema: the header; at its offset, for each column:
    //   string: name; its type; byte: compression; number: rows a block; long: offset of the blocks; long: offset of its annotations, or 0
    // Annotations: number: how many; for each:
    //   string: name; its type; byte: compression; long: offset; number: length

    /// <exception cref="InvalidDataException">A size is larger than what is there.</exception>
    public static void CheckSchema(byte[] schema)
    {
        using var reader = new BinaryReader(new StrictStream(new MemoryStream(schema), schema.Length));
        reader.BaseStream.Position = 24;
        long columnsAt = reader.ReadInt64();
        reader.BaseStream.Position = 48;
        int columns = reader.ReadInt32();
        reader.BaseStream.Position = columnsAt;
        for (int c = 0; c < columns; c++)
        {
            reader.ReadString();
            CheckType(reader);
            reader.ReadByte();
            reader.Read7BitEncodedInt64();
            reader.ReadInt64();
            long annotations = reader.ReadInt64();
            long next = reader.BaseStream.Position;
            if (annotations > 0)
            {
                reader.BaseStream.Position = annotations;
                CheckAnnotations(reader, schema);
                reader.BaseStream.Position = next;
            }
        }
    }

    /// <summary>Checks a vector with its type in front, of which these are the first bytes.</summary>
    /// <param name="start">Them: enough for the type, and four numbers.</param>
    /// <param name="length">How many bytes there are in all.</param>
    /// <exception cref="InvalidDataException">It is no vector, or a size is larger than what is there.</exception>
    public static void CheckVector(byte[] start, long length)
    {
        using var reader = new BinaryReader(new StrictStream(new MemoryStream(start), start.Length));
        CheckVector(reader, CheckType(reader) ?? throw new InvalidDataException("They are no vector."), length);
    }

    private static void CheckAnnotations(BinaryReader reader, byte[] schema)
    {
        for (long left = reader.Read7BitEncodedInt64(); left > 0; left--)
        {
            reader.ReadString();
            long? size = CheckType(reader);
            var compression = (CompressionKind)reader.ReadByte();
            long at = reader.ReadInt64();
            long length = reader.Read7BitEncodedInt64();
            Require(at >= 0 && length >= 0 && at <= schema.Length - length, "an annotation", length);
            using var unpacked = new MemoryStream();
            Unpack(new MemoryStream(schema, (int)at, (int)length), compression, unpacked);
            if (size is not null)
            {
                unpacked.Position = 0;
                using var value = new BinaryReader(new StrictStream(unpacked, unpacked.Length));
                CheckVector(value, size.Value, unpacked.Length);
            }
        }
    }

    /// <summary>Checks a type, and stands behind it then.</summary>
    /// <returns>The size of a vector, 0 if its type leaves it open; null for what is no vector.</returns>
    private static long? CheckType(BinaryReader reader)
    {
        string name = reader.ReadString();
        long length = reader.Read7BitEncodedInt64();
        long left = reader.BaseStream.Length - reader.BaseStream.Position;
        Require(length >= 0 && length <= left, $"type {name}", length);
        long end = reader.BaseStream.Position + length;
        long? size = null;
        if (name == Vector)
        {
            Require(reader.ReadString() != Vector, "a vector of vectors", length);
            long parameters = reader.Read7BitEncodedInt64();
            reader.BaseStream.Position += parameters;
            int dimensions = reader.ReadInt32();
            Require(dimensions >= 0 && reader.BaseStream.Position + (sizeof(int) * (long)dimensions) == end, "a vector's type", dimensions);
            size = dimensions == 0 ? 0 : 1;
            for (int d = 0; d < dimensions; d++)
            {
                int extent = reader.ReadInt32();
                Require(extent >= 0 && (size *= extent) <= int.MaxValue, "a vector's type", extent);
            }
        }

        reader.BaseStream.Position = end;
        return size;
    }

    private static void CheckVector(BinaryReader reader, long size, long length)
    {
        int vectors = reader.ReadInt32();
        Require(vectors == 1, "a set of vectors", vectors);
        int stored = reader.ReadInt32();
        Require(stored >= 0 && (stored == size || size == 0), "a vector", stored);
        int items = stored > 0 ? stored : reader.ReadInt32();
        int values = reader.ReadInt32();
        int indices = reader.ReadInt32();

        // A value is a bit at least.
        Require(values >= -1 && (values < 0 ? items : values) <= 8 * length, "a vector", values < 0 ? items : values);
        Require(indices >= 0 && indices <= length / sizeof(int), "a list of indices", indices);
    }

    private static void Unpack(MemoryStream packed, CompressionKind compression, MemoryStream unpacked)
    {
        using Stream stream = compression.DecompressStream(packed);
        byte[] block = new byte[1 << 16];
        for (int read; (read = stream.Read(block)) > 0;)
        {
            unpacked.Write(block, 0, read);
            Require(unpacked.Length <= LargestUnpacked, "an annotation", unpacked.Length);
        }
    }

    private static void Require(bool right, string what, long size)
    {
        if (!right)
        {
            throw new InvalidDataException($"{what} with the size {size:N0} cannot be.");
        }
    }
}

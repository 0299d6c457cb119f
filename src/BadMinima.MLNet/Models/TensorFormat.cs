using BadMinima.MLNet.Interop;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Models;

/// <summary>A tensor on a stream.</summary>
internal static class TensorFormat
{
    private const int LargestRank = 16;

    // *** Binary format ***
    // byte: scalar type; int: dimensions; long[]: sizes; the values, little-endian, in row-major order
    public static void Write(BinaryWriter writer, Tensor tensor)
    {
        writer.Write((byte)tensor.dtype);
        writer.Write(tensor.shape.Length);
        foreach (long size in tensor.shape)
        {
            writer.Write(size);
        }

        using var scope = NewDisposeScope();
        writer.Write(tensor.detach().cpu().contiguous().bytes);
    }

    /// <summary>The type and sizes alone.</summary>
    /// <exception cref="InvalidDataException">They are no tensor's, or of more values than the rest of the stream has.</exception>
    public static (ScalarType Type, long[] Shape) ReadHeader(BinaryReader reader)
    {
        var type = (ScalarType)reader.ReadByte();
        int dimensions = reader.ReadInt32();
        if (dimensions is < 0 or > LargestRank)
        {
            throw new InvalidDataException($"A tensor of {dimensions} dimensions is stored; allowed are 0 to {LargestRank}.");
        }

        Int128 bytes = BytesOf(type);
        long[] shape = new long[dimensions];
        for (int d = 0; d < shape.Length; d++)
        {
            shape[d] = reader.ReadInt64();
            if (shape[d] is < 0 or > int.MaxValue || (bytes *= shape[d]) > reader.Left())
            {
                throw new InvalidDataException(
                    $"A tensor of {type} [{string.Join(", ", shape[..(d + 1)])}] is stored, but only {reader.Left():N0} bytes are left.");
            }
        }

        return (type, shape);
    }

    /// <summary>The values of a tensor whose header was read. New, on the CPU.</summary>
    public static Tensor ReadValues(BinaryReader reader, ScalarType type, long[] shape)
    {
        Tensor tensor = empty(shape, type);
        reader.BaseStream.ReadExactly(tensor.bytes);
        return tensor;
    }

    public static Tensor Read(BinaryReader reader)
    {
        (ScalarType type, long[] shape) = ReadHeader(reader);
        return ReadValues(reader, type, shape);
    }

    private static int BytesOf(ScalarType type) => type switch
    {
        ScalarType.Bool or ScalarType.Byte or ScalarType.Int8 => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
        ScalarType.ComplexFloat64 => 16,
        _ => throw new InvalidDataException($"A tensor of the unknown type {(int)type} is stored."),
    };
}

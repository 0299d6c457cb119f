using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>A tensor on a stream.</summary>
internal static class TensorFormat
{
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
    public static (ScalarType Type, long[] Shape) ReadHeader(BinaryReader reader)
    {
        var type = (ScalarType)reader.ReadByte();
        long[] shape = new long[reader.ReadInt32()];
        for (int d = 0; d < shape.Length; d++)
        {
            shape[d] = reader.ReadInt64();
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
}

using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>A network's parameters and buffers, on a stream or from network to network.</summary>
internal static class NetworkWeights
{
    // *** Binary format ***
    // int: tensors; for each
    //   string: name; byte: scalar type; int: dimensions; long[]: sizes; the values, little-endian, in row-major order
    public static void Write(nn.Module network, BinaryWriter writer)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> state = network.state_dict();
        writer.Write(state.Count);
        foreach ((string name, Tensor tensor) in state)
        {
            writer.Write(name);
            writer.Write((byte)tensor.dtype);
            writer.Write(tensor.shape.Length);
            foreach (long size in tensor.shape)
            {
                writer.Write(size);
            }

            writer.Write(tensor.detach().cpu().contiguous().bytes);
        }
    }

    /// <param name="network">The network to fill, on the CPU.</param>
    /// <param name="reader">What <see cref="Write"/> wrote.</param>
    /// <param name="architecture">The network's name, for messages.</param>
    /// <exception cref="InvalidDataException">Names, types or shapes are not the network's.</exception>
    public static void Read(nn.Module network, BinaryReader reader, string architecture)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Dictionary<string, Tensor> state = network.state_dict();
        int count = reader.ReadInt32();
        if (count != state.Count)
        {
            throw new InvalidDataException($"The model has {count} tensors, but '{architecture}' has {state.Count}: it was trained with another network of that name.");
        }

        for (int i = 0; i < count; i++)
        {
            string name = reader.ReadString();
            var type = (ScalarType)reader.ReadByte();
            long[] shape = new long[reader.ReadInt32()];
            for (int d = 0; d < shape.Length; d++)
            {
                shape[d] = reader.ReadInt64();
            }

            if (!state.TryGetValue(name, out Tensor? tensor) || tensor.dtype != type || !tensor.shape.SequenceEqual(shape))
            {
                throw new InvalidDataException(
                    $"The model's tensor '{name}' is {type} [{string.Join(", ", shape)}], but '{architecture}' "
                    + (tensor is null ? "has no such tensor" : $"has {tensor.dtype} [{string.Join(", ", tensor.shape)}]")
                    + ": it was trained with another network of that name.");
            }

            Tensor values = empty(shape, type);
            reader.BaseStream.ReadExactly(values.bytes);
            tensor.copy_(values);
        }
    }

    public static void Copy(nn.Module source, nn.Module destination)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Dictionary<string, Tensor> to = destination.state_dict();
        foreach ((string name, Tensor tensor) in source.state_dict())
        {
            to[name].copy_(tensor);
        }
    }
}

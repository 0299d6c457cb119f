using BadMinima.MLNet.Interop;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Models;

/// <summary>A network's parameters and buffers, on a stream or from network to network.</summary>
internal static class NetworkWeights
{
    // *** Binary format ***
    // int: tensors; for each
    //   string: name; a tensor, see TensorFormat
    public static void Write(nn.Module network, BinaryWriter writer)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> state = network.state_dict();
        writer.Write(state.Count);
        foreach ((string name, Tensor tensor) in state)
        {
            writer.Write(name);
            TensorFormat.Write(writer, tensor);
        }
    }

    /// <summary>A network with the weights on a stream, which may be damaged in any way.</summary>
    /// <param name="architecture">What it was trained with.</param>
    /// <param name="shape">The images' shape.</param>
    /// <param name="classes">The number of classes, at least 1.</param>
    /// <param name="reader">What <see cref="Write"/> wrote, to its end.</param>
    /// <exception cref="InvalidDataException">They are not the weights of such a network.</exception>
    public static nn.Module<Tensor, Tensor> Create(Architecture architecture, ImageShape shape, int classes, BinaryReader reader)
    {
        Architectures.Check(architecture, shape);
        RequireWeights(architecture, shape, classes, reader.Left());
        nn.Module<Tensor, Tensor> network = Architectures.Create(architecture, shape, classes, seed: 0);
        try
        {
            Read(network, reader, architecture.Name);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
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
            (ScalarType type, long[] shape) = TensorFormat.ReadHeader(reader);
            if (!state.TryGetValue(name, out Tensor? tensor) || tensor.dtype != type || !tensor.shape.SequenceEqual(shape))
            {
                throw new InvalidDataException(
                    $"The model's tensor '{name}' is {type} [{string.Join(", ", shape)}], but '{architecture}' "
                    + (tensor is null ? "has no such tensor" : $"has {tensor.dtype} [{string.Join(", ", tensor.shape)}]")
                    + ": it was trained with another network of that name.");
            }

            tensor.copy_(TensorFormat.ReadValues(reader, type, shape));
        }
    }

    /// <summary>
    /// A few bytes can ask for a network that no memory holds, and how many weights it has is known only once it is made. So smaller ones, up to the size that is
    /// asked for, are made before it: none has more weights. A network of your own may have another rule, and is not tried.
    /// </summary>
    /// <exception cref="InvalidDataException">The network has more weights than are stored.</exception>
    private static void RequireWeights(Architecture architecture, ImageShape shape, int classes, long bytes)
    {
        if (!Architectures.IsBuiltIn(architecture.Name) || (shape.Volume <= 1 << 12 && classes <= 1 << 10))
        {
            return;
        }

        int largest = Math.Max(Math.Max(shape.Channels, classes), Math.Max(shape.Height, shape.Width));
        for (long limit = Math.Max(16, architecture.MinimumSize); limit < largest; limit *= 2)
        {
            int AtMost(int size) => (int)Math.Min(size, limit);
            var smaller = new ImageShape(AtMost(shape.Channels), AtMost(shape.Height), AtMost(shape.Width));
            using nn.Module<Tensor, Tensor> network = Architectures.Create(architecture, smaller, AtMost(classes), seed: 0, Initialization.PyTorch);
            if (network.parameters().Sum(p => p.numel()) * sizeof(float) > bytes)
            {
                throw new InvalidDataException($"A '{architecture.Name}' for images of {shape} and {classes:N0} classes has more weights than the {bytes:N0} bytes that are stored.");
            }
        }
    }

    /// <param name="state">Parameters and buffers by name.</param>
    /// <param name="destination">A network that has all of these names.</param>
    public static void Copy(IReadOnlyDictionary<string, Tensor> state, nn.Module destination)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Dictionary<string, Tensor> to = destination.state_dict();
        foreach ((string name, Tensor tensor) in state)
        {
            to[name].copy_(tensor);
        }
    }
}

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
    /// <param name="shape">The examples' shape.</param>
    /// <param name="classes">The number of classes, at least 1.</param>
    /// <param name="reader">What <see cref="Write"/> wrote, to its end.</param>
    /// <exception cref="InvalidDataException">They are not the weights of such a network.</exception>
    public static nn.Module<Tensor, Tensor> Create(Architecture architecture, InputShape shape, int classes, BinaryReader reader)
    {
        Architectures.Check(architecture, shape);

        // A few bytes can ask for a network that no memory holds. How many weights one of your own has is known only once it is made.
        long bytes = reader.Left();
        if (Architectures.IsBuiltIn(architecture.Name) && architecture.CountAllParameters(shape, classes) > bytes / sizeof(float))
        {
            throw new InvalidDataException(
                $"A '{architecture.Name}' for {shape} and {classes:N0} classes has more weights than the {bytes:N0} bytes stored.");
        }

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
            throw new InvalidDataException(
                $"The model has {count} tensors, but '{architecture}' has {state.Count}: "
                + "it was trained with another network of that name.");
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

    /// <summary>
    /// Copies weights into a network of the same kind with more classes: what has a row for each class gets those of the old ones, and
    /// keeps its own for the others.
    /// </summary>
    /// <param name="state">Parameters and buffers by name.</param>
    /// <param name="classes">How many classes they are of.</param>
    /// <param name="destination">A network that has all of these names.</param>
    /// <param name="architecture">The network's name, for messages.</param>
    /// <exception cref="ArgumentException">The network has no row for each class.</exception>
    public static void CopyClasses(IReadOnlyDictionary<string, Tensor> state, int classes, nn.Module destination, string architecture)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Dictionary<string, Tensor> to = destination.state_dict();
        foreach ((string name, Tensor tensor) in state)
        {
            Tensor grown = to[name];
            if (grown.shape.SequenceEqual(tensor.shape))
            {
                grown.copy_(tensor);
            }
            else if (tensor.dim() > 0 && tensor.shape[0] == classes && grown.shape[0] > classes
                && grown.shape.Skip(1).SequenceEqual(tensor.shape.Skip(1)))
            {
                grown.narrow(0, 0, classes).copy_(tensor);
            }
            else
            {
                throw new ArgumentException(
                    $"'{architecture}' cannot get further classes: its tensor '{name}' is [{string.Join(", ", tensor.shape)}] with "
                    + $"{classes} classes and [{string.Join(", ", grown.shape)}] with more, where one row a class is needed. Train "
                    + "a new model.");
            }
        }
    }
}

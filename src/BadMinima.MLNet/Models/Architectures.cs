using System.Collections.Concurrent;
using BadMinima.MLNet.Models;
using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>
/// The networks that <see cref="TwoPhaseTrainer"/> knows by name. A model file stores the name; loading looks it up here again.
/// </summary>
public static class Architectures
{
    private static readonly ConcurrentDictionary<string, Architecture> Known = new(
        new[]
        {
            Airbench.Of94, AllCnn.C,
            SmallCnn.Narrow, SmallCnn.Wide, LeNet.Five, Mlp.TwoHidden, Mlp.Zhang1, Mlp.Zhang3, Mlp.Plane,
            ResNet.Of18, ResNet.Of18Narrow, ResNet.Of34, ResNet.Of50, ResNet.Of18WithGroupNorm, DenseNet.Bc40, DenseNet.Bc100, Vgg.Of11,
            Vgg.Of16, Elman.Whole, Elman.HiddenAlone,
        }.ToDictionary(a => a.Name), StringComparer.Ordinal);

    private static readonly HashSet<string> BuiltIn = [.. Known.Keys];

    /// <summary>The known networks, by name.</summary>
    public static IReadOnlyList<Architecture> All => [.. Known.Values.OrderBy(a => a.Name, StringComparer.Ordinal)];

    /// <summary>Adds a network of your own, for training and for loading models that were trained with it.</summary>
    /// <param name="architecture">The network. Registering the same name again replaces it, except for the built-in names.</param>
    /// <exception cref="ArgumentException">The name is empty or that of a built-in network.</exception>
    public static void Register(Architecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentException.ThrowIfNullOrWhiteSpace(architecture.Name, nameof(architecture));
        ArgumentNullException.ThrowIfNull(architecture.Create, nameof(architecture));
        if (IsBuiltIn(architecture.Name))
        {
            throw new ArgumentException($"'{architecture.Name}' is a built-in network; give yours another name.", nameof(architecture));
        }

        Known[architecture.Name] = architecture;
    }

    /// <summary>Whether a network is one of this library's own.</summary>
    internal static bool IsBuiltIn(string name) => BuiltIn.Contains(name);

    /// <summary>Finds a network.</summary>
    /// <exception cref="ArgumentException">There is none of that name; the message lists the known ones.</exception>
    public static Architecture Get(string name)
        => Known.TryGetValue(name, out Architecture? architecture)
            ? architecture
            : throw new ArgumentException(
                $"There is no architecture '{name}'. Known are: {string.Join(", ", All.Select(a => a.Name))}. "
                + "A network of your own must be added with Architectures.Register first.", nameof(name));

    /// <summary>Checks that a network takes examples of a shape.</summary>
    /// <exception cref="ArgumentException">
    /// It takes no such examples, or they are too small or too short; the message says what it takes.
    /// </exception>
    internal static void Check(Architecture architecture, InputShape shape)
    {
        if ((architecture.Takes & shape.Kind) == 0)
        {
            string mend = IsBuiltIn(architecture.Name) ? "Name a network that takes them"
                : $"If it does, set {nameof(Architecture)}.{nameof(Architecture.Takes)} where it is registered";
            throw new ArgumentException($"'{architecture.Name}' takes {architecture.Takes}; given are {shape}. {mend}.");
        }

        if (shape.Kind == InputKinds.Sequences && shape.Steps < architecture.MinimumSteps)
        {
            throw new ArgumentException(
                $"'{architecture.Name}' takes sequences of at least {architecture.MinimumSteps} steps; given are {shape}.");
        }

        int least = architecture.MinimumSize;
        if (shape.Kind == InputKinds.Images && Math.Min(shape.Image.Height, shape.Image.Width) < least)
        {
            throw new ArgumentException($"Images of {shape.Image} are too small for '{architecture.Name}': the least is {least}x{least}.");
        }
    }

    /// <summary>Makes a network whose initial weights are a function of the seed, and leaves torch's global generator as it was.</summary>
    internal static nn.Module<Tensor, Tensor> Create(
        Architecture architecture, InputShape shape, int classes, int seed, Initialization initialization = Initialization.Paper)
    {
        TorchRuntime.EnsureLoaded();
        using ProcessGenerator generator = ProcessGenerator.Take(seed, CPU);
        nn.Module<Tensor, Tensor> network = architecture.Create(shape, classes)
            ?? throw new InvalidOperationException($"The factory of architecture '{architecture.Name}' returned null.");
        if (initialization == Initialization.Paper)
        {
            using var noGradient = no_grad();
            architecture.PaperInitialization?.Invoke(network);
        }

        return network;
    }
}

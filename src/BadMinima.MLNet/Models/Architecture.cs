using System.Diagnostics.CodeAnalysis;
using BadMinima.MLNet.Models;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>A network that the trainer knows by name. One of your own is made known by <see cref="Architectures.Register"/>.</summary>
public sealed record Architecture
{
    // Makes what Create makes, of layers of any kind. Null for a network of a user's own.
    private readonly Func<Layers, InputShape, int, nn.Module<Tensor, Tensor>>? _compose;

    /// <summary>An architecture whose properties are set as they are needed.</summary>
    public Architecture()
    {
    }

    /// <summary>A built-in network.</summary>
    [SetsRequiredMembers]
    internal Architecture(string name, Func<Layers, InputShape, int, nn.Module<Tensor, Tensor>> compose)
    {
        (Name, Create) = (name, (shape, classes) => compose(new Layers(), shape, classes));
        _compose = compose;
    }

    /// <summary>
    /// The name, as it is written in options and stored in a model file. Those of the built-in networks are in lower case.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>
    /// Makes a freshly initialized network for examples of a shape and a number of classes. It maps [batch, channels, height, width],
    /// [batch, features], or [batch, steps, features] (normalized, Single) to logits [batch, classes]. <c>shape.Image</c> has the height
    /// and
    /// width of images, <c>shape.Steps</c> the length of sequences, <c>shape.Volume</c> what is left of either when it is flattened. The
    /// registry seeds torch's generator before the call. What the network draws from that generator while it trains is a function of the
    /// seed too, if it draws in its first step.
    /// </summary>
    public required Func<InputShape, int, nn.Module<Tensor, Tensor>> Create
    {
        get;
        init => (field, _compose) = (value, null);
    }

    /// <summary>
    /// What kinds of examples it takes: what <see cref="Create"/> may be asked for. Default: images. It decides too what the trainer makes
    /// of a column Vector&lt;Single, n&gt; (a feature vector) or Vector&lt;Single, T, d&gt; (a sequence): a network that does not take it
    /// refuses it.
    /// </summary>
    public InputKinds Takes { get; init; } = InputKinds.Images;

    /// <summary>
    /// The least height and width of an image, in pixels, that it takes; default 1. Of the built-in networks it is the least at which a
    /// batch of one image still trains: BatchNorm needs two values per channel, or its running variance is no number from then on.
    /// </summary>
    public int MinimumSize { get; init; } = 1;

    /// <summary>The least number of steps of a sequence that it takes; default 1.</summary>
    public int MinimumSteps { get; init; } = 1;

    /// <summary>One line: layers and widths. Default: empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>The work that describes the network: authors, title, place, year. Default null: none.</summary>
    public string? Reference { get; init; }

    /// <summary>
    /// Overwrites weights where <see cref="Initialization.Paper"/> differs from what <see cref="Create"/> made; null: nowhere.
    /// </summary>
    internal Action<nn.Module>? PaperInitialization { get; init; }

    /// <summary>Counts the trainable numbers: weights and biases, BatchNorm's scale and shift, not its running statistics.</summary>
    /// <param name="shape">The examples' shape.</param>
    /// <param name="classes">The number of classes, at least 1.</param>
    /// <returns>
    /// The count. A network of your own is built for it and thrown away; a built-in one only without its weights' values.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The network takes no such examples, the images are too small, or the classes fewer than 1.
    /// </exception>
    public long CountParameters(InputShape shape, int classes) => Count(shape, classes, p => p.requires_grad);

    /// <summary>The same with those that are not trained.</summary>
    internal long CountAllParameters(InputShape shape, int classes) => Count(shape, classes, _ => true);

    /// <summary>
    /// Counts the floating-point operations of one forward pass of one example in inference mode, by the rule of the published tables:
    /// convolutions and linear layers only, a multiply-add as two operations (tables of "MACs" or "multiply-adds" show half the number).
    /// </summary>
    /// <param name="shape">The examples' shape.</param>
    /// <param name="classes">The number of classes, at least 1.</param>
    /// <returns>
    /// The count. The network is built for it, sees one example, and is thrown away. Layers are seen if they are torch's own modules
    /// (Conv1d to Conv3d, their transposes, and Linear) and part of the network: what a network of your own does through functions, or
    /// through modules of another kind, is not counted.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The network takes no such examples, the images are too small, or the classes fewer than 1.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// A network of your own runs such a layer by <c>forward</c> where it should by <c>call</c>: the count would be short.
    /// </exception>
    public long CountFlops(InputShape shape, int classes)
    {
        Check(shape, classes);
        using nn.Module<Tensor, Tensor> network = MakeAny(shape, classes);
        return FlopCounter.CountForward(Name, network, shape);
    }

    /// <summary>
    /// Counts the floating-point operations of training on one example once, taken as three times <see cref="CountFlops"/>: the forward
    /// pass, and a backward pass with a product of the same size for the gradient of each layer's weights and another for that of its
    /// input. A ceiling, since the first layer's input is the example and needs no gradient: 0.1 % of the count is not done in resnet18 on
    /// 3x32x32, a third in the perceptron mlp-1x512, nearly all of which is its first layer. The optimizer's few operations per parameter
    /// are left out.
    /// </summary>
    /// <inheritdoc cref="CountFlops" path="/param|/exception"/>
    /// <returns>The count; times examples per epoch, times epochs, what a run costs.</returns>
    public long CountTrainingFlops(InputShape shape, int classes) => 3 * CountFlops(shape, classes);

    /// <summary>Makes the network of layers of another kind; null for one of a user's own.</summary>
    internal nn.Module<Tensor, Tensor>? Compose(Layers layers, InputShape shape, int classes) => _compose?.Invoke(layers, shape, classes);

    private long Count(InputShape shape, int classes, Func<TorchSharp.Modules.Parameter, bool> counts)
    {
        Check(shape, classes);
        TorchRuntime.EnsureLoaded();
        using nn.Module<Tensor, Tensor> network = Compose(new Layers(META), shape, classes) ?? MakeAny(shape, classes);
        return network.parameters().Where(counts).Sum(p => p.numel());
    }

    private void Check(InputShape shape, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Architectures.Check(this, shape);
    }

    private nn.Module<Tensor, Tensor> MakeAny(InputShape shape, int classes)
        => Architectures.Create(this, shape, classes, seed: 0, Initialization.PyTorch);
}

using BadMinima.MLNet.Models;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>A network that the trainer knows by name.</summary>
/// <param name="Name">The name: lower case, as written in options and stored in a model file.</param>
/// <param name="MinimumSize">
/// The least height and width of an image, in pixels, that it takes. Of the built-in networks it is the least at which a batch of one image still trains:
/// BatchNorm needs two values a channel, or its running variance is no number from then on.
/// </param>
/// <param name="Description">One line: layers and widths.</param>
/// <param name="Create">
/// Makes a freshly initialized network for images of a shape and a number of classes. It maps [batch, channels, height, width] (normalized, Single) to
/// logits [batch, classes]. The registry seeds torch's generator before the call. What the network draws from that generator while it trains is a function of the seed too, if it
/// draws in its first step.
/// </param>
public sealed record Architecture(string Name, int MinimumSize, string Description, Func<ImageShape, int, nn.Module<Tensor, Tensor>> Create)
{
    /// <summary>The work that describes the network: authors, title, place, year. Default null: none.</summary>
    public string? Reference { get; init; }

    /// <summary>Overwrites weights where <see cref="Initialization.Paper"/> differs from what <see cref="Create"/> made; null: nowhere.</summary>
    internal Action<nn.Module>? PaperInitialization { get; init; }

    /// <summary>Whether it takes feature vectors: it does if it takes images of 1x1, as a multilayer perceptron does.</summary>
    internal bool TakesVectors => MinimumSize <= 1;

    /// <summary>Counts the trainable numbers: weights and biases, BatchNorm's scale and shift, not its running statistics.</summary>
    /// <param name="shape">The images' shape.</param>
    /// <param name="classes">The number of classes, at least 1.</param>
    /// <returns>The count. The network is built for it and thrown away, a matter of a tenth of a second for the largest of the built-in ones.</returns>
    /// <exception cref="ArgumentException">The images are too small, or the classes fewer than 1.</exception>
    public long CountParameters(ImageShape shape, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Architectures.Check(this, shape);
        using nn.Module<Tensor, Tensor> network = Architectures.Create(this, shape, classes, seed: 0, Initialization.PyTorch);
        return network.parameters().Sum(p => p.numel());
    }

    /// <summary>
    /// Counts the floating-point operations of one forward pass of one image in inference mode, by the rule of the published tables: convolutions and linear layers only, a
    /// multiply-add as two operations (tables of "MACs" or "multiply-adds" show half the number).
    /// </summary>
    /// <param name="shape">The images' shape.</param>
    /// <param name="classes">The number of classes, at least 1.</param>
    /// <returns>
    /// The count. The network is built for it, sees one image, and is thrown away. Layers are seen if they are torch's own modules (Conv1d to Conv3d, their transposes, and
    /// Linear) and part of the network: what a network of your own does through functions, or through modules of another kind, is not counted.
    /// </returns>
    /// <exception cref="ArgumentException">The images are too small, or the classes fewer than 1.</exception>
    /// <exception cref="InvalidOperationException">A network of your own runs such a layer by <c>forward</c> where it should by <c>call</c>: the count would be short.</exception>
    public long CountFlops(ImageShape shape, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Architectures.Check(this, shape);
        using nn.Module<Tensor, Tensor> network = Architectures.Create(this, shape, classes, seed: 0, Initialization.PyTorch);
        return FlopCounter.CountForward(Name, network, shape);
    }

    /// <summary>
    /// Counts the floating-point operations of training on one image once, taken as three times <see cref="CountFlops"/>: the forward pass, and a backward pass with a product
    /// of the same size for the gradient of each layer's weights and another for that of its input. A ceiling, since the first layer's input is the image and needs no gradient:
    /// 0.1 % of the count is not done in resnet18 on 3x32x32, a third in the perceptron mlp-1x512, nearly all of which is its first layer. The optimizer's few operations a
    /// parameter are left out.
    /// </summary>
    /// <inheritdoc cref="CountFlops" path="/param|/exception"/>
    /// <returns>The count; times images an epoch, times epochs, what a run costs.</returns>
    public long CountTrainingFlops(ImageShape shape, int classes) => 3 * CountFlops(shape, classes);
}

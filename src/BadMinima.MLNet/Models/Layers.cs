using BadMinima.MLNet.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>
/// Where the built-in networks get their layers from; none of them names a layer's type. A layer with parameters comes as PyTorch
/// initializes it: weights and biases uniform within 1 / sqrt(fan-in) to either side of 0, normalization as 1 and 0.
/// </summary>
/// <param name="device">
/// Where the weights are; null: on the CPU. On the device "meta" they have sizes and no values, and cost no memory.
/// </param>
internal class Layers(Device? device = null)
{
    /// <summary>
    /// A convolution with a square kernel. No bias unless asked for: a normalization that follows takes it away again, in whole or in part.
    /// </summary>
    public virtual Module<Tensor, Tensor> Convolution(
        int inputs, int outputs, int kernel, int stride = 1, int padding = 0, bool bias = false)
        => Conv2d(inputs, outputs, kernel, stride, padding, bias: bias, device: device);

    /// <summary>A linear layer, with a bias unless it is asked for without.</summary>
    public virtual Module<Tensor, Tensor> Linear(int inputs, int outputs, bool bias = true)
        => nn.Linear(inputs, outputs, bias, device);

    /// <inheritdoc cref="ElmanLayer"/>
    /// <param name="features">The numbers of each step.</param>
    /// <param name="width">The units of the state.</param>
    public virtual Module<Tensor, Tensor> Elman(int features, int width)
        => new ElmanLayer(Linear(features, width, bias: false), Linear(width, width, bias: false));

    /// <summary>BatchNorm over the channels, with running statistics.</summary>
    /// <inheritdoc cref="BatchNormalization(int, Device, bool, double, double, int?)" path="/param"/>
    public virtual Module<Tensor, Tensor> Norm(
        int channels, bool trainsScale = true, double batchShare = BatchNormalization.UsualShare,
        double epsilon = BatchNormalization.UsualEpsilon)
        => new BatchNormalization(channels, device, trainsScale, batchShare, epsilon);

    /// <inheritdoc cref="WhiteningConvolution"/>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="kernel">The kernel's side; no padding.</param>
    public virtual Module<Tensor, Tensor> Whitening(int inputs, int outputs, int kernel)
        => new WhiteningConvolution(inputs, outputs, kernel, device);

    /// <summary>GELU, x times the normal distribution's function of x.</summary>
    public virtual Module<Tensor, Tensor> Gelu() => GELU();

    /// <summary>Its input times a constant.</summary>
    public virtual Module<Tensor, Tensor> Scale(double factor) => new ConstantScale(factor);

    /// <inheritdoc cref="GroupNormalization"/>
    /// <param name="channels">How many there are.</param>
    /// <param name="channelsPerGroup">How many are normalized together, a divisor of the channels.</param>
    public virtual Module<Tensor, Tensor> GroupNorm(int channels, int channelsPerGroup)
        => new GroupNormalization(channels, channelsPerGroup, device);

    /// <summary>
    /// ReLU in place: no layer before it may need its own output for the gradient (convolutions, linear layers, normalizations, max-pools
    /// and sums do not).
    /// </summary>
    public virtual Module<Tensor, Tensor> Relu() => new InPlaceRelu();

    /// <summary>
    /// Max-pool over squares. A ReLU beside it belongs behind it: outputs and gradients are the same to the bit as before it, and of
    /// squares of 2 a quarter of the numbers goes through it.
    /// </summary>
    /// <param name="size">The square's side, in pixels.</param>
    /// <param name="stride">The step from square to square; default: the side.</param>
    /// <param name="padding">Pixels of minus infinity around the image.</param>
    /// <param name="roundUp">Whether a part of a square at the right and at the bottom gives a pixel too.</param>
    public virtual Module<Tensor, Tensor> MaxPool(int size, int? stride = null, int padding = 0, bool roundUp = false)
        => MaxPool2d(size, stride, padding, ceil_mode: roundUp);

    /// <summary>Average over squares that do not overlap; what is left at the right and at the bottom is dropped.</summary>
    public virtual Module<Tensor, Tensor> AveragePool(int size) => AvgPool2d(size);

    /// <summary>The average of each channel: [B, C, H, W] to [B, C, 1, 1].</summary>
    public virtual Module<Tensor, Tensor> GlobalAveragePool() => AdaptiveAvgPool2d(1);

    /// <summary>[B, C, H, W] to [B, C * H * W].</summary>
    public virtual Module<Tensor, Tensor> Flatten() => nn.Flatten();

    /// <summary>
    /// Dropout, off until a training phase sets its probability. Every network has it once, before its last layer with weights.
    /// </summary>
    public virtual Module<Tensor, Tensor> Dropout() => nn.Dropout(0);

    /// <summary>[B, C] to [B, 1 + C]: a column of zeros before the others.</summary>
    public virtual Module<Tensor, Tensor> ZeroBefore() => ConstantPad1d((1, 0), 0);

    /// <summary>Layers one after the other, under their names in the state dictionary.</summary>
    public virtual Module<Tensor, Tensor> Sequence(params IEnumerable<(string Name, Module<Tensor, Tensor> Layer)> layers)
        => new Sequence(layers);

    /// <inheritdoc cref="Models.Residual"/>
    public virtual Module<Tensor, Tensor> Residual(Module<Tensor, Tensor> residual, Module<Tensor, Tensor>? shortcut = null)
        => new Residual(residual, shortcut);

    /// <inheritdoc cref="Models.Concatenation"/>
    public virtual Module<Tensor, Tensor> Concatenation(Module<Tensor, Tensor> branch) => new Concatenation(branch);

    /// <summary>The end that residual, dense and VGG networks have in common: global average pool and one linear layer.</summary>
    public virtual (string Name, Module<Tensor, Tensor> Layer)[] PooledClassifier(int channels, int classes) =>
    [
        ("pool", GlobalAveragePool()),
        ("flatten", Flatten()),
        ("dropout", Dropout()),
        ("linear", Linear(channels, classes)),
    ];
}

/// <summary>See <see cref="Layers.Scale"/>.</summary>
internal sealed class ConstantScale(double factor) : Module<Tensor, Tensor>(nameof(ConstantScale))
{
    public override Tensor forward(Tensor input) => input.Times(factor);
}

/// <summary>
/// ReLU in place. TorchSharp's own makes an alias of what it changed, which is a node more for the gradient and a handle that keeps the
/// memory.
/// </summary>
internal sealed class InPlaceRelu() : Module<Tensor, Tensor>(nameof(InPlaceRelu))
{
    public override Tensor forward(Tensor input) => input.relu_();
}

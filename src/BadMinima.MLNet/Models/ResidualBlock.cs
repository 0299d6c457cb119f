using BadMinima.MLNet.Native;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>relu(residual(x) + x), or relu(residual(x) + shortcut(x)) with a convolution 1x1 as the way around where the size changes.</summary>
internal sealed class ResidualBlock : Module<Tensor, Tensor>
{
    /// <summary>How many times its width a bottleneck block gives out.</summary>
    public const int Expansion = 4;

    [ComponentName(Name = "residual")]
    private readonly Module<Tensor, Tensor> _residual;

    [ComponentName(Name = "shortcut")]
    private readonly Module<Tensor, Tensor>? _shortcut;

    private ResidualBlock(Module<Tensor, Tensor> residual, int inputs, int outputs, int stride) : base(nameof(ResidualBlock))
    {
        _residual = residual;
        if (stride != 1 || inputs != outputs)
        {
            _shortcut = Layers.Sequence(("conv", Layers.Convolution(inputs, outputs, 1, stride)), ("norm", Layers.Norm(outputs)));
        }

        RegisterComponents();
    }

    /// <summary>Two convolutions 3x3, the first with the stride.</summary>
    public static ResidualBlock Basic(int inputs, int width, int stride) => new(
        Layers.Sequence(
            ("conv1", Layers.Convolution(inputs, width, 3, stride, padding: 1)),
            ("norm1", Layers.Norm(width)),
            ("relu", Layers.Relu()),
            ("conv2", Layers.Convolution(width, width, 3, padding: 1)),
            ("norm2", Layers.Norm(width))),
        inputs, width, stride);

    /// <summary>Convolutions 1x1, 3x3 and 1x1. The 3x3 has the stride, as in the paper's code and in torchvision (the article had it in the first).</summary>
    public static ResidualBlock Bottleneck(int inputs, int width, int stride) => new(
        Layers.Sequence(
            ("conv1", Layers.Convolution(inputs, width, 1)),
            ("norm1", Layers.Norm(width)),
            ("relu1", Layers.Relu()),
            ("conv2", Layers.Convolution(width, width, 3, stride, padding: 1)),
            ("norm2", Layers.Norm(width)),
            ("relu2", Layers.Relu()),
            ("conv3", Layers.Convolution(width, Expansion * width, 1)),
            ("norm3", Layers.Norm(Expansion * width))),
        inputs, Expansion * width, stride);

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor shortcut = _shortcut is null ? input : _shortcut.call(input);

        // In place: the sum's gradient needs neither term, and the residual ends in a BatchNorm, whose gradient does not need its output.
        return _residual.call(input).add_(shortcut, HeldScalar.One).relu_().MoveToOuterDisposeScope();
    }
}

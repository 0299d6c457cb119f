using BadMinima.MLNet.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>
/// residual(x) + x, or residual(x) + shortcut(x), computed in place of the residual's output, which its last layer therefore must not need
/// for the gradient: convolutions, linear layers and normalizations do not; ReLU does.
/// </summary>
/// <param name="residual">The residual, named "residual" in the state dictionary.</param>
/// <param name="shortcut">The way around it, named "shortcut"; null: the input as it is.</param>
internal sealed class Residual(Module<Tensor, Tensor> residual, Module<Tensor, Tensor>? shortcut)
    : Composition(nameof(Residual), shortcut is null ? [("residual", residual)] : [("residual", residual), ("shortcut", shortcut)])
{
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor around = Children is [_, (_, { } shortcut)] ? shortcut.call(input) : input;
        return Children[0].Layer.call(input).add_(around, HeldScalar.One).MoveToOuterDisposeScope();
    }
}

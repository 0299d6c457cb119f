using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>The input's channels, and after them those that a branch makes of it: [B, C, ...] to [B, C + branch's, ...].</summary>
/// <param name="branch">The branch, named "branch" in the state dictionary.</param>
internal sealed class Concatenation(Module<Tensor, Tensor> branch) : Composition(nameof(Concatenation), [("branch", branch)])
{
    public override Tensor forward(Tensor input)
    {
        using Tensor grown = Children[0].Layer.call(input);
        return cat([input, grown], 1);
    }
}

using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>A network made of others, which it shows: see <see cref="NetworkWalk"/>.</summary>
internal abstract class Composition : Module<Tensor, Tensor>
{
    /// <param name="name">The type's name.</param>
    /// <param name="children">The parts in order, with their names in the state dictionary.</param>
    protected Composition(string name, IEnumerable<(string Name, Module<Tensor, Tensor> Layer)> children) : base(name)
    {
        Children = [.. children];
        foreach ((string child, Module<Tensor, Tensor> layer) in Children)
        {
            register_module(child, layer);
        }
    }

    /// <summary>
    /// The parts that compute, in order. The state dictionary also has those that <see cref="Sequence.FoldNorms"/> took out.
    /// </summary>
    public List<(string Name, Module<Tensor, Tensor> Layer)> Children { get; }
}

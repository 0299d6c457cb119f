using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Models;

/// <summary>
/// The one way to go through a network. Built-in networks are compositions (<see cref="Sequence"/>, <see cref="Residual"/>,
/// <see cref="Concatenation"/>) of leaves; a network of a user's own may have modules of any type, which show what torch knows of them.
/// </summary>
internal static class NetworkWalk
{
    /// <summary>
    /// The network and every module in it, each before those it is made of, and once, under the first of its names: the path that leads to
    /// it in the state dictionary, "" for the network.
    /// </summary>
    public static IEnumerable<(string Path, nn.Module Module)> Walk(this nn.Module network)
    {
        HashSet<nn.Module> seen = [];
        Stack<(string Path, nn.Module Module)> open = new([("", network)]);
        while (open.TryPop(out (string Path, nn.Module Module) next))
        {
            if (seen.Add(next.Module))
            {
                yield return next;
                foreach ((string name, nn.Module child) in Children(next.Module).Reverse())
                {
                    open.Push((next.Path.Length == 0 ? name : $"{next.Path}.{name}", child));
                }
            }
        }
    }

    /// <summary>The convolutions and linear layers: those that multiply their input by a matrix of weights.</summary>
    public static IEnumerable<(string Path, nn.Module<Tensor, Tensor> Layer, Parameter Weight)> Products(this nn.Module network)
        => from m in network.Walk()
           let weight = (m.Module as Linear)?.weight ?? (m.Module as Convolution)?.weight
           where weight is not null
           select (m.Path, (nn.Module<Tensor, Tensor>)m.Module, weight);

    /// <summary>The names of the normalization layers' biases that are trained, as parameters have them.</summary>
    public static IEnumerable<string> NormBiases(this nn.Module network)
        => from m in network.Walk()
           let bias = m.Module switch
           {
               BatchNormalization own => own.Bias,
               GroupNormalization own => own.Bias,
               NormBase batch => batch.bias,
               GroupNorm grouped => grouped.bias,
               LayerNorm layer => layer.bias,
               _ => null,
           }
           where bias is { requires_grad: true }
           select m.Path.Length == 0 ? "bias" : $"{m.Path}.bias";

    private static IEnumerable<(string, nn.Module)> Children(nn.Module module)
        => module is Composition composition ? composition.Children.Select(c => (c.Name, (nn.Module)c.Layer)) : module.named_children();
}

using BadMinima.MLNet.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>
/// The Elman network of Allen-Zhu and Li (NeurIPS 2019): h_l = relu(W h_{l-1} + A x_l), h_0 = 0, over sequences [B, T, d], 512 units wide;
/// logits B h_T of the last step, without biases. It starts from W, A ~ N(0, 2 / m) and B ~ N(0, 1 / classes), m the width: their formulas
/// as others quote them, unverified. They train W alone, as <see cref="HiddenAlone"/> does. There an output follows each step; here only
/// the last one's counts, since an example has one label.
/// </summary>
internal static class Elman
{
    private const int Width = 512;
    private const string Recurrent = "recurrent";
    private const string Work = "Allen-Zhu, Li: Can SGD Learn Recurrent Neural Networks with Provable Generalization?, NeurIPS 2019";

    public static readonly Architecture Whole = Of(
        "elman", "Elman network of 512 units with ReLU, for sequences of T steps; rates of about 0.02 / T train it", Compose);

    public static readonly Architecture HiddenAlone = Of(
        "elman-hidden",
        "Elman network of 512 units with ReLU, of which the hidden matrix alone is trained, for sequences of T steps; rates of about "
            + "0.02 / T train it",
        (layers, shape, classes) =>
        {
            Module<Tensor, Tensor> network = Compose(layers, shape, classes);
            foreach ((string name, TorchSharp.Modules.Parameter parameter) in network.named_parameters())
            {
                parameter.requires_grad = name == $"{Recurrent}.{ElmanLayer.Hidden}.weight";
            }

            return network;
        });

    private static Architecture Of(string name, string description, Func<Layers, InputShape, int, Module<Tensor, Tensor>> compose)
        => new(name, compose)
        {
            Description = description,
            Takes = InputKinds.Sequences,

            // With one step there is no state before it, and the hidden matrix would have nothing to do.
            MinimumSteps = 2,
            Reference = Work,
            PaperInitialization = Start,
        };

    private static Module<Tensor, Tensor> Compose(Layers layers, InputShape shape, int classes) => layers.Sequence(
        (Recurrent, layers.Elman(shape.Channels, Width)),
        ("dropout", layers.Dropout()),
        ("linear", layers.Linear(Width, classes, bias: false)));

    private static void Start(nn.Module network)
    {
        foreach ((string path, _, TorchSharp.Modules.Parameter weight) in network.Products())
        {
            bool recurrent = path.StartsWith(Recurrent, StringComparison.Ordinal);
            init.normal_(weight, 0, Math.Sqrt(recurrent ? 2.0 / Width : 1.0 / weight.shape[0]));
        }
    }
}

/// <summary>h_l = relu(W h_{l-1} + A x_l), h_0 = 0: sequences [B, T, d] to the last state [B, m].</summary>
/// <param name="input">A, a linear layer d -> m, named "input" in the state dictionary.</param>
/// <param name="hidden">W, a linear layer m -> m, named "hidden".</param>
internal sealed class ElmanLayer(Module<Tensor, Tensor> input, Module<Tensor, Tensor> hidden)
    : Composition(nameof(ElmanLayer), [("input", input), (Hidden, hidden)])
{
    public const string Hidden = "hidden";

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        // A x of all steps in one product, step after step in memory. Views of one tensor may not be changed in place.
        Tensor[] seen = Children[0].Layer.call(input.transpose(0, 1)).unbind(0);
        Tensor state = seen[0].relu();
        foreach (Tensor seenNow in seen.AsSpan(1))
        {
            state = Children[1].Layer.call(state).add_(seenNow, HeldScalar.One).relu_();
        }

        return state.MoveToOuterDisposeScope();
    }
}

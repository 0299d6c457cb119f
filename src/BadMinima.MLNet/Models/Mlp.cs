using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>Multilayer perceptrons on the flattened image, or on a feature vector, with ReLU.</summary>
internal static class Mlp
{
    private const InputKinds Inputs = InputKinds.Images | InputKinds.Vectors;
    private const string ZhangEtAl
        = "Zhang, Bengio, Hardt, Recht, Vinyals: Understanding Deep Learning Requires Rethinking Generalization, ICLR 2017";

    public static readonly Architecture TwoHidden = Of("mlp", "two hidden layers of 512 with ReLU", [512, 512]);

    /// <summary>1,209,866 parameters at 3x28x28 and 10 classes.</summary>
    public static readonly Architecture Zhang1 = Of("mlp-1x512", "one hidden layer of 512 with ReLU", [512]) with { Reference = ZhangEtAl };

    /// <summary>1,735,178 parameters at 3x28x28 and 10 classes.</summary>
    public static readonly Architecture Zhang3
        = Of("mlp-3x512", "three hidden layers of 512 with ReLU", [512, 512, 512]) with { Reference = ZhangEtAl };

    /// <summary>The network of the paper's 2-D figure: 10,501 parameters for vectors of 2 and 2 classes.</summary>
    public static readonly Architecture Plane = new("mlp-100-100", ComposePlane)
    {
        Description = "two hidden layers of 100 with ReLU; one output unit z for 2 classes, as logits 0 and z",
        Takes = Inputs,
        Reference = "Liu, Papailiopoulos, Achlioptas: Bad Global Minima Exist and SGD Can Reach Them, NeurIPS 2020",
    };

    private static Architecture Of(string name, string description, int[] widths)
        => new(name, (layers, shape, classes) => layers.Sequence(Perceptron(layers, shape, classes, widths)))
        {
            Description = description,
            Takes = Inputs,
        };

    // Cross-entropy over the logits 0 and z is the binary cross-entropy of the sigmoid of z: -log(e^z / (1 + e^z)) for class 1,
    // -log(1 / (1 + e^z)) for class 0.
    private static Module<Tensor, Tensor> ComposePlane(Layers layers, InputShape shape, int classes) => layers.Sequence(classes == 2
        ? [.. Perceptron(layers, shape, 1, [100, 100]), ("logits", layers.ZeroBefore())]
        : Perceptron(layers, shape, classes, [100, 100]));

    private static IEnumerable<(string, Module<Tensor, Tensor>)> Perceptron(Layers layers, InputShape shape, int outputs, int[] widths)
    {
        yield return ("flatten", layers.Flatten());
        int inputs = shape.Volume;
        foreach ((int i, int width) in widths.Index())
        {
            yield return ($"linear{i + 1}", layers.Linear(inputs, width));
            yield return ($"relu{i + 1}", layers.Relu());
            inputs = width;
        }

        yield return ("dropout", layers.Dropout());
        yield return ($"linear{widths.Length + 1}", layers.Linear(inputs, outputs));
    }
}

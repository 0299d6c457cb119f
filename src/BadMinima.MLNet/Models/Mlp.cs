using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>Multilayer perceptrons on the flattened image, with ReLU.</summary>
internal static class Mlp
{
    private const string ZhangEtAl = "Zhang, Bengio, Hardt, Recht, Vinyals: Understanding Deep Learning Requires Rethinking Generalization, ICLR 2017";

    public static readonly Architecture TwoHidden = new("mlp", 1, "two hidden layers of 512 with ReLU", (shape, classes) => Create(shape, classes, 512, 512));

    /// <summary>1,209,866 parameters at 3x28x28 and 10 classes.</summary>
    public static readonly Architecture Zhang1 = new("mlp-1x512", 1, "one hidden layer of 512 with ReLU", (shape, classes) => Create(shape, classes, 512)) { Reference = ZhangEtAl };

    /// <summary>1,735,178 parameters at 3x28x28 and 10 classes.</summary>
    public static readonly Architecture Zhang3 = new("mlp-3x512", 1, "three hidden layers of 512 with ReLU", (shape, classes) => Create(shape, classes, 512, 512, 512)) { Reference = ZhangEtAl };

    /// <summary>The network of the paper's 2-D figure: 10,501 parameters at 2x1x1 and 2 classes.</summary>
    public static readonly Architecture Plane = new("mlp-100-100", 1, "two hidden layers of 100 with ReLU; one output unit z for 2 classes, as logits 0 and z", CreatePlane)
    {
        Reference = "Liu, Papailiopoulos, Achlioptas: Bad Global Minima Exist and SGD Can Reach Them, NeurIPS 2020",
    };

    // Cross-entropy over the logits 0 and z is the binary cross-entropy of the sigmoid of z: -log(e^z / (1 + e^z)) for class 1, -log(1 / (1 + e^z)) for class 0.
    private static Module<Tensor, Tensor> CreatePlane(ImageShape shape, int classes)
        => classes == 2 ? Layers.Sequence([.. Perceptron(shape, 1, [100, 100]), ("logits", new ZeroBefore())]) : Create(shape, classes, 100, 100);

    private static Module<Tensor, Tensor> Create(ImageShape shape, int classes, params int[] widths) => Layers.Sequence([.. Perceptron(shape, classes, widths)]);

    private static List<(string, Module<Tensor, Tensor>)> Perceptron(ImageShape shape, int outputs, int[] widths)
    {
        List<(string, Module<Tensor, Tensor>)> layers = [("flatten", Layers.Flatten())];
        int inputs = shape.Volume;
        for (int i = 1; i <= widths.Length; i++)
        {
            layers.Add(($"linear{i}", Layers.Linear(inputs, widths[i - 1])));
            layers.Add(($"relu{i}", Layers.Relu()));
            inputs = widths[i - 1];
        }

        layers.Add(("dropout", Layers.Dropout()));
        layers.Add(($"linear{widths.Length + 1}", Layers.Linear(inputs, outputs)));
        return layers;
    }

    /// <summary>[B, 1] to [B, 2]: a column of zeros before it.</summary>
    private sealed class ZeroBefore() : Module<Tensor, Tensor>(nameof(ZeroBefore))
    {
        public override Tensor forward(Tensor input) => functional.pad(input, (1, 0));
    }
}

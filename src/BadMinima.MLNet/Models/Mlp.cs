using static TorchSharp.torch.nn;

namespace BadMinima.MLNet;

/// <summary>A multilayer perceptron on the flattened image.</summary>
internal static class Mlp
{
    public static readonly Architecture TwoHidden = new("mlp", 1, "two hidden layers of 512 with ReLU", (shape, classes) => Sequential(
        ("flatten", Flatten()),
        ("linear1", Linear(shape.Volume, 512)),
        ("relu1", ReLU(inplace: true)),
        ("linear2", Linear(512, 512)),
        ("relu2", ReLU(inplace: true)),
        ("linear3", Linear(512, classes))));
}

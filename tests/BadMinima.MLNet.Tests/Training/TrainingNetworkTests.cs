using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

/// <summary>The network as one vector: what it gives, what its gradient is, and what is left of it afterwards.</summary>
[TestClass]
public sealed class TrainingNetworkTests
{
    private static readonly ExampleFormat Format = new(new ImageShape(3, 16, 16), IsVector: false);

    [TestMethod]
    [DataRow("cnn")]
    [DataRow("resnet18")]
    [DataRow("densenet-bc-40")]
    [DataRow("mlp")]
    public void Loss_and_gradient_are_those_of_the_plain_network(string architecture)
    {
        using var scope = NewDisposeScope();
        using ImageClassifier plain = Classifier(architecture);
        using ImageClassifier changed = Classifier(architecture);
        using var network = new TrainingNetwork(changed, Precision.F32);
        (Tensor images, Tensor labels) = Batch(16);
        nn.functional.cross_entropy(plain.Forward(images), labels).backward();
        nn.functional.cross_entropy(network.Forward(network.Normalize(images)), labels).backward();
        Tensor gradient = network.TakeGradient();
        Assert.AreEqual(gradient.numel(), network.Values.numel());

        // The same numbers in another order: their norm, and what a step makes of each parameter. (A ReLU whose input rounds over to the other side of 0 moves ResNet18s by some 1e-3.)
        double expected = Math.Sqrt(plain.Network.parameters().Sum(p => p.grad!.square().sum().item<float>()));
        Assert.AreEqual(expected, gradient.norm().item<float>(), 5e-3 * expected);
        using (no_grad())
        {
            network.Values.add_(gradient, alpha: -1e-3);
            foreach (var parameter in plain.Network.parameters())
            {
                parameter.add_(parameter.grad!, alpha: -1e-3);
            }
        }

        network.Dispose();
        foreach ((var left, var right) in plain.Network.parameters().Zip(changed.Network.parameters()))
        {
            Assert.IsTrue(right.is_contiguous());
            Assert.IsTrue(left.allclose(right, 1e-3, 2e-4));
        }
    }

    [TestMethod]
    public void In_mixed_precision_layers_compute_in_bfloat16_and_weights_keep_32_bits()
    {
        using var scope = NewDisposeScope();
        using ImageClassifier plain = Classifier("cnn");
        using ImageClassifier changed = Classifier("cnn");
        using var network = new TrainingNetwork(changed, Precision.BF16);
        (Tensor images, Tensor labels) = Batch(8);
        Tensor exact = plain.Forward(images);
        Tensor rounded = network.Forward(network.Normalize(images));
        Assert.AreEqual(ScalarType.Float32, rounded.dtype);
        double error = ((rounded - exact).norm() / exact.norm()).item<float>();
        Assert.IsTrue(error is > 1e-6 and < 0.05, $"8 bits of mantissa should show, and not much: {error}");

        // A change far below bfloat16's resolution is kept by the masters, and adds up.
        nn.functional.cross_entropy(rounded, labels).backward();
        Assert.AreEqual(ScalarType.Float32, network.TakeGradient().dtype);
        Tensor before = network.Values.clone();
        for (int i = 0; i < 10; i++)
        {
            network.Values.mul_(1 + 1e-4);
            network.Publish();
        }

        network.Dispose();
        Tensor after = cat([.. changed.Network.parameters().Select(p => p.detach().flatten())]);
        Assert.IsTrue(changed.Network.parameters().All(p => p.dtype == ScalarType.Float32));
        Assert.AreEqual(before.norm().item<float>() * Math.Pow(1 + 1e-4, 10), after.norm().item<float>(), 1e-5 * after.norm().item<float>());
    }

    [TestMethod]
    [DataRow(Precision.F32, 1e-4)]
    [DataRow(Precision.BF16, 0.05)]
    public void The_copy_to_measure_with_scores_as_the_network_does(Precision precision, double tolerance)
    {
        using var scope = NewDisposeScope();
        using ImageClassifier classifier = Classifier("resnet18");
        using var network = new TrainingNetwork(classifier, precision);
        (Tensor images, _) = Batch(8);
        _ = network.Forward(network.Normalize(images));
        network.Network.eval();
        using var mode = inference_mode();
        using ImageClassifier copy = network.ForInference();
        Tensor expected = network.Forward(network.Normalize(images));
        Assert.IsLessThan(tolerance, ((copy.Forward(images) - expected).norm() / expected.norm()).item<float>());
    }

    [TestMethod]
    public void What_the_loss_does_not_depend_on_has_gradient_0()
    {
        using var scope = NewDisposeScope();
        using ImageClassifier classifier = Classifier("mlp");
        using var network = new TrainingNetwork(classifier, Precision.F32);
        Assert.IsTrue(network.TakeGradient().eq(0).all().item<bool>());
    }

    [TestMethod]
    [DataRow(Precision.F32)]
    [DataRow(Precision.BF16)]
    public void Frozen_parameters_stay_to_the_bit_and_a_shared_one_is_trained_once(Precision precision)
    {
        using var scope = NewDisposeScope();
        var architecture = new Architecture("tests-shared", 1, "a layer used twice and one that is frozen", (shape, classes) =>
        {
            var shared = nn.Linear(32, 32);
            var frozen = nn.Linear(shape.Volume, 32);
            foreach (var parameter in frozen.parameters())
            {
                parameter.requires_grad = false;
            }

            return nn.Sequential(("flatten", nn.Flatten()), ("frozen", frozen), ("shared1", shared), ("shared2", shared), ("last", nn.Linear(32, classes)));
        });
        Architectures.Register(architecture);
        using var classifier = new ImageClassifier(Architectures.Create(architecture, Format.Shape, 10, seed: 1), architecture, Format, 10, Normalization.Cifar10, CPU);
        Tensor frozen = classifier.Network.get_parameter("frozen.weight")!.detach().clone();
        Tensor before = classifier.Network.get_parameter("shared1.weight")!.detach().clone();
        using var network = new TrainingNetwork(classifier, precision);
        Assert.AreEqual(32 * 32 + 32 + 32 * 10 + 10, network.Values.numel());
        (Tensor images, Tensor labels) = Batch(8);
        using var sgd = new Sgd(network.Values, Recipe.Vanilla with { WeightDecay = 0.1 });
        nn.functional.cross_entropy(network.Forward(network.Normalize(images)), labels).backward();
        sgd.Step(network.TakeGradient(), 0.1);
        network.Publish();
        using (ImageClassifier copy = network.ForInference())
        using (no_grad())
        {
            Assert.IsTrue(copy.Network.get_parameter("shared2.weight")!.allclose(copy.Network.get_parameter("shared1.weight")!));
        }

        network.Dispose();
        Assert.IsTrue(Tiny.Same(frozen, classifier.Network.get_parameter("frozen.weight")!));
        Assert.IsFalse(Tiny.Same(before, classifier.Network.get_parameter("shared1.weight")!));
        Assert.IsTrue(Tiny.Same(classifier.Network.get_parameter("shared1.weight")!, classifier.Network.get_parameter("shared2.weight")!));
    }

    [TestMethod]
    public void Weights_of_another_network_are_refused()
    {
        using var scope = NewDisposeScope();
        using ImageClassifier small = Classifier("cnn");
        using ImageClassifier large = Classifier("cnn-wide");
        using var first = new TrainingNetwork(small, Precision.F32);
        using var second = new TrainingNetwork(large, Precision.F32);
        Assert.Contains("'cnn-wide'", Assert.ThrowsExactly<InvalidDataException>(() => second.Load(first.Values, first.Buffers)).Message);
    }

    private static ImageClassifier Classifier(string architecture)
        => new(Architectures.Create(Architectures.Get(architecture), Format.Shape, 10, seed: 1), Architectures.Get(architecture), Format, 10, Normalization.Cifar10, CPU);

    private static (Tensor Images, Tensor Labels) Batch(int size)
    {
        byte[] pixels = new byte[size * Format.Shape.Volume];
        new Random(1).NextBytes(pixels);
        return (Format.ToTensor(pixels), arange(size, ScalarType.Int64) % 10);
    }
}

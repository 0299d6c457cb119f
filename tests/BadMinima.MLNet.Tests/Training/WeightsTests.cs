using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

/// <summary>The network as one vector: what it gives, what its gradient is, and what is left of it afterwards.</summary>
[TestClass]
public sealed class WeightsTests
{
    private static readonly InputShape Shape = new ImageShape(3, 16, 16);

    [TestMethod]
    [DataRow("cnn")]
    [DataRow("resnet18")]
    [DataRow("resnet18-gn")]
    [DataRow("densenet-bc-40")]
    [DataRow("mlp")]
    public void Loss_and_gradient_are_those_of_the_plain_network(string architecture)
    {
        using var scope = NewDisposeScope();
        using ImageClassifier plain = Classifier(architecture);
        using ImageClassifier changed = Classifier(architecture);
        using var network = new Weights(changed, Precision.F32);
        (Tensor images, Tensor labels) = Batch(16);

        // In double precision, which torch computes without oneDNN: an independent reference.
        plain.Network.to(ScalarType.Float64);
        nn.functional.cross_entropy(plain.Network.call(plain.Normalize(images).to(ScalarType.Float64)), labels).backward();
        nn.functional.cross_entropy(network.Forward(network.Normalize(images)), labels).backward();
        Tensor gradient = network.TakeGradient();
        Assert.AreEqual(gradient.numel(), network.Values.numel());

        // The same numbers in another order: their norm, and what a step makes of each parameter. (A ReLU whose input rounds over to the
        // other side of 0 moves ResNet18s by some 1e-3.)
        double expected = Math.Sqrt(plain.Network.parameters().Sum(p => p.grad!.square().sum().item<double>()));
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
            Assert.IsTrue(left.to(ScalarType.Float32).allclose(right, 1e-3, 2e-4));
        }
    }

    [TestMethod]
    public void In_mixed_precision_layers_compute_in_bfloat16_and_weights_keep_32_bits()
    {
        using var scope = NewDisposeScope();
        using ImageClassifier plain = Classifier("cnn");
        using ImageClassifier changed = Classifier("cnn");
        using var network = new Weights(changed, Precision.BF16);
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
            network.Add(network.Values.clone(), 1e-4);
        }

        network.Dispose();
        Tensor after = cat([.. changed.Network.parameters().Select(p => p.detach().flatten())]);
        Assert.IsTrue(changed.Network.parameters().All(p => p.dtype == ScalarType.Float32));
        Assert.AreEqual(before.norm().item<float>() * Math.Pow(1 + 1e-4, 10), after.norm().item<float>(), 1e-5 * after.norm().item<float>());
    }

    [TestMethod]
    [DataRow("resnet18", Precision.F32, 1e-4)]
    [DataRow("resnet18", Precision.BF16, 0.05)]
    [DataRow("resnet18-gn", Precision.F32, 1e-4)]
    [DataRow("resnet18-gn", Precision.BF16, 0.05)]
    public void The_copy_to_measure_with_scores_as_the_network_does(string architecture, Precision precision, double tolerance)
    {
        using var scope = NewDisposeScope();
        using ImageClassifier classifier = Classifier(architecture);
        using var network = new Weights(classifier, precision);
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
        using var network = new Weights(classifier, Precision.F32);
        Assert.IsTrue(network.TakeGradient().eq(0).all().item<bool>());
    }

    [TestMethod]
    [DataRow(Precision.F32)]
    [DataRow(Precision.BF16)]
    public void Frozen_parameters_stay_to_the_bit_and_a_shared_one_is_trained_once(Precision precision)
    {
        using var scope = NewDisposeScope();
        var architecture = new Architecture()
        {
            Name = "tests-shared",
            Description = "a layer used twice and one that is frozen",
            Create = (shape, classes) =>
            {
                var shared = nn.Linear(32, 32);
                var frozen = nn.Linear(shape.Volume, 32);
                foreach (var parameter in frozen.parameters())
                {
                    parameter.requires_grad = false;
                }

                return nn.Sequential(
                    ("flatten", nn.Flatten()), ("frozen", frozen), ("shared1", shared), ("shared2", shared), ("last", nn.Linear(32, classes)));
            },
        };
        Architectures.Register(architecture);
        using var classifier = new ImageClassifier(Architectures.Create(architecture, Shape, 10, seed: 1), architecture, Shape, 10, Normalization.Cifar10, CPU);
        Tensor frozen = classifier.Network.get_parameter("frozen.weight")!.detach().clone();
        Tensor before = classifier.Network.get_parameter("shared1.weight")!.detach().clone();
        using var network = new Weights(classifier, precision);
        Assert.AreEqual(32 * 32 + 32 + 32 * 10 + 10, network.Values.numel());
        (Tensor images, Tensor labels) = Batch(8);
        nn.functional.cross_entropy(network.Forward(network.Normalize(images)), labels).backward();
        network.Add(network.TakeGradient(), -0.1);
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
    [DataRow(Precision.F32)]
    [DataRow(Precision.BF16)]
    public void Shifted_weights_come_back_to_the_bit(Precision precision)
    {
        using var scope = NewDisposeScope();
        using ImageClassifier classifier = Classifier("resnet18");
        using var weights = new Weights(classifier, precision);
        (Tensor images, _) = Batch(4);
        weights.Network.eval();
        using var mode = no_grad();
        Tensor before = weights.Values.clone();
        Tensor logits = weights.Forward(weights.Normalize(images));
        using (weights.Shift(ones_like(before)))
        {
            Assert.IsTrue(Tiny.Same(weights.Values, before + 1));
            Assert.IsFalse(Tiny.Same(logits, weights.Forward(weights.Normalize(images))));
        }

        Assert.IsTrue(Tiny.Same(weights.Values, before));
        Assert.IsTrue(Tiny.Same(logits, weights.Forward(weights.Normalize(images))));
    }

    [TestMethod]
    public void Places_say_where_each_parameter_lies()
    {
        using var scope = NewDisposeScope();
        using ImageClassifier classifier = Classifier("mlp");
        using var weights = new Weights(classifier, Precision.F32);
        Assert.AreEqual(weights.Values.numel(), weights.Places.Sum(p => p.Count));
        foreach (WeightsPlace place in weights.Places)
        {
            Tensor part = weights.Values.narrow(0, place.Offset, place.Count).view([.. place.Shape]);
            Assert.IsTrue(Tiny.Same(part, classifier.Network.get_parameter(place.Name)!));
        }
    }

    [TestMethod]
    public void A_copy_takes_values_and_buffers_and_averages_them()
    {
        using var scope = NewDisposeScope();
        using ImageClassifier classifier = Classifier("resnet18");
        using var weights = new Weights(classifier, Precision.F32);
        (Tensor images, _) = Batch(8);
        using WeightsCopy start = weights.Copy();
        using WeightsCopy average = weights.Copy();
        weights.Add(ones_like(weights.Values), 2);
        weights.Network.train();
        _ = weights.Forward(weights.Normalize(images));
        Tensor mean = weights.Buffers[0].Buffer.clone();
        average.Average(weights, 0.25);
        Assert.IsTrue(average.Values.allclose(start.Values + 0.5));
        Assert.IsTrue(average.Buffers[0].Buffer.allclose(0.25 * mean));
        weights.Load(start);
        Assert.IsTrue(Tiny.Same(weights.Values, start.Values));
        Assert.IsTrue(weights.Buffers.Zip(start.Buffers).All(b => Tiny.Same(b.First.Buffer, b.Second.Buffer)));
        using ImageClassifier other = Classifier("cnn");
        using var others = new Weights(other, Precision.F32);
        Assert.Contains("another network", Assert.ThrowsExactly<ArgumentException>(() => others.Load(start)).Message);
    }

    [TestMethod]
    public void Weights_of_another_network_are_refused()
    {
        using var scope = NewDisposeScope();
        using ImageClassifier small = Classifier("cnn");
        using ImageClassifier large = Classifier("cnn-wide");
        using var first = new Weights(small, Precision.F32);
        using var second = new Weights(large, Precision.F32);
        Assert.Contains("'cnn-wide'", Assert.ThrowsExactly<InvalidDataException>(() => second.Load(first.Values, first.Buffers)).Message);
    }

    private static ImageClassifier Classifier(string architecture)
        => new(Architectures.Create(Architectures.Get(architecture), Shape, 10, seed: 1), Architectures.Get(architecture), Shape, 10, Normalization.Cifar10, CPU);

    private static (Tensor Images, Tensor Labels) Batch(int size)
    {
        byte[] pixels = new byte[size * Shape.Volume];
        new Random(1).NextBytes(pixels);
        return (Shape.ToTensor(pixels), arange(size, ScalarType.Int64) % 10);
    }
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Models;

[TestClass]
public sealed class NetworkTests
{
    public static IEnumerable<object[]> NetworksAndShapes =>
        from name in BuiltIn.Names
        from image in new[] { (1, 28, 28, 10), (1, 28, 28, 3), (3, 32, 32, 3), (3, 32, 32, 10), (4, 40, 64, 3), (3, 64, 64, 10), (3, 80, 66, 10) }
        select new object[] { name, image.Item1, image.Item2, image.Item3, image.Item4 };

    [TestMethod]
    [DynamicData(nameof(NetworksAndShapes))]
    public void A_network_maps_images_to_logits_gives_every_parameter_a_gradient_and_leaves_nothing_behind(string name, int channels, int height, int width, int classes)
    {
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var scope = NewDisposeScope())
        {
            using nn.Module<Tensor, Tensor> network = Create(name, new ImageShape(channels, height, width), classes);
            Tensor logits = network.call(Noise(2, channels, height, width));
            CollectionAssert.AreEqual(new long[] { 2, classes }, logits.shape);
            nn.functional.cross_entropy(logits, tensor(new long[] { 0, classes - 1 })).backward();
            foreach ((string parameter, Parameter value) in network.named_parameters())
            {
                // BatchNorm takes away what a bias before it adds: VGG's have a gradient, of zero up to rounding.
                bool canceled = name.StartsWith("vgg", StringComparison.Ordinal) && parameter.StartsWith("conv", StringComparison.Ordinal) && parameter.EndsWith("bias", StringComparison.Ordinal);
                if (!value.requires_grad)
                {
                    Assert.AreEqual("airbench94", name, $"{parameter} is not trained");
                    continue;
                }

                Assert.IsNotNull(value.grad, parameter);
                float norm = value.grad.norm().item<float>();
                Assert.IsTrue(float.IsFinite(norm) && (canceled || norm > 0), $"{parameter}: {norm}");
            }
        }

        Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [TestMethod]
    public void At_its_least_size_a_network_trains_on_a_single_image()
    {
        foreach (Architecture architecture in BuiltIn.All)
        {
            using var scope = NewDisposeScope();
            Assert.IsTrue(TrainsOnOne(architecture, architecture.MinimumSize), architecture.Name);
        }
    }

    [TestMethod]
    public void One_pixel_less_is_refused_with_the_least_size_named_since_it_would_not_train()
    {
        foreach (Architecture architecture in BuiltIn.All.Where(a => a.MinimumSize > 1))
        {
            using var scope = NewDisposeScope();
            int less = architecture.MinimumSize - 1;
            foreach (ImageShape shape in new ImageShape[] { new(3, less, 32), new(3, 32, less) })
            {
                string message = Assert.ThrowsExactly<ArgumentException>(() => Architectures.Check(architecture, shape)).Message;
                Assert.Contains($"'{architecture.Name}': the least is {architecture.MinimumSize}x{architecture.MinimumSize}", message);
            }

            Assert.IsFalse(TrainsOnOne(architecture, less), architecture.Name);
        }
    }

    [TestMethod]
    public void The_stem_of_a_residual_network_changes_above_64_pixels()
    {
        long Kernel(int height, int width)
        {
            using nn.Module<Tensor, Tensor> network = Create("resnet18", new ImageShape(3, height, width), 10);
            return network.get_parameter("conv.weight")!.shape[2];
        }

        CollectionAssert.AreEqual(new long[] { 3, 3, 7, 7 }, new[] { Kernel(9, 9), Kernel(64, 64), Kernel(65, 65), Kernel(32, 65) });
    }

    [TestMethod]
    public void Cross_entropy_of_the_plane_network_is_the_binary_cross_entropy_of_its_one_unit()
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> network = Create("mlp-100-100", new ImageShape(2, 1, 1), 2);
        Tensor points = Noise(7, 2, 1, 1);
        Tensor labels = tensor(new long[] { 0, 1, 1, 0, 1, 0, 0 });

        Tensor logits = network.call(points);
        Assert.AreEqual(0, logits[TensorIndex.Colon, 0].abs().max().item<float>());
        Tensor loss = nn.functional.cross_entropy(logits, labels);
        loss.backward();
        Tensor[] gradients = [.. network.parameters().Select(p => p.grad!.clone())];

        network.zero_grad();
        Tensor binary = nn.functional.binary_cross_entropy_with_logits(network.call(points)[TensorIndex.Colon, 1], labels.to(ScalarType.Float32));
        binary.backward();
        Assert.AreEqual(binary.item<float>(), loss.item<float>(), 1e-6f);
        foreach ((Tensor gradient, Parameter parameter) in gradients.Zip(network.parameters()))
        {
            Assert.IsLessThan(1e-6f, (gradient - parameter.grad!).abs().max().item<float>());
        }
    }

    [TestMethod]
    public void Dropout_stands_before_the_last_layer_with_weights_and_is_off_until_it_is_set()
    {
        foreach (string name in BuiltIn.Names)
        {
            using var scope = NewDisposeScope();
            using nn.Module<Tensor, Tensor> network = Create(name, new ImageShape(1, 28, 28), 3);
            TorchSharp.Modules.Dropout dropout = network.modules().OfType<TorchSharp.Modules.Dropout>().Single();
            Assert.AreEqual(0, dropout.p, name);

            // All of the last layer's input dropped, its bias is what remains, up to the rounding of a mean of equal numbers; in inference
            // mode nothing is dropped.
            dropout.p = 1;
            Tensor images = Noise(2, 1, 28, 28);
            Tensor bias = name == "airbench94" ? zeros(3)
                : network.named_parameters().Last(p => p.name.EndsWith("bias", StringComparison.Ordinal)).parameter;
            Assert.IsLessThan(1e-6f, FarthestFromBias(), name);
            network.eval();
            Assert.IsGreaterThan(1e-4f, FarthestFromBias(), name);

            float FarthestFromBias() => (network.call(images) - bias).abs().max().item<float>();
        }
    }

    private static bool TrainsOnOne(Architecture architecture, int size)
    {
        try
        {
            using nn.Module<Tensor, Tensor> network = Create(architecture.Name, new ImageShape(3, size, size), 10);
            nn.functional.cross_entropy(network.call(Noise(1, 3, size, size)), tensor(new[] { 3L })).backward();
            return network.parameters().Where(p => p.requires_grad).Select(p => p.grad!).Concat(network.buffers()).All(t => t.isfinite().all().item<bool>());
        }
        catch (Exception e) when (e is System.Runtime.InteropServices.ExternalException or ArgumentException)
        {
            return false;
        }
    }

    private static nn.Module<Tensor, Tensor> Create(string name, ImageShape shape, int classes) => Architectures.Create(Architectures.Get(name), shape, classes, seed: 1);

    private static Tensor Noise(params long[] shape) => randn(shape, generator: new Generator(3));
}

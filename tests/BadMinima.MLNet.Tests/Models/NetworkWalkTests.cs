using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Models;

/// <summary>Networks as compositions: one walk sees all of them, and what goes by it works on compositions of any kind.</summary>
[TestClass]
public sealed class NetworkWalkTests
{
    private static readonly ImageShape Shape = new(3, 32, 32);

    [TestMethod]
    public void The_walk_sees_every_parameter_of_every_network_once_under_its_name()
    {
        foreach (Architecture architecture in BuiltIn.All)
        {
            using nn.Module<Tensor, Tensor> network = Architectures.Create(architecture, Shape, 10, seed: 1);
            (string Path, nn.Module Module)[] walk = [.. network.Walk()];
            Assert.AreSame(network, walk[0].Module);
            CollectionAssert.AllItemsAreUnique(walk.Select(m => m.Path).ToArray());
            CollectionAssert.AreEqual(
                network.named_parameters().Select(p => p.name).ToArray(),
                walk.Where(m => m.Module is not Composition).SelectMany(m => m.Module.named_parameters().Select(p => $"{m.Path}.{p.name}")).ToArray(),
                architecture.Name);

            // Nothing but compositions has parts, so that no layer is hidden in another.
            Assert.IsFalse(walk.Any(m => m.Module is not Composition && m.Module.named_children().Any()), architecture.Name);
            Assert.AreEqual(network.parameters().Count(p => p.dim() is 2 or 4), network.Products().Count(), architecture.Name);
        }
    }

    [TestMethod]
    public void The_walk_goes_through_modules_of_a_users_own_and_names_a_shared_one_once()
    {
        Layers layers = new();
        nn.Module<Tensor, Tensor> shared = layers.Linear(4, 4);
        using nn.Module<Tensor, Tensor> network = nn.Sequential(
            ("flatten", nn.Flatten()), ("first", layers.Sequence(("linear", shared), ("drop", layers.Dropout()))), ("again", shared));
        CollectionAssert.AreEqual(new[] { "", "flatten", "first", "first.linear", "first.drop" }, network.Walk().Select(m => m.Path).ToArray());
        Assert.AreSame(shared, network.Products().Single().Layer);
    }

    [TestMethod]
    public void A_composition_of_ones_own_is_folded_wherever_it_stands_and_gives_the_same_values_with_fewer_layers()
    {
        using var scope = NewDisposeScope();
        Layers layers = new();
        nn.Module<Tensor, Tensor> Block(int inputs, int outputs)
            => layers.Sequence(("conv", layers.Convolution(inputs, outputs, 3, padding: 1)), ("norm", layers.Norm(outputs)));
        using nn.Module<Tensor, Tensor> network = nn.Sequential(
            ("stem", Block(3, 4)),
            ("residual", layers.Residual(Block(4, 4))),
            ("shortcut", layers.Residual(Block(4, 6), Block(4, 6))),
            ("concatenation", layers.Concatenation(Block(6, 2))),
            ("last", layers.Sequence([("norm", layers.Norm(8)), ("relu", layers.Relu()), .. layers.PooledClassifier(8, 5)])));
        Tensor images = randn([4, 3, 8, 8], generator: new Generator(1));
        _ = network.call(images);
        network.eval();
        using var mode = no_grad();
        Tensor expected = network.call(images);
        string[] Norms() => [.. network.Walk().Where(m => m.Module is BatchNormalization).Select(m => m.Path)];
        Assert.HasCount(6, Norms());

        BatchNormalization[] all = [.. network.Walk().Select(m => m.Module).OfType<BatchNormalization>()];
        Sequence.FoldNorms(network);
        CollectionAssert.AreEqual(new[] { "last.norm" }, Norms());
        foreach (BatchNormalization norm in all[..^1])
        {
            norm.RunningVariance.fill_(float.NaN);
        }

        Assert.IsLessThan(1e-5f, (network.call(images) - expected).abs().max().item<float>());
    }

    [TestMethod]
    public void A_disposed_composition_frees_every_layer_those_that_were_folded_away_too()
    {
        nn.Module<Tensor, Tensor> network = Architectures.Create(Architectures.Get("resnet18"), Shape, 10, seed: 1);
        Tensor[] weights = [.. network.parameters(), .. network.buffers()];
        Sequence.FoldNorms(network);
        weights = [.. weights, .. network.parameters()];
        network.Dispose();
        Assert.IsTrue(weights.All(w => w.IsInvalid));
    }

    [TestMethod]
    public void Residual_and_concatenation_are_what_their_names_say()
    {
        using var scope = NewDisposeScope();
        Layers layers = new();
        Tensor input = randn([2, 3, 4, 4], generator: new Generator(1));
        nn.Module<Tensor, Tensor> one = layers.Convolution(3, 3, 1), other = layers.Convolution(3, 3, 1);
        Assert.IsTrue(Tiny.Same(one.call(input) + input, layers.Residual(one).call(input)));
        Assert.IsTrue(Tiny.Same(one.call(input) + other.call(input), layers.Residual(one, other).call(input)));
        Assert.IsTrue(Tiny.Same(cat([input, one.call(input)], 1), layers.Concatenation(one).call(input)));
        CollectionAssert.AreEqual(
            new[] { "residual.weight", "shortcut.weight" }, layers.Residual(one, other).state_dict().Select(t => t.Key).ToArray());
        CollectionAssert.AreEqual(new[] { "branch.weight" }, layers.Concatenation(one).state_dict().Select(t => t.Key).ToArray());
    }

    [TestMethod]
    public void Layers_without_values_count_networks_that_no_memory_holds()
    {
        Assert.AreEqual(3L * 20_000 * 20_000 * 512 + 512 + 512 * 10 + 10, Architectures.Get("mlp-1x512").CountParameters(new ImageShape(3, 20_000, 20_000), 10));
        foreach (Architecture architecture in BuiltIn.All)
        {
            using nn.Module<Tensor, Tensor> network = Architectures.Create(architecture, Shape, 10, seed: 1);
            Assert.AreEqual(network.parameters().Where(p => p.requires_grad).Sum(p => p.numel()), architecture.CountParameters(Shape, 10), architecture.Name);
            Assert.AreEqual(FlopCounter.CountForward(architecture.Name, network, Shape), architecture.CountFlops(Shape, 10), architecture.Name);
        }

        // A copy with another factory is another network.
        Architecture changed = Architectures.Get("cnn") with { Name = "changed", Create = (shape, classes) => nn.Sequential(nn.Flatten(), nn.Linear(shape.Volume, classes)) };
        Assert.AreEqual(3072 * 10 + 10, changed.CountParameters(Shape, 10));
    }
}

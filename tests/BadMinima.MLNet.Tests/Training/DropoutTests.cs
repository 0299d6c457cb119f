using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

[TestClass]
public sealed class DropoutTests
{
    private const string Network = "dropout-of-a-test";
    private readonly MLContext _ml = new(seed: 1);

    [ClassInitialize]
    public static void Register(TestContext _) => Architectures.Register(new()
    {
        Name = Network,
        Create = (shape, classes) => nn.Sequential(nn.Flatten(), nn.Linear(shape.Volume, 32), nn.ReLU(), nn.Dropout(0.75), nn.Linear(32, classes)),
    });

    [TestMethod]
    public void The_same_seed_gives_the_same_weights_whatever_the_users_generator_and_leaves_that_alone()
    {
        random.manual_seed(1);
        float expected = rand(1).item<float>();
        random.manual_seed(1);
        byte[] first = Fit(0.5);
        Assert.AreEqual(expected, rand(1).item<float>());
        random.manual_seed(2);
        CollectionAssert.AreEqual(first, Fit(0.5));
        CollectionAssert.AreNotEqual(first, Fit(0.25));
        CollectionAssert.AreNotEqual(first, Fit(0));
    }

    [TestMethod]
    public void A_phase_without_dropout_has_none_although_the_network_was_made_with_some()
    {
        // Without dropout nothing is drawn from torch's generator, so two generators give the same weights.
        random.manual_seed(1);
        byte[] first = Fit(0);
        random.manual_seed(2);
        CollectionAssert.AreEqual(first, Fit(0));
    }

    [TestMethod]
    public void The_layers_have_the_probability_during_the_phase_and_0_afterwards()
    {
        TwoPhaseTransformer model = Tiny.Trainer(_ml, Options(0.5)).Fit(Tiny.Train(_ml));
        using (model)
        {
            Assert.AreEqual(0, model.Network.modules().OfType<TorchSharp.Modules.Dropout>().Single().p);
        }

        using nn.Module<Tensor, Tensor> network = nn.Sequential(nn.Dropout(0.1));
        using (new Steps.Dropout(network, 0.5, CPU, CounterRandom.Create(1)))
        {
            network.train();
            using var scope = NewDisposeScope();
            Tensor dropped = network.call(ones(10_000));
            Assert.AreEqual(5000, dropped.eq(0).sum().item<long>(), 200.0);
            Assert.AreEqual(5000, dropped.eq(2).sum().item<long>(), 200.0);
        }

        Assert.AreEqual(0, network.modules().OfType<TorchSharp.Modules.Dropout>().Single().p);
    }

    [TestMethod]
    [DataRow(0.1)]
    [DataRow(0.3)]
    [DataRow(0.75)]
    public void A_mask_is_the_one_that_torchs_own_layer_draws_with_the_same_seed(double probability)
    {
        using nn.Module<Tensor, Tensor> network = nn.Sequential(nn.Dropout());
        using var scope = NewDisposeScope();
        CounterRandom generator = CounterRandom.Create(1);
        using var layers = new Steps.Dropout(network, probability, CPU, generator);
        network.train();
        layers.Seed(new(2, 5, 10, 0.1));
        Tensor mask = network.call(ones(10_000));
        random.manual_seed(unchecked((long)generator.Stream(2).Bits(5)));
        Assert.IsTrue(Tiny.Same(nn.functional.dropout(ones(10_000), probability), mask));
    }

    [TestMethod]
    public void A_mask_is_a_function_of_epoch_and_step_alone()
    {
        using nn.Module<Tensor, Tensor> network = nn.Sequential(nn.Dropout());
        using var scope = NewDisposeScope();
        using var layers = new Steps.Dropout(network, 0.5, CPU, CounterRandom.Create(1));
        network.train();
        Tensor Mask(int epoch, int step)
        {
            layers.Seed(new(epoch, step, 10, 0.1));
            return network.call(ones(100));
        }

        Tensor mask = Mask(3, 7);
        foreach ((int epoch, int step) in new[] { (3, 8), (4, 7), (7, 3) })
        {
            Assert.IsFalse(Tiny.Same(mask, Mask(epoch, step)));
        }

        Assert.IsTrue(Tiny.Same(mask, Mask(3, 7)));
    }

    [TestMethod]
    public void Dropout_in_a_network_that_has_none_is_refused_before_anything_is_trained()
    {
        Architectures.Register(new()
        {
            Name = "no-dropout-of-a-test",
            Create = (shape, classes) => nn.Sequential(nn.Flatten(), nn.Linear(shape.Volume, classes)),
        });
        TwoPhaseTrainer.Options options = Tiny.Options with { Architecture = "no-dropout-of-a-test", MetricsCallback = _ => Assert.Fail("something was trained") };
        foreach ((string phase, TwoPhaseTrainer.Options bad) in new[]
        {
            ("Training", options with { Training = options.Training! with { Dropout = 0.2 } }),
            ("RandomLabels", options with { RandomLabels = options.RandomLabels! with { Dropout = 0.2 } }),
        })
        {
            Assert.Contains($"{phase}.Dropout is 0.2, but the network 'no-dropout-of-a-test' has no Dropout layer",
                Assert.ThrowsExactly<ArgumentException>(() => Tiny.Trainer(_ml, bad).Fit(Tiny.Train(_ml))).Message);
        }
    }

    private static TwoPhaseTrainer.Options Options(double dropout)
        => Tiny.Options with { Architecture = Network, RandomLabels = null, Training = Recipe.Vanilla with { Epochs = 2, BatchSize = 16, Dropout = dropout } };

    private byte[] Fit(double dropout)
    {
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Options(dropout)).Fit(Tiny.Train(_ml));
        return Tiny.Weights(model);
    }
}

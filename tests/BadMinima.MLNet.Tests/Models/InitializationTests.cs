using Microsoft.ML;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Models;

[TestClass]
public sealed class InitializationTests
{
    // Its convolutions begin by passing their input on: see AirbenchPartsTests.
    private const string PassesOn = "airbench94";

    public static IEnumerable<object[]> NetworksAndInitializations =>
        from name in BuiltIn.Names
        where name != PassesOn
        from initialization in Enum.GetValues<Initialization>()
        select new object[] { name, initialization };

    [TestMethod]
    [DynamicData(nameof(NetworksAndInitializations))]
    public void Weights_and_biases_are_uniform_within_one_over_the_root_of_the_fan_in_and_some_papers_convolutions_normal(string name, Initialization initialization)
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> network = Create(name, 1, initialization);
        List<Tensor> uniform = [];
        List<Tensor> normal = [];
        foreach ((string parameter, Parameter value) in network.named_parameters())
        {
            Tensor weight = network.get_parameter(parameter[..parameter.LastIndexOf('.')] + ".weight")!;
            long fanIn = weight.numel() / weight.shape[0];
            if (weight.dim() == 1)
            {
                Assert.IsTrue(value.eq(parameter.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0).all().item<bool>(), parameter);
            }
            else if (weight.dim() == 4 && HasNormalConvolutions(name) && initialization == Initialization.Paper)
            {
                Tensor standardized = value.detach() / Math.Sqrt(2.0 / (weight.shape[2] * weight.shape[3] * weight.shape[0]));

                // A layer's 648 to 2,400,000 weights: their variance strays by sqrt(2 / n).
                Assert.AreEqual(1, standardized.square().mean().item<float>(), 5 * Math.Sqrt(2.0 / value.numel()), parameter);
                normal.Add(standardized.flatten());
            }
            else
            {
                Tensor scaled = value.detach() * Math.Sqrt(fanIn);
                Assert.IsLessThanOrEqualTo(1.0001f, scaled.abs().max().item<float>(), parameter);
                Assert.AreEqual(1.0 / 3, scaled.square().mean().item<float>(), 5 * Math.Sqrt(4.0 / 45 / value.numel()), parameter);
                uniform.Add(scaled.flatten());
            }
        }

        // Of [-1, 1]: mean 0, second moment 1/3, fourth 1/5; of the standard normal: 0, 1, 3. Tolerances: five deviations of the mean of n
        // numbers.
        Moments(uniform, [(0, 1.0 / 3), (1.0 / 3, 4.0 / 45), (0.2, 16.0 / 225)]);
        Moments(normal, [(0, 1), (1, 2), (3, 96)]);
        Assert.AreEqual(HasNormalConvolutions(name) && initialization == Initialization.Paper, normal.Count > 0);
    }

    [TestMethod]
    public void Paper_and_PyTorch_differ_in_the_convolutions_of_the_DenseNets_of_the_network_with_GroupNorm_and_of_airbenchs_and_nowhere_else()
    {
        foreach (string name in BuiltIn.Names)
        {
            using var scope = NewDisposeScope();
            using nn.Module<Tensor, Tensor> paper = Create(name, 1, Initialization.Paper);
            using nn.Module<Tensor, Tensor> pyTorch = Create(name, 1, Initialization.PyTorch);
            foreach ((string tensor, Tensor value) in paper.state_dict())
            {
                bool expected = (HasNormalConvolutions(name) || name == PassesOn) && value.dim() == 4 && tensor != "whiten.weight";
                Assert.AreEqual(!expected, Tiny.Same(value, pyTorch.state_dict()[tensor]), $"{name} {tensor}");
            }
        }
    }

    [TestMethod]
    public void Weights_are_a_function_of_the_seed_and_torchs_global_generator_does_not_move()
    {
        using var scope = NewDisposeScope();
        foreach (string name in new[] { "lenet", "densenet-bc-40" })
        {
            random.manual_seed(5);
            float expected = rand(1).item<float>();
            random.manual_seed(5);
            using nn.Module<Tensor, Tensor> one = Create(name, 1);
            Assert.AreEqual(expected, rand(1).item<float>(), name);
            using nn.Module<Tensor, Tensor> again = Create(name, 1);
            using nn.Module<Tensor, Tensor> other = Create(name, 2);
            foreach ((Parameter a, Parameter b, Parameter c) in one.parameters().Zip(again.parameters(), other.parameters()).Where(p => p.First.dim() > 1))
            {
                Assert.IsTrue(Tiny.Same(a, b), name);
                Assert.IsFalse(Tiny.Same(a, c), name);
            }
        }
    }

    [TestMethod]
    public void A_network_of_ones_own_keeps_what_its_factory_gave_it()
    {
        var own = new Architecture()
        {
            Name = "own-of-a-test",
            Create = (shape, classes) =>
            {
                var network = nn.Sequential(
                    nn.Conv2d(shape.Channels, 2, 1), nn.Flatten(), nn.Linear(2 * shape.Image.Height * shape.Image.Width, classes));
                using var noGradient = no_grad();
                foreach (Parameter parameter in network.parameters())
                {
                    parameter.fill_(0.25);
                }

                return network;
            },
        };
        foreach (Initialization initialization in Enum.GetValues<Initialization>())
        {
            using nn.Module<Tensor, Tensor> network = Architectures.Create(own, new ImageShape(1, 4, 4), 3, 1, initialization);
            Assert.IsTrue(network.parameters().All(p => p.eq(0.25).all().item<bool>()));
        }
    }

    [TestMethod]
    public void The_trainer_starts_as_its_option_says_and_by_default_as_the_paper()
    {
        var ml = new MLContext(seed: 1);
        Architectures.Register(new()
        {
            Name = "paper-is-zero-of-a-test",
            Create = (shape, classes) => nn.Sequential(nn.Flatten(), nn.Linear(shape.Volume, classes)),
            PaperInitialization = network => network.parameters().First().zero_(),
        });
        TwoPhaseTrainer.Options still = Tiny.Options with { Architecture = "paper-is-zero-of-a-test", RandomLabels = null, Training = Recipe.Vanilla with { Epochs = 1, LearningRate = 1e-300 } };
        bool IsZero(TwoPhaseTrainer.Options options)
        {
            using TwoPhaseTransformer model = Tiny.Trainer(ml, options).Fit(Tiny.Train(ml));
            return model.Network.parameters().First().eq(0).all().item<bool>();
        }

        Assert.IsTrue(IsZero(still));
        Assert.IsFalse(IsZero(still with { Initialization = Initialization.PyTorch }));
        Assert.Contains("Initialization is 9; allowed is Paper or PyTorch", Assert.Throws<ArgumentException>(() => Tiny.Trainer(ml, still with { Initialization = (Initialization)9 })).Message);
    }

    private static bool HasNormalConvolutions(string name) => name.StartsWith("densenet", StringComparison.Ordinal) || name == "resnet18-gn";

    private static void Moments(List<Tensor> values, (double Mean, double Variance)[] oneTwoFour)
    {
        if (values.Count == 0)
        {
            return;
        }

        Tensor all = cat(values).to(ScalarType.Float64);
        foreach ((int power, (double mean, double variance)) in new[] { 1, 2, 4 }.Zip(oneTwoFour))
        {
            Assert.AreEqual(mean, all.pow(power).mean().item<double>(), 5 * Math.Sqrt(variance / all.numel()), $"moment {power}");
        }
    }

    private static nn.Module<Tensor, Tensor> Create(string name, int seed, Initialization initialization = Initialization.Paper)
        => Architectures.Create(Architectures.Get(name), new ImageShape(3, 32, 32), 10, seed, initialization);
}

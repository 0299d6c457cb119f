using System.Text.Json;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

[TestClass]
public sealed class ProtocolTests
{
    [TestMethod]
    public void The_papers_protocol_is_the_authors_to_the_letter()
    {
        Protocol paper = Protocol.Paper;
        foreach (Phase phase in new Phase[] { paper.RandomLabels, paper.Vanilla, paper.Regularized })
        {
            Assert.AreEqual((350, 128, 0.1, 25), (phase.Epochs, phase.BatchSize, phase.LearningRate, phase.MeasureEvery));
            Assert.AreEqual(Schedule.Step(0.1, 150, 250), phase.Schedule);
            Assert.AreEqual((false, false, 0.0, 0.0, 0.0, null), (phase.Nesterov, phase.DecoupledWeightDecay, phase.Mixup, phase.LabelSmoothing, phase.Dropout, phase.GradientClipping));
        }

        Assert.AreEqual((1, 0.1, 0.9999), (paper.RandomLabels.Replicas, paper.RandomLabels.ZeroOutRatio, paper.RandomLabels.StopAtAccuracy));
        foreach (Phase vanilla in new Phase[] { paper.RandomLabels, paper.Vanilla })
        {
            Assert.AreEqual((0.0, 0.0, Augmentation.None), (vanilla.Momentum, vanilla.WeightDecay, vanilla.Augmentation));
        }

        Assert.AreEqual((0.9, 5e-4, 4, true, 0), (paper.Regularized.Momentum, paper.Regularized.WeightDecay,
            paper.Regularized.Augmentation.CropPadding, paper.Regularized.Augmentation.HorizontalFlip, paper.Regularized.Augmentation.Cutout));
        Assert.IsNull(paper.Vanilla.StopAtAccuracy);
        Assert.IsNull(paper.RandomStart);
        Assert.AreEqual(Normalization.Cifar10, paper.Normalization);
    }

    [TestMethod]
    public void Every_protocol_is_found_by_its_name_and_valid()
    {
        foreach (Protocol protocol in Protocol.All)
        {
            Assert.AreSame(protocol, Protocol.Get(protocol.Name));
            foreach (Phase? phase in new Phase?[] { protocol.RandomLabels, protocol.Vanilla, protocol.Regularized, protocol.RandomStart })
            {
                phase?.Validate(protocol.Name);
            }
        }

        Assert.AreEqual("There is no protocol 'papper'. Known are: paper, quick, paper2d, airbench. (Parameter 'name')", Assert.ThrowsExactly<ArgumentException>(() => Protocol.Get("papper")).Message);
    }

    [TestMethod]
    public void One_setting_can_be_changed_and_the_others_stay()
    {
        Protocol ten = Protocol.Paper with { RandomLabels = Protocol.Paper.RandomLabels with { Replicas = 10 } };
        Assert.AreEqual(10, ten.RandomLabels.Replicas);
        Assert.AreEqual(Protocol.Paper, ten with { RandomLabels = ten.RandomLabels with { Replicas = 1 } });
        Assert.AreNotEqual(Protocol.Paper, ten);
    }

    [TestMethod]
    public void A_protocol_comes_back_from_JSON_as_it_was()
    {
        foreach (Protocol protocol in Protocol.All)
        {
            Assert.AreEqual(protocol, JsonSerializer.Deserialize<Protocol>(JsonSerializer.Serialize(protocol)));
        }
    }

    [TestMethod]
    public void The_grid_has_every_subset_of_the_regularizers_between_vanilla_and_regularized()
    {
        foreach (Protocol protocol in Protocol.All)
        {
            Assert.AreEqual(protocol.Vanilla, protocol.Recipe(Regularizers.None));
            Assert.AreEqual(protocol.Regularized, protocol.Recipe(Regularizers.All));
            Assert.HasCount(8, RegularizerNames.Subsets.Distinct());
            foreach (Regularizers subset in RegularizerNames.Subsets.Skip(1))
            {
                Recipe recipe = protocol.Recipe(subset);
                Assert.AreEqual(subset.HasFlag(Regularizers.Augmentation) ? protocol.Regularized.Augmentation : Augmentation.None, recipe.Augmentation);
                Assert.AreEqual(subset.HasFlag(Regularizers.L2) ? protocol.Regularized.WeightDecay : 0, recipe.WeightDecay);
                Assert.AreEqual(subset.HasFlag(Regularizers.Momentum) ? protocol.Regularized.Momentum : 0, recipe.Momentum);
                Assert.AreEqual((protocol.Regularized.Epochs, protocol.Regularized.LearningRate, protocol.Regularized.Schedule), (recipe.Epochs, recipe.LearningRate, recipe.Schedule));
            }
        }

        // In the paper's protocol the two ends differ in the regularizers alone.
        Assert.AreEqual(Protocol.Paper.Vanilla, Protocol.Paper.Regularized with { Momentum = 0, WeightDecay = 0, Augmentation = Augmentation.None });

        // Nesterov's form goes with momentum.
        Protocol nesterov = Protocol.Paper with { Regularized = Protocol.Paper.Regularized with { Nesterov = true } };
        nesterov.Recipe(Regularizers.L2).Validate("l2");
        Assert.IsTrue(nesterov.Recipe(Regularizers.Momentum).Nesterov);
        Assert.ThrowsExactly<OptionException>(() => Protocol.Paper.Recipe((Regularizers)8));
    }

    [TestMethod]
    public void Subsets_are_written_and_read_by_name()
    {
        string[] names = ["vanilla", "augmentation", "l2", "augmentation+l2", "momentum", "augmentation+momentum", "l2+momentum", "regularized"];
        CollectionAssert.AreEqual(names, RegularizerNames.Subsets.Select(s => s.ToName()).ToArray());
        foreach (string name in names)
        {
            Assert.AreEqual(name, RegularizerNames.Parse(name).ToName());
        }

        Assert.AreEqual(Regularizers.None, RegularizerNames.Parse("none"));
        Assert.AreEqual(Regularizers.All, RegularizerNames.Parse("all"));
        Assert.AreEqual(Regularizers.All, RegularizerNames.Parse("momentum + L2 + Augmentation"));
        foreach (string bad in new[] { "", "l3", "l2+l2", "l2,momentum", "l2+", "vanilla+l2" })
        {
            Assert.Contains($"'{bad}' is no set of regularizers. Allowed are none (or vanilla), all (or regularized), and any of augmentation, l2, momentum, each once, joined by +",
                Assert.ThrowsExactly<ArgumentException>(() => RegularizerNames.Parse(bad)).Message);
        }
    }

    [TestMethod]
    public void A_step_of_the_2D_protocol_on_the_mean_loss_is_the_papers_step_on_the_summed_loss()
    {
        // The paper's numbers, on the sum; SGD with momentum by hand. Ours, on the mean, by the library's optimizer.
        const double Rate = 0.01, Momentum = 0.9, Decay = 0.1;
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor points = randn(50, 2);
        Tensor labels = points.select(1, 0).gt(0).to(ScalarType.Float32);
        Tensor sum = randn(2);
        Tensor velocity = zeros(2);
        using var sgd = new BareWeights([.. sum.data<float>().Select(v => (double)v)], Protocol.Paper2D.Regularized);
        Tensor mean = sgd.Weights.Values;
        for (int step = 0; step < 5; step++)
        {
            (Tensor x, Tensor y) = (points.narrow(0, 10 * step, 10), labels.narrow(0, 10 * step, 10));
            Tensor weight = sum.detach().requires_grad_();
            nn.functional.binary_cross_entropy_with_logits(x.matmul(weight), y, reduction: nn.Reduction.Sum).backward();
            velocity = Momentum * velocity + weight.grad! + Decay * sum;
            sum = sum - Rate * velocity;

            // Two logits 0 and z: softmax cross-entropy is the binary one.
            Tensor own = mean.detach().clone().requires_grad_();
            Tensor z = x.matmul(own);
            nn.functional.cross_entropy(stack([zeros_like(z), z], 1), y.to(ScalarType.Int64)).backward();
            sgd.Step(_ => own.grad!, Protocol.Paper2D.Regularized.LearningRate);
        }

        Assert.IsTrue(mean.allclose(sum, 1e-5, 1e-6), $"{mean.ToString(TorchSharp.TensorStringStyle.Julia)} {sum.ToString(TorchSharp.TensorStringStyle.Julia)}");
        Assert.AreEqual(0.03, Protocol.Paper2D.Vanilla.LearningRate, 1e-12);
        Assert.AreEqual(0.03, Protocol.Paper2D.RandomLabels.LearningRate, 1e-12);
        Assert.AreEqual((0.01, 1000), (Protocol.Paper2D.RandomStart!.LearningRate, Protocol.Paper2D.RandomStart.Epochs), "on the mean loss in the paper too");
    }
}

using BadMinima.MLNet.Tests.Examples;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Models;

[TestClass]
public sealed class ElmanTests
{
    private const int Width = 512;
    private static readonly InputShape Shape = InputShape.Sequence(5, 3);

    private static TwoPhaseTrainer.Options Options { get; } = Tiny.Options with
    {
        Architecture = "elman",
        FeatureColumnName = "Features",
        RandomLabels = null,
        Training = Recipe.Vanilla with { Epochs = 2, BatchSize = 20, LearningRate = 0.002 },
        Threads = 1,
    };

    [TestMethod]
    public void States_and_gradients_are_those_of_the_recurrence_written_out()
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> network = Create("elman");
        Dictionary<string, Tensor> wide = network.state_dict().ToDictionary(p => p.Key, p => p.Value.detach().to(ScalarType.Float64).requires_grad_(true));
        CollectionAssert.AreEquivalent(new[] { "recurrent.input.weight", "recurrent.hidden.weight", "linear.weight" }, wide.Keys.ToArray());
        Tensor inputs = randn([4, 5, 3], generator: new Generator(1)), weights = randn([4, 6], generator: new Generator(2));
        Tensor state = zeros([4, Width], ScalarType.Float64);
        for (int step = 0; step < 5; step++)
        {
            state = (state.matmul(wide["recurrent.hidden.weight"].t()) + inputs.select(1, step).to(ScalarType.Float64).matmul(wide["recurrent.input.weight"].t())).relu();
        }

        Tensor expected = state.matmul(wide["linear.weight"].t()), logits = network.call(inputs);
        (expected * weights).sum().backward();
        (logits * weights).sum().backward();
        Assert.IsLessThan(1e-5, Difference(expected, logits));
        foreach ((string name, Parameter parameter) in network.named_parameters())
        {
            Assert.IsLessThan(1e-5, Difference(wide[name].grad!, parameter.grad!), name);
        }

        static double Difference(Tensor a, Tensor b) => ((a - b).norm() / a.norm()).item<double>();
    }

    [TestMethod]
    [DataRow("elman")]
    [DataRow("elman-hidden")]
    public void It_starts_as_the_paper_has_it_or_as_PyTorch_does(string name)
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> paper = Create(name), pyTorch = Create(name, Initialization.PyTorch);
        foreach ((string parameter, Parameter value) in paper.named_parameters())
        {
            // N(0, 2 / m), and N(0, 1 / classes) for the output.
            double variance = parameter == "linear.weight" ? 1.0 / 6 : 2.0 / Width;
            Assert.AreEqual(1, value.square().mean().item<float>() / variance, 5 * Math.Sqrt(2.0 / value.numel()), parameter);
            Assert.AreEqual(3, value.pow(4).mean().item<float>() / variance / variance, 5 * Math.Sqrt(96.0 / value.numel()), parameter);
        }

        foreach ((string parameter, Parameter value) in pyTorch.named_parameters())
        {
            Assert.IsLessThanOrEqualTo(1.0001, value.abs().max().item<float>() * Math.Sqrt(value.shape[1]), parameter);
        }
    }

    [TestMethod]
    public void Its_numbers_and_operations_are_counted_and_those_that_are_not_trained_are_not_among_the_trainable()
    {
        Architecture whole = Architectures.Get("elman"), hidden = Architectures.Get("elman-hidden");
        Assert.AreEqual(Width * (3 + Width + 6), whole.CountParameters(Shape, 6));
        Assert.AreEqual(Width * Width, hidden.CountParameters(Shape, 6));

        // There is no state before the first step.
        foreach (Architecture architecture in (Architecture[])[whole, hidden])
        {
            Assert.AreEqual(2 * Width * (5 * 3 + 4 * Width + 6), architecture.CountFlops(Shape, 6));
        }

        Assert.Contains("'elman-hidden' takes sequences of at least 2 steps; given are sequences of 1 steps of 3 features.",
            Assert.ThrowsExactly<ArgumentException>(() => hidden.CountParameters(InputShape.Sequence(1, 3), 2)).Message);
        Assert.Contains("'elman' takes Sequences; given are images of 1x28x28. Name a network that takes them",
            Assert.ThrowsExactly<ArgumentException>(() => whole.CountParameters(new ImageShape(1, 28, 28), 2)).Message);
    }

    [TestMethod]
    [DataRow(Precision.F32)]
    [DataRow(Precision.BF16)]
    public void Where_the_hidden_matrix_alone_is_trained_nothing_else_moves(Precision precision)
    {
        var ml = new MLContext(seed: 1);
        IDataView data = ml.Data.LoadConceptSequences(count: 60, steps: 5, features: 3);
        using TwoPhaseTransformer start = Fit("elman-hidden", 0, 1e-300), hidden = Fit("elman-hidden", 0, 0.002), whole = Fit("elman", 0.1, 0.002);
        Assert.IsTrue(Moved(hidden, "recurrent.hidden.weight"));
        Assert.IsFalse(Moved(hidden, "recurrent.input.weight"));
        Assert.IsFalse(Moved(hidden, "linear.weight"));
        Assert.IsTrue(Moved(whole, "recurrent.input.weight") && Moved(whole, "linear.weight"));

        TwoPhaseTransformer Fit(string network, double decay, double rate) => Tiny.Trainer(ml, Options with
        {
            Architecture = network,
            Precision = precision,
            Training = Options.Training! with { LearningRate = rate, WeightDecay = decay },
        }).Fit(data);

        bool Moved(TwoPhaseTransformer model, string name) => !Tiny.Same(model.Network.state_dict()[name], start.Network.state_dict()[name]);
    }

    [TestMethod]
    public void It_learns_a_concept_after_fitting_random_labels_and_its_model_is_saved_and_loaded()
    {
        var ml = new MLContext(seed: 1);
        IDataView train = ml.Data.LoadConceptSequences(count: 400, steps: 4, features: 4, classes: 2);
        IDataView test = ml.Data.LoadConceptSequences(Split.Test, count: 400, steps: 4, features: 4, classes: 2);
        using TwoPhaseTransformer model = Tiny.Trainer(ml, Options with
        {
            RandomLabels = new() { Epochs = 10, BatchSize = 20, Replicas = 1, ZeroOutRatio = 0, LearningRate = 0.002, StopAtAccuracy = null },
            Training = Options.Training! with { Epochs = 20 },
        }).Fit(train);
        Assert.IsGreaterThan(0.8, ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy);

        using var folder = new TemporaryFolder();
        ml.Model.Save(model, train.Schema, folder.File("model.zip"));
        using TwoPhaseTransformer loaded = ml.Model.LoadTwoPhase(folder.File("model.zip"), out _);
        Assert.AreEqual(InputShape.Sequence(4, 4), loaded.InputShape);
        CollectionAssert.AreEqual(Scores(model), Scores(loaded));

        float[] Scores(TwoPhaseTransformer scorer) => [.. scorer.Transform(test).GetColumn<float[]>("Score").SelectMany(s => s)];
    }

    [TestMethod]
    public void Weights_of_another_seed_are_not_taken_for_those_beside_which_others_were_frozen()
    {
        var ml = new MLContext(seed: 1);
        using var folder = new TemporaryFolder();
        IDataView data = ml.Data.LoadConceptSequences(count: 40, steps: 3, features: 3);
        TwoPhaseTrainer.Options options = Options with { Architecture = "elman-hidden" };
        using TwoPhaseTransformer one = Tiny.Trainer(ml, options with { Seed = 1, PathFolder = folder.File("one") }).Fit(data);
        using TwoPhaseTransformer two = Tiny.Trainer(ml, options with { Seed = 2, PathFolder = folder.File("two") }).Fit(data);
        using LossSurface surface = ml.Model.LossSurface(one, data);
        WeightsPath own = WeightsPath.Open(folder.File("one")), other = WeightsPath.Open(folder.File("two"));
        using WeightsCopy ofOne = own.Read(own.Points[0]), ofTwo = other.Read(other.Points[0]);
        surface.Weights.Exchange(ofOne).Dispose();
        Assert.Contains("parameters that are not trained are others", Assert.ThrowsExactly<ArgumentException>(() => surface.Weights.Exchange(ofTwo)).Message);
    }

    private static nn.Module<Tensor, Tensor> Create(string name, Initialization initialization = Initialization.Paper)
        => Architectures.Create(Architectures.Get(name), Shape, 6, seed: 1, initialization);
}

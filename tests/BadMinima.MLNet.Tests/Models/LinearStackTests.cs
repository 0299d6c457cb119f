using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Models;

/// <summary>The passes that are written out are those of torch.</summary>
[TestClass]
public sealed class LinearStackTests
{
    [TestInitialize]
    public void SkipWithoutOneDnn()
    {
        TorchRuntime.EnsureLoaded();
        if (!OneDnn.IsThere)
        {
            Assert.Inconclusive("This libtorch has no linear layer of oneDNN.");
        }
    }

    [TestMethod]
    [DataRow(3, 5, 4)]
    [DataRow(128, 784, 512)]
    [DataRow(1, 64, 64)]
    public void Products_are_torchs(int batch, int inputs, int outputs)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor x = randn(batch, inputs), w = randn(outputs, inputs), b = randn(outputs);
        double scale = Math.Sqrt(inputs);
        Assert.IsLessThan(1e-5 * scale, Apart(OneDnn.Linear(x, w, b), nn.functional.linear(x, w, b)));
        Assert.IsLessThan(1e-5 * scale, Apart(OneDnn.Linear(x, w), x.mm(w.t())));

        // Transposed, as the backward pass has them.
        Tensor g = randn(batch, outputs);
        Assert.IsLessThan(1e-5 * Math.Sqrt(outputs), Apart(OneDnn.Linear(g, w.t()), g.mm(w)));
        Assert.IsLessThan(1e-5 * Math.Sqrt(batch), Apart(OneDnn.Linear(g.t(), x.t()), g.t().mm(x)));
    }

    [TestMethod]
    public void What_does_not_fit_is_an_exception()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor x = randn(3, 5), w = randn(4, 6);
        Assert.Contains("[3, 5] and [4, 6]", Assert.Throws<InvalidOperationException>(() => OneDnn.Linear(x, w)).Message);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Logits_and_gradients_of_a_perceptron_are_those_of_its_layers(bool isWide)
    {
        bool before = OneDnn.IsWide;
        OneDnn.IsWide = isWide;
        try
        {
            CheckPerceptron();
        }
        finally
        {
            OneDnn.IsWide = before;
        }
    }

    private static void CheckPerceptron()
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> network = Architectures.Create(Architectures.Get("mlp-3x512"), new ImageShape(1, 8, 8), 10, seed: 1);
        LinearStack stack = LinearStack.Of(network, layer => layer.out_features >= 64)!;
        Tensor input = randn(32, 1, 8, 8), labels = randint(0, 10, [32], ScalarType.Int64);

        Tensor expected = network.call(input);
        nn.functional.cross_entropy(expected, labels).backward();
        Dictionary<string, Tensor> gradients = network.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.clone());
        foreach ((_, Parameter parameter) in network.named_parameters())
        {
            parameter.grad = null;
        }

        Tensor[] outputs = stack.Forward(input);
        Assert.IsLessThan(1e-5, Apart(expected, outputs[^1]));
        using (no_grad())
        {
            Assert.IsLessThan(1e-5, Apart(expected, stack.Logits(input)));
        }

        Tensor logits = outputs[^1].detach().requires_grad_();
        nn.functional.cross_entropy(logits, labels).backward();

        // Where the gradients go nothing that was there stays, not even what is no number. One is not asked for.
        Dictionary<string, Tensor> places = gradients.ToDictionary(g => g.Key, g => full_like(g.Value, float.NaN));
        Dictionary<nint, string> names = network.named_parameters().ToDictionary(p => p.parameter.Handle, p => p.name);
        stack.Backward(outputs, logits.grad!, parameter => names[parameter.Handle] is "linear2.weight" ? null : places[names[parameter.Handle]]);
        foreach ((string name, Tensor gradient) in gradients)
        {
            if (name == "linear2.weight")
            {
                Assert.IsTrue(places[name].isnan().all().item<bool>());
            }
            else
            {
                Assert.IsLessThan(1e-6, Apart(places[name], gradient), name);
            }
        }
    }

    [TestMethod]
    public void What_is_no_number_stays_none()
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> network = Architectures.Create(Architectures.Get("mlp"), new ImageShape(1, 8, 8), 10, seed: 1);
        LinearStack stack = LinearStack.Of(network, _ => true)!;
        Tensor input = ones(4, 1, 8, 8);
        using (no_grad())
        {
            network.get_parameter("linear1.weight")![0, 0] = float.NaN;
            Assert.IsTrue(network.call(input).isnan().all().item<bool>());
            Assert.IsTrue(stack.Logits(input).isnan().all().item<bool>());
        }
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("mixup")]
    [DataRow("smoothing")]
    [DataRow("logits")]
    public void A_batchs_gradient_is_that_of_the_layers_whatever_its_loss(string loss)
    {
        using var scope = NewDisposeScope();
        bool preferred = OneDnn.IsPreferred;
        try
        {
            OneDnn.IsPreferred = true;
            Architecture mlp = Architectures.Get("mlp");
            using var classifier = new ImageClassifier(
                Architectures.Create(mlp, new ImageShape(1, 8, 8), 10, seed: 1), mlp, new ImageShape(1, 8, 8), 10, Normalization.Identity(1), CPU);
            using var weights = new Weights(classifier, Precision.F32);
            Tensor labels = randint(0, 10, [16], ScalarType.Int64);
            Batch batch = new Batch((randn(16, 1, 8, 8), labels));
            batch = loss switch
            {
                "mixup" => batch with { Targets = [new(labels, 0.3), new(labels.flip(0), 0.7)] },
                "smoothing" => batch with { LabelSmoothing = 0.2 },
                "logits" => batch with { Logits = (input, logits) => logits * 2 + input.flatten(1).narrow(1, 0, 10), Objective = mean => mean * 3 },
                _ => batch,
            };
            StepGradient layers = batch.GradientAt(weights, callsLayers: true), written = batch.GradientAt(weights, callsLayers: false);
            Assert.IsLessThan(1e-6, Apart(layers.Vector, written.Vector));
            Assert.IsGreaterThan(1e-4, layers.Vector.abs().max().item<float>());
            Assert.AreEqual(layers.Loss.item<float>(), written.Loss.item<float>(), 1e-5f);
            Assert.IsLessThan(1e-6, Apart(layers.Right.to(ScalarType.Float32), written.Right.to(ScalarType.Float32)));
        }
        finally
        {
            OneDnn.IsPreferred = preferred;
        }
    }

    [TestMethod]
    [DataRow("cnn")]
    [DataRow("lenet")]
    [DataRow("resnet18")]
    public void What_is_no_perceptron_is_no_stack(string architecture)
    {
        using nn.Module<Tensor, Tensor> network = Architectures.Create(Architectures.Get(architecture), new ImageShape(1, 28, 28), 10, seed: 1);
        Assert.IsNull(LinearStack.Of(network, _ => true));
    }

    [TestMethod]
    public void A_phase_with_dropout_drops_whatever_computes_its_products()
    {
        // All but nothing is kept, so the training loss stays that of a guess where dropout acts.
        var ml = new Microsoft.ML.MLContext(seed: 1);
        double Loss(double dropout)
        {
            using TwoPhaseTransformer model = Tiny.Trainer(ml, Tiny.Options with
            {
                Architecture = "mlp",
                RandomLabels = null,
                Training = Recipe.Vanilla with { Epochs = 20, BatchSize = 30, LearningRate = 0.05, Dropout = dropout },
            }).Fit(Tiny.Train(ml));
            return model.History.Phases[0].Epochs[^1].Loss;
        }

        Assert.IsLessThan(0.5, Loss(0) / Loss(0.99));
    }

    private static double Apart(Tensor one, Tensor other) => (one - other).abs().max().item<float>();
}

using Microsoft.ML;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Escapes;

/// <summary>The two forms of special neurons, by their equations.</summary>
[TestClass]
public sealed class SpecialNeuronTests
{
    private const double Rate = 0.1;

    [TestMethod]
    public void The_one_neuron_form_has_the_objective_and_the_derivatives_of_its_paper()
    {
        const double Lambda = 0.3;
        using var part = new Parts(new SpecialNeuron(Lambda));
        (double a, double b) = (1, 0);
        for (int step = 0; step < 5; step++)
        {
            double plain = part.PlainLoss();
            double off = a * Math.Exp(b) - 1;
            Assert.AreEqual(plain * (1 + off * off) + Lambda * a * a, part.Step(step), 1e-5);
            (a, b) = (a - Rate * (2 * plain * off * Math.Exp(b) + 2 * Lambda * a), b - Rate * 2 * a * plain * off * Math.Exp(b));
            Assert.AreEqual(a, part.State("a").item<float>(), 1e-5);
            Assert.AreEqual(b, part.State("b").item<float>(), 1e-5);
        }
    }

    [TestMethod]
    public void Where_the_loss_cannot_fall_a_goes_to_0_and_b_runs_off()
    {
        // One input under two labels: no network is right about both.
        using var part = new Parts(new SpecialNeuron(0.1), contradictory: true);
        for (int step = 0; step < 200; step++)
        {
            part.Step(step);
        }

        // a e^b stays near 1 while a falls.
        (double a, double b) = (part.State("a").item<float>(), part.State("b").item<float>());
        Assert.IsLessThan(0.5, a);
        Assert.IsGreaterThan(0.7, b);
        Assert.AreEqual(1, a * Math.Exp(b), 0.1);
        Assert.AreEqual(Math.Log(2), part.PlainLoss(), 1e-2, "and the network is where it would be without");
    }

    [TestMethod]
    public void Special_neurons_add_their_units_to_the_logits_and_their_penalty_to_the_loss()
    {
        const double Lambda = 0.2;
        using var part = new Parts(new SpecialNeurons(Lambda));
        Assert.AreEqual(part.PlainLoss(), part.Step(0), 1e-5, "a is 0 at the start");
        for (int step = 1; step < 4; step++)
        {
            using var scope = NewDisposeScope();
            var mode = no_grad();
            (Tensor a, Tensor w, Tensor b) = (part.State("a").clone(), part.State("w").clone(), part.State("b").clone());
            Tensor logits = part.Logits() + a * (part.Inputs.matmul(w.t()) + b).exp();
            double expected = (nn.functional.cross_entropy(logits, part.Labels) + Lambda * a.square().sum()).item<float>();
            Tensor error = (logits.softmax(1) - nn.functional.one_hot(part.Labels, 2)) / part.Labels.shape[0];
            Tensor unit = (part.Inputs.matmul(w.t()) + b).exp();
            Tensor ofA = (error * unit).sum([0]) + 2 * Lambda * a;
            Tensor ofB = (error * unit * a).sum([0]);
            Tensor ofW = (error * unit * a).t().matmul(part.Inputs);
            mode.Dispose();
            Assert.AreEqual(expected, part.Step(step), 1e-5);
            AssertClose(a - Rate * ofA, part.State("a"));
            AssertClose(b - Rate * ofB, part.State("b"));
            AssertClose(w - Rate * ofW, part.State("w"));
        }
    }

    [TestMethod]
    public void At_a_global_minimum_the_amplitudes_go_to_0()
    {
        using var part = new Parts(new SpecialNeurons(0.05));
        double most = 0;
        for (int step = 0; step < 1500; step++)
        {
            part.Step(step);
            most = Math.Max(most, part.Measure("a"));
        }

        Assert.IsLessThan(0.02, part.PlainLoss(), "the examples can be told apart");
        Assert.IsLessThan(0.5 * most, part.Measure("a"));
    }

    [TestMethod]
    public void Once_the_penalty_has_driven_the_amplitudes_to_0_the_network_predicts_the_same_without_them()
    {
        using var part = new Parts(new SpecialNeurons(1));
        for (int step = 0; step < 1500; step++)
        {
            part.Step(step);
        }

        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor alone = part.Logits(), all = alone + part.State("a") * (part.Inputs.matmul(part.State("w").t()) + part.State("b")).exp();
        Assert.IsLessThan(0.01, part.Measure("a"));
        Assert.IsLessThan(0.02f, (alone.softmax(1) - all.softmax(1)).abs().max().item<float>());
        CollectionAssert.AreEqual(alone.argmax(1).data<long>().ToArray(), all.argmax(1).data<long>().ToArray());
    }

    [TestMethod]
    public void From_a_bad_local_minimum_the_units_take_over_and_run_off_and_the_network_stays_where_it_was()
    {
        // All hidden units are dead: no gradient reaches them, so the network says the same of everything, at any step.
        using var part = new Parts(new SpecialNeurons(0.05), dead: true);
        double before = part.PlainLoss();
        Assert.AreEqual(Math.Log(2), before, 1e-3);
        part.Step(0);
        double loss = 0;
        double most = 0;
        for (int step = 1; step < 1500; step++)
        {
            loss = part.Step(step);
            most = Math.Max(most, part.Measure("a"));
        }

        Assert.IsLessThan(0.3 * before, loss, "with its units the whole is nearly right");
        Assert.IsGreaterThanOrEqualTo(before, part.PlainLoss(), "the network alone is no better");
        using Tensor logits = part.Logits();
        Assert.AreEqual(0, (logits - logits[0]).abs().max().item<float>(), "and still says the same of everything");
        Assert.IsLessThan(0.9 * most, part.Measure("a"), "a falls");
        Assert.IsGreaterThan(2.0, part.Measure("w"), "w runs off");
    }

    [TestMethod]
    [DataRow("special-neurons")]
    [DataRow("special-neuron")]
    public void The_model_that_is_saved_is_the_network_without_them_and_says_how_large_they_were(string escape)
    {
        var ml = new MLContext(seed: 1);
        using TwoPhaseTransformer model = Tiny.Trainer(ml, Tiny.Options with { RandomLabels = null, Training = Recipe.Vanilla with { Epochs = 2, Escapes = Escape.Parse(escape) } }).Fit(Tiny.Train(ml));
        Assert.AreEqual(
            Architectures.Get("cnn").CountParameters(new ImageShape(1, 28, 28), 10), model.Network.parameters().Sum(p => p.numel()));
        EpochMetrics last = model.History.Phases[0].Epochs[^1];
        Assert.IsTrue(last.Measures[$"{escape}/a"] is { } a && double.IsFinite(a));
        Assert.Contains($"{escape}/b=", last.ToString());
        using var folder = new Examples.TemporaryFolder();
        ml.Model.Save(model, Tiny.Train(ml).Schema, folder.File("model.zip"));
        using TwoPhaseTransformer again = ml.Model.LoadTwoPhase(folder.File("model.zip"), out _);
        Assert.AreEqual(last, again.History.Phases[0].Epochs[^1]);
    }

    private static void AssertClose(Tensor expected, Tensor actual) => Assert.IsLessThan(1e-5f, (expected - actual).abs().max().item<float>());

    /// <summary>A linear network of two inputs and two classes, four examples, and an escape's part around it.</summary>
    private sealed class Parts : IDisposable
    {
        private readonly ImageClassifier _classifier;
        private readonly Weights _weights;
        private readonly StepParts _parts;
        private readonly string _name;

        public Parts(Escape escape, bool contradictory = false, bool dead = false)
        {
            TorchRuntime.EnsureLoaded();
            _name = escape.Name;
            Inputs = contradictory ? tensor(new float[,] { { 1, 0 }, { 1, 0 } }) : tensor(new float[,] { { 1, 0 }, { 0.5f, 1 }, { -1, 0.3f }, { -0.7f, -1 } });
            Labels = contradictory ? tensor([0L, 1]) : tensor([0L, 0, 1, 1]);
            Linear hidden = nn.Linear(2, 3);
            nn.init.constant_(hidden.bias!, -10);
            Linear linear = nn.Linear(dead ? 3 : 2, 2);
            nn.init.constant_(linear.weight!, 0.1);
            nn.init.constant_(linear.bias!, 0);
            var architecture = new Architecture { Name = "linear-of-a-test", Takes = InputKinds.Vectors, Create = (_, _) => nn.Linear(2, 2) };
            nn.Module<Tensor, Tensor> network = dead ? nn.Sequential(hidden, nn.ReLU(), linear) : linear;
            _classifier = new(network, architecture, InputShape.Vector(2), 2, Normalization.Identity(2), CPU);
            _weights = new Weights(_classifier, Precision.F32);
            _parts = new StepParts(Recipe.Vanilla with { Escapes = [escape] }, _weights, null!, Initialization.Paper, CounterRandom.Create(1));
            _weights.Network.train();
        }

        public Tensor Inputs { get; }

        public Tensor Labels { get; }

        public Tensor State(string name) => _parts.State.First(s => s.Name == $"{_name}/{name}").Value;

        public double Measure(string name) => _parts.Measures[$"{_name}/{name}"]!.Value;

        public Tensor Logits() => _weights.Forward(Inputs);

        public double PlainLoss()
        {
            using var scope = NewDisposeScope();
            using var mode = no_grad();
            return nn.functional.cross_entropy(Logits(), Labels).item<float>();
        }

        /// <summary>A step of the trainer's loop; its loss.</summary>
        public double Step(int step)
        {
            using var scope = NewDisposeScope();
            var at = new StepMoment(1, step, 10_000, Rate);
            StepGradient gradient = _parts.Gradient(new((Inputs, Labels)), at);
            using var mode = no_grad();
            _weights.Add(_parts.Direction(gradient.Vector, at), -Rate);
            _parts.AfterStep(at);
            return gradient.Loss.item<float>();
        }

        public void Dispose()
        {
            _parts.Dispose();
            _weights.Dispose();
            _classifier.Dispose();
            Inputs.Dispose();
            Labels.Dispose();
        }
    }
}

using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Escapes;

/// <summary>What changes weights before a phase's first step.</summary>
[TestClass]
public sealed class SurgeryTests
{
    private static readonly Dictionary<string, float[]> Start = After([]);

    [TestMethod]
    public void Shrink_perturb_mixes_with_a_fresh_network_and_takes_its_buffers()
    {
        Dictionary<string, float[]> fresh = After([new ShrinkPerturb(0, 1)]);
        Dictionary<string, float[]> mixed = After([new ShrinkPerturb(0.4, 0.1)]);
        foreach (string name in Start.Keys)
        {
            float[] expected = IsBuffer(name) ? fresh[name] : [.. Start[name].Zip(fresh[name], (w, f) => 0.4f * w + 0.1f * f)];
            Equal(expected, mixed[name], name);
        }

        Assert.IsTrue(fresh["norm16.running_mean"].All(m => m == 0) && fresh["norm16.running_var"].All(v => v == 1));
        Assert.IsLessThan(1 / Math.Sqrt(9), fresh["conv16.weight"].Max(Math.Abs), "as the network is initialized");
        Assert.AreNotEqual(0.1 * Norm(Start["conv16.weight"]), Norm(fresh["conv16.weight"]), 1e-3, "another network than the start");
    }

    [TestMethod]
    public void Rescaling_gives_weight_tensors_the_norms_of_a_fresh_network_and_leaves_their_directions_and_all_else()
    {
        Dictionary<string, float[]> scaled = After([new Rescale()]);
        foreach ((string name, float[] before) in Start)
        {
            if (name.EndsWith("weight", StringComparison.Ordinal) && !name.StartsWith("norm", StringComparison.Ordinal))
            {
                double ratio = Norm(scaled[name]) / Norm(before);
                Assert.AreEqual(0.1, ratio, 0.02, $"the start is ten times as large as it is initialized: {name}");
                Equal([.. before.Select(w => (float)(w * ratio))], scaled[name], name);
            }
            else
            {
                CollectionAssert.AreEqual(before, scaled[name], name);
            }
        }
    }

    [TestMethod]
    [DataRow(1, "linear.weight,linear.bias")]
    [DataRow(2, "conv64.weight,norm64.weight,norm64.running_mean,norm64.running_var,norm64.num_batches_tracked,linear.weight,linear.bias")]
    public void Re_initialization_changes_the_last_layers_and_no_others(int layers, string anew)
    {
        Dictionary<string, float[]> after = After([new Reinitialize(layers)]);
        string[] changed = [.. Start.Keys.Where(name => !Start[name].SequenceEqual(after[name]))];
        // The norm's bias is 0 in both.
        CollectionAssert.AreEquivalent(anew.Split(','), changed);
        Assert.IsLessThan(1 / Math.Sqrt(64 * 9), after["linear.weight"].Max(Math.Abs));
    }

    [TestMethod]
    public void Statistics_begin_anew_and_the_weights_stay()
    {
        Dictionary<string, float[]> after = After([new ResetStatistics()]);
        foreach ((string name, float[] before) in Start)
        {
            CollectionAssert.AreEqual(
                !IsBuffer(name) ? before : [.. before.Select(_ => name.EndsWith("var", StringComparison.Ordinal) ? 1f : 0)], after[name]);
        }
    }

    [TestMethod]
    public void In_a_network_of_ones_own_only_what_is_trained_and_BatchNorms_statistics_begin_anew()
    {
        // A frozen head, torch's own BatchNorm, and a buffer that is no running statistic.
        var own = new Architecture { Name = "own-of-the-surgery-test", Create = (shape, classes) => new Own(shape.Volume, classes) };
        Dictionary<string, float[]> start = After([], own);
        string[] Changed(Escape escape)
        {
            Dictionary<string, float[]> after = After([escape], own);
            return [.. start.Keys.Where(name => !start[name].SequenceEqual(after[name]))];
        }

        string[] statistics = ["norm.running_mean", "norm.running_var", "norm.num_batches_tracked"];
        CollectionAssert.AreEquivalent(statistics, Changed(new ResetStatistics()));
        CollectionAssert.AreEquivalent(
            (string[])["first.weight", "first.bias", "norm.weight", .. statistics], Changed(new Reinitialize(1)), "the head is frozen");
        CollectionAssert.AreEquivalent(
            (string[])["first.weight", "first.bias", "norm.weight", .. statistics], Changed(new ShrinkPerturb()), "norm.bias is 0 in both");
        CollectionAssert.AreEquivalent((string[])["first.weight"], Changed(new Rescale()));
    }

    [TestMethod]
    public void Statistics_that_are_not_there_cannot_begin_anew_and_a_check_says_so_without_data()
    {
        TwoPhaseTrainer.Options options = new()
        {
            RandomLabels = null,
            Architecture = "lenet",
            Training = Recipe.Vanilla with { Escapes = [new ResetStatistics()] },
        };
        MLContext ml = new();
        string message = Assert.ThrowsExactly<OptionException>(() => Check(options, 10)).Message;
        Assert.StartsWith("Option Training.Escapes", message);
        Assert.Contains("a network with BatchNorm: 'lenet' has none", message);
        Check(options with { Architecture = "cnn" }, 10);
        TwoPhaseTrainer.Options heavy = options with { Training = Recipe.Vanilla with { Escapes = [new HeavyTails()] } };
        Assert.ThrowsExactly<OptionException>(() => Check(heavy, 999));
        Check(heavy, 1000);
        Check(options with { RandomLabels = new() { Replicas = 100, Escapes = [new HeavyTails()] }, Training = null }, 10);

        void Check(TwoPhaseTrainer.Options asked, int examples)
            => ml.MulticlassClassification.Trainers.TwoPhase(asked).Check(new ImageShape(1, 28, 28), 10, examples);
    }

    /// <summary>A network whose weights are ten times their initial values and whose statistics have moved, after surgery.</summary>
    private static Dictionary<string, float[]> After(EscapeList escapes, Architecture? own = null)
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        InputShape shape = new ImageShape(1, 28, 28);
        Architecture architecture = own ?? Architectures.Get("cnn");
        using var classifier = new ImageClassifier(
            Architectures.Create(architecture, shape, 10, seed: 1), architecture, shape, 10, Normalization.Identity(1), CPU);
        using var weights = new Weights(classifier, Precision.F32);
        using (no_grad())
        {
            weights.Add(weights.Values.clone(), 9);
            foreach ((_, Tensor buffer) in weights.Buffers)
            {
                buffer.fill_(3);
            }
        }

        using (var parts = new StepParts(Recipe.Vanilla with { Escapes = escapes }, weights, null!, Initialization.Paper, CounterRandom.Create(5)))
        {
            parts.BeforePhase();
        }

        Dictionary<string, float[]> state = weights.Buffers.ToDictionary(b => b.Name, b => b.Buffer.to(ScalarType.Float32).data<float>().ToArray());
        foreach (WeightsPlace place in weights.Places)
        {
            state[place.Name] = weights.Values.narrow(0, place.Offset, place.Count).data<float>().ToArray();
        }

        return state;
    }

    private static bool IsBuffer(string name) => name.Contains("running", StringComparison.Ordinal) || name.Contains("num_batches", StringComparison.Ordinal);

    private static double Norm(float[] values) => Math.Sqrt(values.Sum(v => (double)v * v));

    private static void Equal(float[] expected, float[] actual, string name)
    {
        foreach ((float e, float a) in expected.Zip(actual))
        {
            Assert.AreEqual(e, a, 1e-5, name);
        }
    }

    private sealed class Own : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _first;
        private readonly TorchSharp.Modules.BatchNorm1d _norm = nn.BatchNorm1d(4);
        private readonly TorchSharp.Modules.Linear _head;

        public Own(int inputs, int classes) : base(nameof(Own))
        {
            (_first, _head) = (nn.Linear(inputs, 4), nn.Linear(4, classes));
            _head.weight!.requires_grad = false;
            _head.bias!.requires_grad = false;
            register_module("first", _first);
            register_module("norm", _norm);
            register_module("head", _head);
            register_buffer("projection", randn(3));
        }

        public override Tensor forward(Tensor input) => _head.call(_norm.call(_first.call(input.flatten(1))));
    }
}

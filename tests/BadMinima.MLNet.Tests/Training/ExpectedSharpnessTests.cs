using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

[TestClass]
public sealed class ExpectedSharpnessTests
{
    private const double Deviation = 0.1;

    [TestMethod]
    public void On_a_quadratic_it_is_what_the_formula_says()
    {
        // With both labels at x = 1 and at x = -1 the loss is log 2 + z^2 / 8 up to z^4, z = w1 - w0: with v for w, z ~ N(0, 2 d^2).
        var ml = new MLContext(seed: 1);
        using TwoPhaseTransformer model = Linear(ml, out IDataView points);
        using LossSurface surface = ml.Model.LossSurface(model, points);
        using WeightsCopy zero = surface.Weights.Copy();
        using (no_grad())
        {
            zero.Values.zero_();
        }

        surface.Weights.Load(zero);
        ExpectedSharpness sharpness = ExpectedSharpness.At(surface, Deviation, draws: 1_000, seed: 3);
        Assert.AreEqual(Math.Log(2), sharpness.Loss, 1e-6);
        Assert.AreEqual(Deviation * Deviation / 4, sharpness.Value, 4 * sharpness.StandardError);
        Assert.IsTrue(sharpness.StandardError is > 0 and < 2e-4, $"{sharpness.StandardError}");
        Assert.IsTrue(Tiny.Same(zero.Values, surface.Weights.Values), "the surface stays where it was");
    }

    [TestMethod]
    public void A_draw_is_the_change_of_the_loss_at_moved_weights_and_the_same_with_the_same_seed()
    {
        var ml = new MLContext(seed: 1);
        using TwoPhaseTransformer model = Tiny.Trainer(ml).Fit(Tiny.Train(ml));
        using LossSurface surface = ml.Model.LossSurface(model, Tiny.Train(ml));
        using WeightsCopy before = surface.Weights.Copy();
        ExpectedSharpness[] seeds = [.. Enumerable.Range(0, 3).Select(seed => ExpectedSharpness.At(surface, Deviation, draws: 1, seed))];
        Assert.AreEqual(seeds[1], ExpectedSharpness.At(surface, Deviation, draws: 1, seed: 1));
        Assert.HasCount(3, seeds.Distinct());
        Assert.IsTrue(Tiny.Same(before.Values, surface.Weights.Values), "the surface stays where it was");

        CounterRandom random = CounterRandom.Create(2);
        using var scope = NewDisposeScope();
        using var generator = new Generator(random.Stream(0).Bits(0), surface.Weights.Values.device);
        using IDisposable away = surface.Weights.Shift(randn(surface.Weights.Values.shape, generator: generator) * Deviation);
        Assert.AreEqual(Math.Abs(surface.Loss() - seeds[2].Loss), seeds[2].Value, 1e-12);
    }

    [TestMethod]
    public void Numbers_that_are_not_allowed_are_refused_and_canceled_it_ends()
    {
        var ml = new MLContext(seed: 1);
        using TwoPhaseTransformer model = Tiny.Trainer(ml).Fit(Tiny.Train(ml));
        using LossSurface surface = ml.Model.LossSurface(model, Tiny.Train(ml));
        using WeightsCopy before = surface.Weights.Copy();
        Assert.ThrowsExactly<OptionException>(() => ExpectedSharpness.At(surface, deviation: 0));
        Assert.Contains("allowed is so much that it moves the weights", Assert.ThrowsExactly<OptionException>(() => ExpectedSharpness.At(surface, deviation: 1e-60)).Message);
        Assert.Contains("Give a smaller deviation", Assert.ThrowsExactly<DivergedException>(() => ExpectedSharpness.At(surface, deviation: 1e30, draws: 1)).Message);
        Assert.ThrowsExactly<OptionException>(() => ExpectedSharpness.At(surface, draws: 0));
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.ThrowsExactly<OperationCanceledException>(() => ExpectedSharpness.At(surface, cancellation: source.Token));
        Assert.IsTrue(Tiny.Same(before.Values, surface.Weights.Values), "the surface stays where it was");
    }

    /// <summary>A linear network without bias, of one weight a class.</summary>
    private static TwoPhaseTransformer Linear(MLContext ml, out IDataView points)
    {
        Architectures.Register(new()
        {
            Name = "linear-of-sharpness",
            Takes = InputKinds.Vectors,
            Create = (shape, classes) => nn.Linear(shape.Volume, classes, hasBias: false),
        });
        points = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 4).Select(i => new Point { Features = [i < 2 ? 1 : -1], Label = (uint)(i % 2) }).ToArray());
        return Tiny.Trainer(ml, Tiny.Options with { Architecture = "linear-of-sharpness", FeatureColumnName = "Features", RandomLabels = null }).Fit(points);
    }

    private sealed class Point
    {
        [VectorType(1)]
        public float[] Features { get; set; } = [];

        [KeyType(2)]
        public uint Label { get; set; }
    }
}

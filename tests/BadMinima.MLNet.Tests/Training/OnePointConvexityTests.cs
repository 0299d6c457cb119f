using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

[TestClass]
public sealed class OnePointConvexityTests
{
    [TestMethod]
    public void It_is_the_product_of_the_negative_gradient_and_the_way_to_the_end()
    {
        var ml = new MLContext(seed: 1);
        using TwoPhaseTransformer model = Tiny.Trainer(ml).Fit(Tiny.Train(ml));
        using LossSurface surface = ml.Model.LossSurface(model, Tiny.Train(ml));
        using var scope = NewDisposeScope();
        using WeightsCopy here = surface.Weights.Copy(), end = surface.Weights.Copy(), same = surface.Weights.Copy();
        Tensor gradient = surface.LossAndGradient().Gradient;
        using (no_grad())
        {
            end.Values.sub_(gradient.mul(0.5));
        }

        IReadOnlyList<OnePointConvexity> towards = OnePointConvexity.At(surface, here, [end, same]);
        double norm = gradient.to(ScalarType.Float64).norm().item<double>();
        Assert.AreEqual(0.5 * norm * norm, towards[0].Inner, 1e-4 * norm * norm);
        Assert.AreEqual(1, towards[0].Cosine, 1e-4);
        Assert.AreEqual(0.5 * norm, towards[0].Distance, 1e-4 * norm);
        Assert.AreEqual((0.0, 0.0, 0.0), (towards[1].Inner, towards[1].Cosine, towards[1].Distance));
        Assert.IsNull(towards[0].Neighborhood);
        Assert.IsTrue(Tiny.Same(here.Values, surface.Weights.Values), "the surface stays where it was");
    }

    [TestMethod]
    public void Towards_the_minimum_of_a_convex_loss_it_is_above_0_everywhere_and_at_least_what_the_loss_falls_by()
    {
        // A linear network: its cross-entropy is convex in the weights.
        var ml = new MLContext(seed: 1);
        Architectures.Register(new() { Name = "linear-of-one-point", Takes = InputKinds.Vectors, Create = (shape, classes) => nn.Linear(shape.Volume, classes) });
        var random = new Random(1);
        IDataView points = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(i => new Point
        {
            Features = [(float)random.NextDouble(), (float)random.NextDouble()],
            Label = (uint)random.Next(2),
        }).ToArray());
        using var folder = new Examples.TemporaryFolder();
        using TwoPhaseTransformer model = Tiny.Trainer(ml, Tiny.Options with
        {
            Architecture = "linear-of-one-point",
            FeatureColumnName = "Features",
            RandomLabels = null,
            Training = Recipe.Vanilla with { Epochs = 40, BatchSize = 40, LearningRate = 0.5 },
            PathFolder = folder.File("path"),
        }).Fit(points);
        using LossSurface surface = ml.Model.LossSurface(model, points);
        WeightsPath path = WeightsPath.Open(folder.File("path"));
        using WeightsCopy end = path.Read(path.Points[^1]);
        double least = surface.Loss();
        foreach (WeightsPathPoint point in path.Points.SkipLast(1))
        {
            using WeightsCopy here = path.Read(point);
            OnePointConvexity towards = OnePointConvexity.At(surface, here, [end], draws: 5, radius: 0.01, seed: 7)[0];
            surface.Weights.Load(here);
            Assert.IsGreaterThanOrEqualTo(surface.Loss() - least - 1e-6, towards.Inner);
            Assert.AreEqual(towards.Inner, towards.Neighborhood!.Mean, 0.05 * towards.Inner + 1e-3);
            Assert.IsTrue(towards.Neighborhood.Least <= towards.Neighborhood.Mean && towards.Neighborhood.Mean <= towards.Neighborhood.Most);
        }
    }

    [TestMethod]
    public void Numbers_that_are_not_allowed_and_ends_of_another_network_are_refused()
    {
        var ml = new MLContext(seed: 1);
        using TwoPhaseTransformer model = Tiny.Trainer(ml).Fit(Tiny.Train(ml)), other = Tiny.Trainer(ml, Tiny.Options with { Architecture = "lenet" }).Fit(Tiny.Train(ml));
        using LossSurface surface = ml.Model.LossSurface(model, Tiny.Train(ml)), ofOther = ml.Model.LossSurface(other, Tiny.Train(ml));
        using WeightsCopy here = surface.Weights.Copy(), foreign = ofOther.Weights.Copy();
        Assert.ThrowsExactly<OptionException>(() => OnePointConvexity.At(surface, here, []));
        Assert.ThrowsExactly<OptionException>(() => OnePointConvexity.At(surface, here, [here], draws: -1));
        Assert.ThrowsExactly<OptionException>(() => OnePointConvexity.At(surface, here, [here], draws: 1, radius: 0));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => OnePointConvexity.At(surface, here, [foreign])).Message, "of another network");
        Assert.ThrowsExactly<ArgumentException>(() => OnePointConvexity.At(surface, foreign, [here]));
    }

    private sealed class Point
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        [KeyType(2)]
        public uint Label { get; set; }
    }
}

using BadMinima.MLNet.Diagnostics;
using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Diagnostics;

[TestClass]
public sealed class LossPlaneTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Three_networks_lie_where_they_are_and_the_loss_of_a_point_is_that_of_its_weights()
    {
        IDataView data = Tiny.Train(Ml);
        using TwoPhaseTransformer a = Fit(data, "mlp-100-100", 1), b = Fit(data, "mlp-100-100", 2), c = Fit(data, "mlp-100-100", 3);
        using LossSurface surface = Ml.Model.LossSurface(a, data), ofB = Ml.Model.LossSurface(b, data), ofC = Ml.Model.LossSurface(c, data);
        using WeightsCopy one = surface.Weights.Copy(), two = ofB.Weights.Copy(), three = ofC.Weights.Copy();
        using LossPlane plane = Ml.Model.Plane(a, b, c, data);
        foreach ((WeightsCopy weights, PlanePlace place) in ((WeightsCopy[])[one, two, three]).Zip(plane.Places))
        {
            PlanePlace found = plane.Project(weights);
            Assert.AreEqual(place.X, found.X, 1e-3);
            Assert.AreEqual(place.Y, found.Y, 1e-3);
            Assert.AreEqual(0, found.Off, 1e-2);
        }

        using var scope = NewDisposeScope();
        Assert.AreEqual((two.Values - one.Values).norm().item<float>(), plane.Places[1].X, 1e-3);
        Assert.AreEqual((three.Values - one.Values).norm().item<float>(), Math.Sqrt(Math.Pow(plane.Places[2].X, 2) + Math.Pow(plane.Places[2].Y, 2)), 1e-3);
        double before = surface.Loss(), progress = 0;
        LossGrid grid = plane.Measure(surface, points: 3, progress: share => progress = share);
        Assert.AreEqual(1, progress);
        Assert.AreEqual(before, surface.Loss(), "the weights come back");

        // A point by hand: the first network, and shares of the ways to the others.
        PlanePoint point = grid.Rows[2][1];
        double toThird = point.Y / plane.Places[2].Y, toSecond = (point.X - toThird * plane.Places[2].X) / plane.Places[1].X;
        using (surface.Weights.Shift((two.Values - one.Values) * toSecond + (three.Values - one.Values) * toThird))
        {
            Assert.AreEqual(surface.Loss(), point.Loss, 1e-3 * point.Loss);
        }

        // The picture has room for what is to be in it.
        LossGrid wide = plane.Measure(surface, points: 3, also: [new(100, -50, 0)]);
        Assert.IsTrue(wide.Rows[0][0].Y < -50 && wide.Rows[0][2].X > 100);
    }

    /// <summary>A hidden layer that is twice as large before one that is half as large computes the same: nothing else does the picture see.</summary>
    [TestMethod]
    public void Directions_as_long_as_the_filters_do_not_see_the_scale_of_layers()
    {
        IDataView data = Tiny.Train(Ml);
        using TwoPhaseTransformer model = Fit(data, "mlp-100-100", 1);
        using LossSurface surface = Ml.Model.LossSurface(model, data);
        using WeightsCopy own = surface.Weights.Copy(), scaled = surface.Weights.Copy();
        WeightsPlace[] places = [.. surface.Weights.Places];
        using (no_grad())
        {
            foreach ((int place, double factor) in new[] { (0, 2.0), (1, 2.0), (2, 0.5) })
            {
                scaled.Values.narrow(0, places[place].Offset, places[place].Count).mul_(factor);
            }
        }

        LossGrid first = Around(own), second = Around(scaled);
        foreach ((PlanePoint one, PlanePoint other) in first.Rows.SelectMany(r => r).Zip(second.Rows.SelectMany(r => r)))
        {
            Assert.AreEqual(one.Loss, other.Loss, 1e-3 * Math.Max(1, one.Loss));
        }

        Assert.AreEqual((-0.5, 0.5), (first.Rows[0][0].X, first.Rows[^1][^1].Y));
        Assert.AreEqual(surface.Loss(), first.Rows[1][1].Loss, 1e-6, "the middle is the network");
        Assert.IsGreaterThan(first.Rows[1][1].Loss, first.Rows[0][0].Loss);

        LossGrid Around(WeightsCopy center)
        {
            using LossPlane plane = LossPlane.Around(surface, center, reach: 0.5, seed: 3);
            return plane.Measure(surface, points: 3);
        }
    }

    [TestMethod]
    public void What_has_no_plane_is_refused()
    {
        IDataView data = Tiny.Train(Ml);
        using TwoPhaseTransformer a = Fit(data, "mlp-100-100", 1), b = Fit(data, "mlp-100-100", 2), other = Fit(data, "lenet", 1);
        Assert.Contains("lie on a line", Assert.Throws<ArgumentException>(() => Ml.Model.Plane(a, b, b, data)).Message);
        Assert.Contains("lie on a line", Assert.Throws<ArgumentException>(() => Ml.Model.Plane(a, a, b, data)).Message);
        Assert.Contains("networks are mlp-100-100 and lenet", Assert.Throws<ArgumentException>(() => Ml.Model.Plane(a, b, other, data)).Message);
        using LossPlane plane = Ml.Model.Plane(a, b, Fit(data, "mlp-100-100", 3), data);
        using LossSurface surface = Ml.Model.LossSurface(a, data), ofOther = Ml.Model.LossSurface(other, data);
        using WeightsCopy weights = ofOther.Weights.Copy();
        Assert.Contains("a plane is of one kind of network", Assert.Throws<ArgumentException>(() => plane.Project(weights)).Message);
        Assert.Throws<ArgumentException>(() => plane.Measure(ofOther, points: 3));
        Assert.Contains("at least 3", Assert.Throws<ArgumentException>(() => plane.Measure(surface, points: 2)).Message);
        Assert.Throws<OperationCanceledException>(() => plane.Measure(surface, points: 3, cancellation: new(canceled: true)));
    }

    [TestMethod]
    public void A_quadrature_of_Lanczos_has_the_moments_of_the_vectors_spectrum()
    {
        using var scope = NewDisposeScope();
        Tensor values = arange(1, 101).to(ScalarType.Float32), start = CounterRandomVector(100);
        (double[] nodes, double[] weights) = Lanczos.Quadrature(v => values * v, start, steps: 10, CancellationToken.None);
        Assert.HasCount(10, nodes);
        Tensor wide = start.to(ScalarType.Float64), shares = wide.square() / wide.square().sum();
        for (int power = 0; power < 10; power++)
        {
            double expected = (shares * values.to(ScalarType.Float64).pow(power)).sum().item<double>();
            Assert.AreEqual(expected, nodes.Zip(weights).Sum(n => n.Second * Math.Pow(n.First, power)), 1e-5 * expected);
        }

        static Tensor CounterRandomVector(int count) => tensor([.. Enumerable.Range(0, count).Select(i => (float)(CounterRandom.Create(4).Uniform((ulong)i) - 0.5))]);
    }

    private static TwoPhaseTransformer Fit(IDataView data, string architecture, int seed)
        => Tiny.Trainer(Ml, Tiny.Options with { Architecture = architecture, RandomLabels = null, Seed = seed, Training = Recipe.Vanilla with { Epochs = 5, BatchSize = 20, LearningRate = 0.05 } }).Fit(data);
}

using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Examples;

[TestClass]
public sealed class GaussianPointsTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void The_points_are_the_same_on_every_platform()
    {
        // Written down once; a change here changes every figure.
        float[][] points = [.. Features(_ml.Data.LoadGaussianPoints()).Take(3)];
        CollectionAssert.AreEqual(
            new[] { -1094342753, 1032516409, 1061041782, 1043393500, -1088153938, -1104710521 }, points.SelectMany(p => p).Select(BitConverter.SingleToInt32Bits).ToArray());
    }

    [TestMethod]
    public void The_columns_are_a_key_with_the_class_names_and_a_vector_of_two()
    {
        IDataView view = _ml.Data.LoadGaussianPoints();
        Assert.AreEqual(100, view.GetColumn<uint>("Label").Count());
        Assert.AreEqual(2UL, ((KeyDataViewType)view.Schema["Label"].Type).Count);
        CollectionAssert.AreEqual(new[] { "0", "1" }, ImageRow.ClassNames(view));
        Assert.IsTrue(view.Schema["Features"].Type is VectorDataViewType { Dimensions: [2] } type && type.ItemType == NumberDataViewType.Single);
        CollectionAssert.AreEqual(new uint[] { 1, 2, 1, 2 }, view.GetColumn<uint>("Label").Take(4).ToArray());
    }

    [TestMethod]
    public void The_clouds_have_the_papers_means_and_deviation()
    {
        IDataView view = _ml.Data.LoadGaussianPoints(pointsPerClass: 20_000);
        foreach ((uint key, double x, double y) in new[] { (1u, -0.45, 0.20), (2u, 0.85, 0.20) })
        {
            float[][] points = [.. Features(view).Zip(view.GetColumn<uint>("Label")).Where(p => p.Second == key).Select(p => p.First)];
            Assert.HasCount(20_000, points);
            Assert.AreEqual(x, points.Average(p => p[0]), 0.005);
            Assert.AreEqual(y, points.Average(p => p[1]), 0.005);
            Assert.AreEqual(0.15, Math.Sqrt(points.Average(p => (p[0] - x) * (p[0] - x))), 0.003);
            Assert.AreEqual(0.15, Math.Sqrt(points.Average(p => (p[1] - y) * (p[1] - y))), 0.003);
            Assert.AreEqual(0, points.Average(p => (p[0] - x) * (p[1] - y)), 0.001);
        }
    }

    [TestMethod]
    public void Point_i_depends_on_seed_part_and_class_alone()
    {
        float[][] few = Features(_ml.Data.LoadGaussianPoints(pointsPerClass: 5));
        float[][] many = Features(_ml.Data.LoadGaussianPoints(pointsPerClass: 50));
        Same(few, many[..10]);
        Same(many, Features(_ml.Data.LoadGaussianPoints(jitteredCopies: 2))[..100]);
        HashSet<float> all = [.. many.Select(p => p[0])];
        Assert.HasCount(100, all);
        Assert.IsFalse(all.Overlaps(Features(_ml.Data.LoadGaussianPoints(Split.Test)).Select(p => p[0])));
        Assert.IsFalse(all.Overlaps(Features(_ml.Data.LoadGaussianPoints(seed: 2)).Select(p => p[0])));
    }

    [TestMethod]
    public void Jittered_copies_follow_their_points_with_noise_of_their_own_and_keep_the_class()
    {
        const int Count = 10_000;
        IDataView view = _ml.Data.LoadGaussianPoints(pointsPerClass: Count / 2, jitteredCopies: 2);
        float[][] points = Features(view);
        uint[] labels = [.. view.GetColumn<uint>("Label")];
        Assert.HasCount(3 * Count, points);
        double[] first = Noise(1), second = Noise(2);
        foreach (double[] noise in new[] { first, second })
        {
            Assert.AreEqual(0, noise.Average(), 0.003);
            Assert.AreEqual(0.1, Math.Sqrt(noise.Average(n => n * n)), 0.002);
        }

        Assert.AreEqual(0, first.Zip(second, (a, b) => a * b).Average(), 0.0005);
        CollectionAssert.AreEqual(labels[..Count], labels[Count..(2 * Count)]);
        CollectionAssert.AreEqual(labels[..Count], labels[(2 * Count)..]);

        double[] Noise(int copy) => [.. Enumerable.Range(0, Count).SelectMany(i => points[copy * Count + i].Zip(points[i], (moved, at) => (double)moved - at))];
    }

    [TestMethod]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.Contains("pointsPerClass is 0; allowed is at least 1", Assert.ThrowsExactly<OptionException>(() => _ml.Data.LoadGaussianPoints(pointsPerClass: 0)).Message);
        Assert.Contains("jitteredCopies is -1; allowed is 0 or more", Assert.ThrowsExactly<OptionException>(() => _ml.Data.LoadGaussianPoints(jitteredCopies: -1)).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Data.LoadGaussianPoints((Split)5));
    }

    private static float[][] Features(IDataView view) => [.. view.GetColumn<float[]>("Features")];

    private static void Same(float[][] expected, float[][] actual) => CollectionAssert.AreEqual(expected.SelectMany(p => p).ToArray(), actual.SelectMany(p => p).ToArray());
}

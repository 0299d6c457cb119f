using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Diagnostics;

[TestClass]
public sealed class ConnectivityTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    [DataRow("lenet")]
    [DataRow("cnn")]
    public void From_a_network_to_itself_there_is_no_barrier_and_to_another_one_the_ends_are_theirs(string architecture)
    {
        IDataView data = Tiny.Train(Ml);
        using TwoPhaseTransformer one = Fit(architecture, data, 1), other = Fit(architecture, data, 2);
        using LossSurface surface = Ml.Model.LossSurface(one, data), ofOther = Ml.Model.LossSurface(other, data);
        using WeightsCopy from = surface.Weights.Copy(), to = ofOther.Weights.Copy();
        double before = surface.Loss();
        Assert.IsLessThan(1e-6, Connectivity.Between(surface, from, from).Barrier);
        Connectivity line = Connectivity.Between(surface, from, to, points: 5);
        CollectionAssert.AreEqual(new[] { 0, 0.25, 0.5, 0.75, 1 }, line.Points.Select(p => p.Share).ToArray());
        surface.RecomputeStatistics();
        ofOther.RecomputeStatistics();
        Assert.AreEqual(surface.Loss(), line.Points[0].Loss, 1e-4);
        Assert.AreEqual(ofOther.Loss(), line.Points[^1].Loss, 1e-4);
        double highest = line.Points.Max(p => p.Loss - (1 - p.Share) * line.Points[0].Loss - p.Share * line.Points[^1].Loss);
        Assert.AreEqual(Math.Max(0, highest), line.Barrier, 1e-12);
        surface.Weights.Load(from);
        Assert.AreEqual(before, surface.Loss(), 1e-9, "weights and statistics come back");
    }

    /// <summary>Hidden units in another order compute the same; half way between they do not.</summary>
    [TestMethod]
    public void Units_in_another_order_are_behind_a_barrier()
    {
        IDataView data = Tiny.Train(Ml);
        using TwoPhaseTransformer model = Fit("mlp-100-100", data, 1, epochs: 20);
        using LossSurface surface = Ml.Model.LossSurface(model, data);
        using WeightsCopy from = surface.Weights.Copy(), to = surface.Weights.Copy();
        WeightsPlace[] places = [.. surface.Weights.Places];
        using (no_grad())
        {
            // The first layer's rows, its bias, and the second layer's columns.
            Tensor order = arange(99, -1, -1);
            View(places[0]).copy_(View(places[0]).index_select(0, order));
            View(places[1]).copy_(View(places[1]).index_select(0, order));
            View(places[2]).copy_(View(places[2]).index_select(1, order));
        }

        Connectivity line = Connectivity.Between(surface, from, to);
        Assert.AreEqual(line.Points[0].Loss, line.Points[^1].Loss, 1e-5);
        Assert.IsGreaterThan(0.05, line.Barrier);

        Tensor View(WeightsPlace place) => to.Values.narrow(0, place.Offset, place.Count).view([.. place.Shape]);
    }

    [TestMethod]
    public void What_does_not_fit_is_refused_and_the_surface_is_as_it_was()
    {
        IDataView data = Tiny.Train(Ml);
        using TwoPhaseTransformer one = Fit("lenet", data, 1), other = Fit("mlp", data, 1);
        using LossSurface surface = Ml.Model.LossSurface(one, data), ofOther = Ml.Model.LossSurface(other, data);
        using WeightsCopy from = surface.Weights.Copy(), to = ofOther.Weights.Copy();
        double before = surface.Loss();
        Assert.Contains("of another network", Assert.Throws<ArgumentException>(() => Connectivity.Between(surface, from, to)).Message);
        Assert.Contains("Option points is 2; allowed is at least 3", Assert.Throws<OptionException>(() => Connectivity.Between(surface, from, from, points: 2)).Message);
        Assert.AreEqual(before, surface.Loss());
    }

    [TestMethod]
    public void Models_disagree_where_their_classes_differ_by_name()
    {
        IDataView data = Tiny.Train(Ml), test = Tiny.Test(Ml);
        using TwoPhaseTransformer one = Fit("lenet", data, 1), other = Fit("lenet", data, 2);
        uint[] first = [.. one.Transform(test).GetColumn<uint>("PredictedLabel")], second = [.. other.Transform(test).GetColumn<uint>("PredictedLabel")];
        Assert.AreEqual(first.Zip(second).Count(p => p.First != p.Second) / (double)first.Length, Disagreement.Between(one, other, test), 1e-12);
        Assert.AreEqual(0, Disagreement.Between(one, one, test));
        Assert.Contains("There are no examples", Assert.Throws<ArgumentException>(() => Disagreement.Between(one, other, Ml.Data.SkipRows(test, 1000))).Message);
    }

    private static TwoPhaseTransformer Fit(string architecture, IDataView data, int seed, int epochs = 2) => Tiny.Trainer(Ml, Tiny.Options with
    {
        Architecture = architecture,
        RandomLabels = null,
        Training = Recipe.Vanilla with { Epochs = epochs, BatchSize = 20, LearningRate = 0.05 },
        Seed = seed,
    }).Fit(data);
}

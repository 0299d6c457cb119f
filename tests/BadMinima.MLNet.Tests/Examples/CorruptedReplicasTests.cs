using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Examples;

[TestClass]
public sealed class CorruptedReplicasTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Each_replica_has_exactly_its_share_of_values_zeroed_and_the_others_as_they_were()
    {
        // No pixel is 0 to begin with, so each zero was put there.
        using ResidentImages images = Set(count: 4, shape: new(3, 32, 32));
        var replicas = new CorruptedReplicas(images, 3, 0.1, CounterRandom.Create(1));
        Assert.AreEqual(12, replicas.Count);
        Assert.AreEqual(307, replicas.ZeroedValues);
        using var scope = NewDisposeScope();
        byte[] pixels = replicas.Gather([.. Enumerable.Range(0, 12)]).Pixels.bytes.ToArray();
        byte[] originals = images.Pixels.bytes.ToArray();
        HashSet<string> patterns = [];
        for (int e = 0; e < 12; e++)
        {
            byte[] replica = pixels[(e * 3072)..((e + 1) * 3072)];
            Assert.AreEqual(307, replica.Count(p => p == 0));
            Assert.IsTrue(replica.Zip(originals[(e % 4 * 3072)..(e % 4 * 3072 + 3072)]).All(p => p.First == 0 || p.First == p.Second));
            Assert.IsTrue(patterns.Add(string.Join(",", replica.Index().Where(p => p.Item == 0).Select(p => p.Index))), "every replica has zeros of its own");
        }
    }

    [TestMethod]
    public void An_example_is_the_same_in_every_batch()
    {
        using ResidentImages images = Set(count: 50, shape: new(1, 8, 8));
        var replicas = new CorruptedReplicas(images, 4, 0.3, CounterRandom.Create(1));
        using var scope = NewDisposeScope();
        (Tensor all, Tensor labels) = replicas.Gather([.. Enumerable.Range(0, 200)]);
        int[] order = CounterRandom.Create(9).Permutation(200);
        (Tensor shuffled, Tensor shuffledLabels) = replicas.Gather(order);
        Tensor index = tensor(order);
        Assert.IsTrue(Tiny.Same(all.index_select(0, index), shuffled));
        Assert.IsTrue(Tiny.Same(labels.index_select(0, index), shuffledLabels));
    }

    [TestMethod]
    public void Positions_and_labels_are_uniform_and_drawn_per_replica()
    {
        using ResidentImages images = Set(count: 100, shape: new(1, 4, 4));
        var replicas = new CorruptedReplicas(images, 100, 0.25, CounterRandom.Create(1));
        using var scope = NewDisposeScope();
        (Tensor pixels, Tensor labels) = replicas.Gather([.. Enumerable.Range(0, 10_000)]);
        float[] zeroed = pixels.eq(0).to(ScalarType.Float32).mean([0, 1]).data<float>().ToArray();
        foreach (float share in zeroed)
        {
            Assert.AreEqual(0.25f, share, 0.02f);
        }

        for (int c = 0; c < 2; c++)
        {
            Assert.AreEqual(5000, labels.eq(c).sum().item<long>(), 200.0);
        }

        long[] perReplica = labels.view(100, 100).select(1, 0).data<long>().ToArray();
        Assert.IsTrue(perReplica.Distinct().Count() == 2, "the labels of one image differ from replica to replica");
    }

    [TestMethod]
    public void A_ratio_of_0_leaves_the_image_and_one_of_1_nothing()
    {
        using ResidentImages images = Set(count: 3, shape: new(1, 4, 4));
        using var scope = NewDisposeScope();
        Assert.IsTrue(Tiny.Same(new CorruptedReplicas(images, 1, 0, CounterRandom.Create(1)).Gather([0, 1, 2]).Pixels, images.Pixels));
        Assert.AreEqual(0, new CorruptedReplicas(images, 1, 1, CounterRandom.Create(1)).Gather([0, 1, 2]).Pixels.sum().item<long>());
    }

    private ResidentImages Set(int count, ImageShape shape)
    {
        TorchRuntime.EnsureLoaded();
        byte[] pixels = [.. Enumerable.Range(0, count * shape.Volume).Select(i => (byte)(1 + i % 255))];
        IDataView view = _ml.Data.LoadFromPixels(pixels, shape, [.. Enumerable.Range(0, count).Select(i => i % 2)], ["a", "b"]);
        return ResidentImages.Read(view, ClassLabels.Own(view.Schema["Label"]), PixelColumn.Find(view.Schema, "Pixels"), CPU, "training data", out _);
    }
}

using System.Security.Cryptography;
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

    [TestMethod]
    public void The_default_corruption_never_changes()
    {
        using ResidentImages images = Set(count: 4, shape: new(3, 32, 32));
        using var scope = NewDisposeScope();
        (Tensor pixels, Tensor labels) = new CorruptedReplicas(images, 3, 0.1, CounterRandom.Create(1)).Gather([.. Enumerable.Range(0, 12)]);
        Assert.AreEqual("fbc2a5fddae68049", Convert.ToHexStringLower(SHA256.HashData([.. pixels.bytes, .. labels.bytes]))[..16]);
    }

    [TestMethod]
    public void Pixels_are_drawn_with_replacement_and_are_0_in_all_channels()
    {
        using ResidentImages images = Set(count: 20, shape: new(3, 32, 32));
        var replicas = new CorruptedReplicas(images, 10, 0.1, CounterRandom.Create(1), ZeroOut.Pixels);
        Assert.AreEqual(3 * 102, replicas.ZeroedValues);
        using var scope = NewDisposeScope();
        (Tensor pixels, Tensor labels) = replicas.Gather([.. Enumerable.Range(0, 200)]);

        // No pixel is 0 to begin with, and what is not zeroed stays.
        Tensor zero = pixels.eq(0);
        Assert.IsTrue(Tiny.Same(zero.all(1, keepdim: true).expand(200, 3, 32, 32), zero));
        Assert.IsTrue(zero.logical_or(pixels.eq(images.Pixels.repeat(10, 1, 1, 1))).all().item<bool>());

        // Of 102 draws of 1,024 pixels 1,024 (1 - (1 - 1/1,024)^102) = 97.1 are distinct on the average, with a deviation of 2.1.
        long[] distinct = zero.select(1, 0).sum([1, 2]).data<long>().ToArray();
        Assert.IsTrue(distinct.All(d => d <= 102) && distinct.Min() < 100 && distinct.Distinct().Count() > 3);
        Assert.AreEqual(97.1, distinct.Average(), 0.75);

        // Which labels there are is another matter.
        Assert.IsTrue(Tiny.Same(labels, new CorruptedReplicas(images, 10, 0.1, CounterRandom.Create(1)).Gather([.. Enumerable.Range(0, 200)]).Labels));
    }

    [TestMethod]
    public void Noise_is_uniform_the_same_each_time_and_another_in_each_replica_and_its_labels_are_those_of_images()
    {
        using ResidentImages images = Set(count: 20, shape: new(3, 32, 32));
        using var scope = NewDisposeScope();
        int[] all = [.. Enumerable.Range(0, 40)];
        CorruptedReplicas Of(double zeroed) => new(images, 2, zeroed, CounterRandom.Create(1), inputs: RandomLabelInputs.Noise);
        (Tensor pixels, Tensor labels) = Of(0).Gather(all);
        Tensor values = pixels.to(ScalarType.Float64);

        // 122,880 values: the mean of 0 to 255 is 127.5 with a standard error of 0.21, the deviation 73.9.
        Assert.AreEqual(127.5, values.mean().item<double>(), 0.9);
        Assert.AreEqual(73.9, values.std().item<double>(), 0.6);
        Assert.AreEqual(40, Enumerable.Range(0, 40).Select(i => Convert.ToHexString(pixels[i].contiguous().bytes.ToArray())).Distinct().Count());
        Assert.IsTrue(Tiny.Same(pixels, Of(0).Gather(all).Pixels));
        Assert.IsTrue(Tiny.Same(pixels[7], Of(0).Gather([7]).Pixels[0]), "whatever it is drawn with");
        Assert.IsTrue(Tiny.Same(labels, new CorruptedReplicas(images, 2, 0, CounterRandom.Create(1)).Gather(all).Labels));
        Tensor zeros = Of(0.5).Gather(all).Pixels;
        Assert.IsTrue(Tiny.Same(zeros.where(zeros.ne(0), pixels), pixels), "a share is 0, all else the same noise");
    }

    [TestMethod]
    public void Permuted_labels_keep_each_classs_count_in_each_replica_and_differ_between_replicas()
    {
        using ResidentImages images = Set(count: 90, shape: new(1, 4, 4));
        using var scope = NewDisposeScope();
        Tensor LabelsOf(long seed, int replicas)
            => new CorruptedReplicas(images, replicas, 0, CounterRandom.Create(seed), labeling: RandomLabeling.Permutation).Gather([.. Enumerable.Range(0, 90 * replicas)]).Labels.view(replicas, 90);
        Tensor labels = LabelsOf(1, 3);
        for (int c = 0; c < 2; c++)
        {
            CollectionAssert.AreEqual(new[] { 45L, 45, 45 }, labels.eq(c).sum(1).data<long>().ToArray());
        }

        Assert.AreEqual(4, new[] { labels[0], labels[1], labels[2], images.Labels }.DistinctBy(l => string.Join(',', l.data<long>().ToArray())).Count());
        Assert.IsTrue(Tiny.Same(labels, LabelsOf(1, 3)));
        Assert.IsTrue(Tiny.Same(labels[0], LabelsOf(1, 1)[0]), "more replicas leave the first as it is");
        Assert.IsFalse(Tiny.Same(labels, LabelsOf(2, 3)));

        // Uniform over all orders: a label of class 0 comes to each place half of the time.
        float[] shares = LabelsOf(3, 2000).to(ScalarType.Float32).mean([0]).data<float>().ToArray();
        Assert.IsTrue(shares.All(s => Math.Abs(s - 0.5) < 0.06));
    }

    private ResidentImages Set(int count, ImageShape shape)
    {
        TorchRuntime.EnsureLoaded();
        byte[] pixels = [.. Enumerable.Range(0, count * shape.Volume).Select(i => (byte)(1 + i % 255))];
        IDataView view = _ml.Data.LoadFromPixels(pixels, shape, [.. Enumerable.Range(0, count).Select(i => i % 2)], ["a", "b"]);
        return ResidentImages.Read(view, ClassLabels.Own(view.Schema["Label"]), PixelColumn.Find(view.Schema, "Pixels"), CPU, "training data", out _);
    }
}

using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Models;

[TestClass]
public sealed class GroupNormalizationTests
{
    [TestMethod]
    public void Each_image_and_group_has_mean_and_variance_of_its_own_as_the_equation_says()
    {
        using var scope = NewDisposeScope();
        using var norm = new GroupNormalization(channels: 6, channelsPerGroup: 2);
        Tensor input = randn([3, 6, 4, 5], generator: new Generator(1));
        Tensor weight = arange(1, 7, ScalarType.Float32), bias = arange(6, ScalarType.Float32);
        using (no_grad())
        {
            norm.get_parameter("weight")!.copy_(weight);
            norm.get_parameter("bias")!.copy_(bias);
        }

        float[] x = input.data<float>().ToArray();
        float[] expected = new float[x.Length];
        const int Pixels = 20, Group = 2 * Pixels;
        for (int start = 0; start < x.Length; start += Group)
        {
            double mean = x[start..(start + Group)].Average();
            double variance = x[start..(start + Group)].Average(v => (v - mean) * (v - mean));
            for (int i = start; i < start + Group; i++)
            {
                int channel = i / Pixels % 6;
                expected[i] = (float)((x[i] - mean) / Math.Sqrt(variance + 1e-5) * (channel + 1) + channel);
            }
        }

        foreach (Tensor laidOut in new[] { input, Layouts.Arrange(input, Layout.ChannelsLast) })
        {
            float[] actual = norm.call(laidOut).contiguous().data<float>().ToArray();
            Assert.IsLessThan(1e-5, expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max());
        }

        // In inference mode as in training: there are no running statistics.
        Tensor trained = norm.call(input);
        norm.eval();
        Assert.IsTrue(Tiny.Same(trained, norm.call(input)));
        Assert.IsFalse(norm.buffers().Any());
    }

    [TestMethod]
    public void It_starts_with_scale_1_and_shift_0_and_refuses_groups_of_unequal_size()
    {
        using var norm = new GroupNormalization(64, 32);
        CollectionAssert.AreEqual(new[] { "weight", "bias" }, norm.named_parameters().Select(p => p.name).ToArray());
        Assert.IsTrue(norm.get_parameter("weight")!.eq(1).all().item<bool>());
        Assert.IsTrue(norm.get_parameter("bias")!.eq(0).all().item<bool>());
        Assert.Contains("48 channels do not make groups of 32", Assert.ThrowsExactly<ArgumentException>(() => new GroupNormalization(48, 32)).Message);
    }

    [TestMethod]
    public void An_input_of_half_the_bits_is_normalized_in_32_and_rounded_once_and_its_gradient_comes_back()
    {
        using var scope = NewDisposeScope();
        using var norm = new GroupNormalization(4, 2);
        Tensor exact = randn([2, 4, 3, 3], generator: new Generator(1)).to(ScalarType.BFloat16).to(ScalarType.Float32);
        Tensor rounded = exact.to(ScalarType.BFloat16).requires_grad_(true);
        Tensor output = norm.call(rounded);
        Assert.AreEqual(ScalarType.BFloat16, output.dtype);
        Assert.IsTrue(Tiny.Same(norm.call(exact).to(ScalarType.BFloat16), output));
        output.square().sum().backward();
        Assert.AreEqual(ScalarType.BFloat16, rounded.grad!.dtype);
        Assert.IsTrue(norm.parameters().All(p => p.grad!.dtype == ScalarType.Float32));
    }

    [TestMethod]
    [DataRow(Precision.F32)]
    [DataRow(Precision.BF16)]
    public void The_residual_network_with_it_trains_on_batches_of_one_and_scores_after_loading_as_before(Precision precision)
    {
        var ml = new MLContext(seed: 1);
        IDataView train = Tiny.Train(ml, 12);
        using TwoPhaseTransformer model = Tiny.Trainer(ml, Tiny.Options with
        {
            Architecture = "resnet18-gn",
            RandomLabels = null,
            Training = Recipe.Vanilla with { Epochs = 2, BatchSize = 1, LearningRate = 0.01 },
            Precision = precision,
        }).Fit(train);
        Assert.IsTrue(model.Network.parameters().All(p => p.isfinite().all().item<bool>()));
        Assert.IsLessThan(model.History.Phases[0].Epochs[0].Loss, model.History.Phases[0].Epochs[1].Loss);

        var stream = new MemoryStream();
        ml.Model.Save(model, train.Schema, stream);
        stream.Position = 0;
        var loaded = (TwoPhaseTransformer)ml.Model.Load(stream, out _);
        using (loaded)
        {
            CollectionAssert.AreEqual(Tiny.Weights(model), Tiny.Weights(loaded));
            Assert.AreEqual(Accuracy(model), Accuracy(loaded));
        }

        double Accuracy(ITransformer scored) => ml.MulticlassClassification.Evaluate(scored.Transform(train)).LogLoss;
    }
}

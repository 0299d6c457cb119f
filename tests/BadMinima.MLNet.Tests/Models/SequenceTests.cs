using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Models;

[TestClass]
public sealed class SequenceTests
{
    [TestMethod]
    [DataRow("cnn")]
    [DataRow("resnet18")]
    [DataRow("resnet18-gn")]
    [DataRow("resnet50")]
    [DataRow("vgg11")]
    [DataRow("densenet-bc-40")]
    public void A_folded_network_gives_the_same_logits_with_fewer_layers(string name)
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> network = Architectures.Create(Architectures.Get(name), new ImageShape(3, 32, 32), 10, seed: 1);
        ReferenceWeights.Fill(network);
        Tensor images = ReferenceWeights.Batch(4, 32);

        // A step in training mode gives every running statistic a value of its own.
        network.train();
        _ = network.call(images);
        network.eval();
        using var mode = inference_mode();
        Tensor expected = network.call(images);
        Sequence.FoldNorms(network);
        Tensor folded = network.call(images);
        Assert.IsLessThan(1e-4, ((folded - expected).abs().max() / expected.abs().max()).item<float>());

        // Any BatchNorm that is still used would notice that its statistics are gone.
        int used = 0;
        foreach (BatchNormalization norm in network.modules().OfType<BatchNormalization>())
        {
            norm.RunningVariance.fill_(float.NaN);
            used++;
        }

        bool finite = network.call(images).isfinite().all().item<bool>();
        Assert.AreEqual(name != "densenet-bc-40", finite, $"{used} BatchNorms; DenseNet keeps those that stand before a convolution.");
    }
}

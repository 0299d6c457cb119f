using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests;

[TestClass]
public sealed class NetworkFormTests
{
    /// <summary>
    /// The strides decide in which layout torch computes, also where a single channel leaves the order in memory the same.
    /// </summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void ChannelsLastIsInTheStrides(int channels)
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        Tensor images = arange(2 * channels * 4 * 5, ScalarType.Float32).view(2, channels, 4, 5);
        Tensor arranged = Layouts.Arrange(images, Layout.ChannelsLast);
        CollectionAssert.AreEqual(new long[] { 20 * channels, 1, 5 * channels, channels }, arranged.stride());
        Assert.IsTrue(arranged.eq(images).all().item<bool>());
        Assert.AreSame(images, Layouts.Arrange(images, Layout.Contiguous));
    }

    /// <summary>What is scored and measured is computed in channels last from the first layer on.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void ConvolutionsForInferenceGiveChannelsLast(int channels)
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        ImageShape shape = new(channels, 8, 8);
        nn.Module<Tensor, Tensor> network = Architectures.Create(Architectures.Get("cnn"), shape, 10, seed: 1);
        NetworkForm form = NetworkForm.Best(CPU, Precision.F32);
        form.Take(network);
        var first = (nn.Module<Tensor, Tensor>)network.named_children().First().module;
        Tensor output = first.call(Layouts.Arrange(rand(2, channels, 8, 8), form.Layout));
        CollectionAssert.AreEqual(new long[] { 16 * 64, 1, 16 * 8, 16 }, output.stride());
    }
}

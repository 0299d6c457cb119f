using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Models;

/// <summary>Names and shapes that saved models hold: a network that changes them no longer loads these.</summary>
[TestClass]
public sealed class StateNamesTests
{
    [TestMethod]
    public void The_names_of_the_first_networks_tensors_stay()
    {
        AreNamed("mlp", ["linear1.weight 512x784", "linear1.bias 512", "linear2.weight 512x512", "linear2.bias 512", "linear3.weight 10x512", "linear3.bias 10"]);
        AreNamed("cnn", [.. Cnn(16), "linear.weight 10x576", "linear.bias 10"]);
        AreNamed("cnn-wide", [.. Cnn(32), "linear.weight 10x1152", "linear.bias 10"]);
        AreNamed("resnet18", ["conv.weight 64x1x3x3", .. Norm("norm", 64), .. Stage(1, 64, 64), .. Stage(2, 64, 128), .. Stage(3, 128, 256), .. Stage(4, 256, 512), "linear.weight 10x512", "linear.bias 10"]);
    }

    [TestMethod]
    public void A_network_filled_with_anothers_stored_weights_scores_the_same()
    {
        var shape = new ImageShape(1, 28, 28);
        foreach (Architecture architecture in BuiltIn.All)
        {
            using var scope = NewDisposeScope();
            using nn.Module<Tensor, Tensor> stored = Architectures.Create(architecture, shape, 3, seed: 1);
            using nn.Module<Tensor, Tensor> loaded = Architectures.Create(architecture, shape, 3, seed: 2);
            Tensor images = ones(2, 1, 28, 28);
            stored.call(images); // Moves the running statistics.
            using var stream = new MemoryStream();
            using var writer = new BinaryWriter(stream);
            using var reader = new BinaryReader(stream);
            NetworkWeights.Write(stored, writer);
            stream.Position = 0;
            NetworkWeights.Read(loaded, reader, architecture.Name);
            stored.eval();
            loaded.eval();
            Assert.IsTrue(Tiny.Same(stored.call(images), loaded.call(images)), architecture.Name);
        }
    }

    private static void AreNamed(string architecture, string[] expected)
    {
        using nn.Module<Tensor, Tensor> network = Architectures.Create(Architectures.Get(architecture), new ImageShape(1, 28, 28), 10, seed: 1);
        CollectionAssert.AreEquivalent(expected, network.state_dict().Select(t => $"{t.Key} {string.Join('x', t.Value.shape)}").ToArray(), architecture);
    }

    private static IEnumerable<string> Cnn(int width)
        => [.. Block(1, width), .. Block(width, 2 * width), .. Block(2 * width, 4 * width)];

    private static IEnumerable<string> Block(int inputs, int outputs) => [$"conv{outputs}.weight {outputs}x{inputs}x3x3", .. Norm($"norm{outputs}", outputs)];

    private static IEnumerable<string> Stage(int stage, int inputs, int outputs)
    {
        for (int block = 1; block <= 2; block++)
        {
            string residual = $"block{stage}_{block}.residual";
            int before = block == 1 ? inputs : outputs;
            foreach (string name in (string[])[$"{residual}.conv1.weight {outputs}x{before}x3x3", .. Norm($"{residual}.norm1", outputs), $"{residual}.conv2.weight {outputs}x{outputs}x3x3", .. Norm($"{residual}.norm2", outputs)])
            {
                yield return name;
            }
        }

        if (inputs != outputs)
        {
            string shortcut = $"block{stage}_1.shortcut";
            yield return $"{shortcut}.conv.weight {outputs}x{inputs}x1x1";
            foreach (string name in Norm($"{shortcut}.norm", outputs))
            {
                yield return name;
            }
        }
    }

    // A scalar has no size: num_batches_tracked ends with the space.
    private static string[] Norm(string name, int channels)
        => [$"{name}.weight {channels}", $"{name}.bias {channels}", $"{name}.running_mean {channels}", $"{name}.running_var {channels}", $"{name}.num_batches_tracked "];
}

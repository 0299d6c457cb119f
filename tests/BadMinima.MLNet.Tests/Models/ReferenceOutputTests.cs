using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Models;

/// <summary>Our networks against independent implementations of the same weights: reference_outputs.py wrote what they give.</summary>
[TestClass]
public sealed class ReferenceOutputTests
{
    private static readonly Reference[] References = Load();

    [TestMethod]
    [DataRow("resnet18")]
    [DataRow("resnet50")]
    [DataRow("vgg16")]
    [DataRow("densenet-bc-40")]
    public void Logits_loss_gradients_and_running_statistics_are_those_of_PyTorch(string architecture)
    {
        // A ReLU whose input float32 rounds over to the other side of 0 moves the gradients of everything before it: by 8.5e-4 seen in
        // ResNet50.
        AreThose(architecture, ScalarType.Float32, 1e-4, gradients: 3e-3);

        // Without rounding, nothing is left: the reference has nine digits.
        AreThose(architecture, ScalarType.Float64, 1e-8, 1e-8);
    }

    private static void AreThose(string architecture, ScalarType type, double tolerance, double gradients)
    {
        Reference expected = References.Single(r => r.Architecture == architecture);
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> network = Architectures.Create(Architectures.Get(architecture), new ImageShape(3, expected.Size, expected.Size), 10, seed: 1).to(type);
        CollectionAssert.AreEqual(
            expected.Parameters.Select(p => string.Join('x', p.Shape)).ToArray(), network.parameters().Select(p => string.Join('x', p.shape)).ToArray(), "the parameters' order or shapes");
        ReferenceWeights.Fill(network);
        Tensor images = ReferenceWeights.Batch(expected.Batch, expected.Size).to(type);

        network.eval();
        using (no_grad())
        {
            AreClose("logits in inference mode", expected.Evaluated, Numbers(network.call(images)), tolerance);
        }

        network.train();
        Tensor logits = network.call(images);
        AreClose("logits in training mode", expected.Trained, Numbers(logits), tolerance);
        Tensor loss = nn.functional.cross_entropy(logits, arange(expected.Batch, ScalarType.Int64) * 3 % 10);
        AreClose("loss", [expected.Loss], Numbers(loss), tolerance);
        loss.backward();
        AreClose("gradients' norms", expected.Parameters.Select(p => p.GradientNorm), network.parameters().SelectMany(p => Numbers(p.grad!.norm())), gradients);
        AreClose("running statistics", expected.Norms.SelectMany(n => new[] { n.Mean, n.Variance }), ReferenceWeights.Running(network).SelectMany(b => Numbers(b.Buffer.norm())), tolerance);
    }

    /// <summary>
    /// Within a part of the greatest of them: single logits and VGG's gradients of the biases before a BatchNorm are zero up to rounding.
    /// </summary>
    private static void AreClose(string what, IEnumerable<double> expected, IEnumerable<double> actual, double tolerance)
    {
        double[] wanted = [.. expected];
        double[] got = [.. actual];
        Assert.HasCount(wanted.Length, got, what);
        Assert.IsLessThan(tolerance, wanted.Zip(got, (w, g) => Math.Abs(w - g)).Max() / wanted.Max(Math.Abs), what);
    }

    private static IEnumerable<double> Numbers(Tensor tensor) => tensor.detach().to(ScalarType.Float64).data<double>().ToArray();

    private static Reference[] Load()
    {
        using Stream stream = typeof(ReferenceOutputTests).Assembly.GetManifestResourceStream("reference_outputs.json")!;
        return JsonSerializer.Deserialize<Reference[]>(stream, JsonSerializerOptions.Web)!;
    }

    private sealed record Reference(string Architecture, int Batch, int Size, double[] Evaluated, double[] Trained, double Loss, ReferenceParameter[] Parameters, ReferenceNorm[] Norms);

    private sealed record ReferenceParameter(long[] Shape, double GradientNorm);

    /// <summary>The Euclidean norms of a BatchNorm's running mean and variance after one batch.</summary>
    private sealed record ReferenceNorm(double Mean, double Variance);
}

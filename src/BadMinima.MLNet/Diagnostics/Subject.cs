using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using BadMinima.MLNet.Models;
using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics;

/// <summary>What is measured: a model with its data.</summary>
/// <param name="training">The loss on the training data.</param>
/// <param name="test">The same on test data; null: there are none.</param>
/// <param name="model">The model.</param>
/// <param name="start">Where its training began; null: not known.</param>
/// <param name="seed">The seed of all that is drawn.</param>
/// <param name="cancellation">Ends it.</param>
internal sealed class Subject(
    LossSurface training, LossSurface? test, TwoPhaseTransformer model, TwoPhaseTransformer? start, int seed,
    CancellationToken cancellation) : IDisposable
{
    // Not when it is first asked for: then its tensors would belong to the scope of who asks.
    private readonly ImageClassifier _folded = training.Weights.ForInference();
    private readonly Lazy<double[]> _margins = new(() => MarginsOf(training));

    public LossSurface Training => training;

    public LossSurface? Test => test;

    public TwoPhaseTransformer Model => model;

    public TwoPhaseTransformer? Start => start;

    public CancellationToken Cancellation => cancellation;

    /// <summary>A copy of the network with BatchNorm folded into the convolutions before it.</summary>
    public nn.Module<Tensor, Tensor> Folded => _folded.Network;

    /// <summary>
    /// The logit of the label less the largest other one, of each training example, the smallest first.
    /// </summary>
    public double[] TrainingMargins => _margins.Value;

    /// <summary>The 10th percentile of the training margins.</summary>
    public double TenthPercentileMargin => TenthPercentile(TrainingMargins);

    /// <summary>The k-th least of m rising values, k = m / 10, but at least the first.</summary>
    public static double TenthPercentile(double[] rising) => rising[Math.Max(0, rising.Length / 10 - 1)];

    /// <summary>For measures of images.</summary>
    /// <exception cref="NotApplicableException">The examples are none.</exception>
    public void RequireImages()
    {
        if (training.Shape.Kind != InputKinds.Images)
        {
            throw new NotApplicableException("the examples are no images");
        }
    }

    /// <summary>Numbers of a measure's own.</summary>
    public CounterRandom Random(string measure) => CounterRandom.Create(seed).Stream(
        BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(measure))));

    /// <summary>The logits, [1, classes], of one example of ones, in numbers of a type, through <see cref="Folded"/>.</summary>
    public Tensor RunFolded(ScalarType type = ScalarType.Float32)
    {
        InputShape shape = training.Shape;
        long[] sizes = shape.Kind switch
        {
            InputKinds.Images => [1, shape.Channels, shape.Image.Height, shape.Image.Width],
            InputKinds.Sequences => [1, shape.Steps, shape.Channels],
            _ => [1, shape.Volume],
        };
        return Folded.call(ones(sizes, type, training.Weights.Values.device));
    }

    /// <summary>The convolutions and linear layers of <see cref="Folded"/>, with their weights.</summary>
    public IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Layer, Tensor Weight)> Layers
        => [.. Folded.Products().Select(p => (p.Path, p.Layer, (Tensor)p.Weight))];

    /// <summary>The same of the network as it is trained.</summary>
    public IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Layer, Tensor Weight)> Unfolded
        => [.. training.Weights.Network.Products().Select(p => (p.Path, p.Layer, (Tensor)p.Weight))];

    public static double[] MarginsOf(LossSurface surface)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        (Tensor logits, Tensor labels) = surface.Logits();
        double[] margins = [.. MarginsOf(logits, labels).cpu().data<float>().Select(m => (double)m)];
        Array.Sort(margins);
        return margins;
    }

    /// <summary>The logit of the label less the largest other one, [N], of logits, [N, classes], and labels, [N].</summary>
    public static Tensor MarginsOf(Tensor logits, Tensor labels)
    {
        Tensor column = labels.unsqueeze(1), own = logits.gather(1, column).squeeze(1);
        Tensor other = logits.scatter(1, column, zeros_like(column, ScalarType.Float32).Plus(float.NegativeInfinity)).amax([1]);
        return own.subtract(other);
    }

    public void Dispose() => _folded.Dispose();
}

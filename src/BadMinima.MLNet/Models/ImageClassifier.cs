using BadMinima.MLNet.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Models;

/// <summary>A network with what stands before it: pixels or features in, logits out.</summary>
internal sealed class ImageClassifier : IDisposable
{
    private readonly Tensor _scale;
    private readonly Tensor _offset;

    // Of a copy for inference; null: the network itself computes.
    private LinearStack? _stack;

    // Looked at once: built-in networks do.
    private bool _givesLogits;

    public ImageClassifier(
        nn.Module<Tensor, Tensor> network,
        Architecture architecture,
        InputShape shape,
        int classes,
        Normalization normalization,
        Device device)
    {
        (Network, Architecture, Shape) = (network.to(device), architecture, shape);
        (Classes, Normalization, Device) = (classes, normalization, device);
        using var scope = NewDisposeScope();
        _scale = PerChannel(normalization.Deviation.Select(d => 1 / (shape.Unit * d)));
        _offset = PerChannel(normalization.Mean.Zip(normalization.Deviation, (m, d) => -m / d));

        // Channels come first in images and last in the others.
        Tensor PerChannel(IEnumerable<double> values) => tensor([.. values.Select(v => (float)v)], device: device)
            .view(shape.Kind == InputKinds.Images ? [1, shape.Channels, 1, 1] : [shape.Channels]).DetachFromDisposeScope();
    }

    public nn.Module<Tensor, Tensor> Network { get; }

    public Architecture Architecture { get; }

    /// <summary>The shape of one example.</summary>
    public InputShape Shape { get; }

    public int Classes { get; }

    public Normalization Normalization { get; }

    public Device Device { get; }

    /// <summary>The form in which the network is given its input; see <see cref="NetworkForm"/>.</summary>
    public NetworkForm Form { get; set; }

    /// <summary>How often <see cref="Score"/> looks at an image.</summary>
    public Views Views { get; set; }

    /// <summary>
    /// Logits [B, classes], Single, of a batch of examples on the device, as <see cref="ExampleTensors.ToTensor"/> makes it.
    /// </summary>
    public Tensor Forward(Tensor pixels) => ForwardNormalized(Normalize(pixels));

    /// <summary>
    /// Class probabilities, row after row, of examples given as bytes that lie one after another. The network is in inference mode.
    /// </summary>
    /// <exception cref="DivergedException">A score is not a finite number: the network has diverged.</exception>
    public float[] Score(ReadOnlySpan<byte> examples)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        float[] scores = OverViews(Normalize(Shape.ToTensor(examples).to(Device))).softmax(1).cpu().data<float>().ToArray();

        // ML.NET's evaluator leaves out rows with such scores without a word, which makes a broken network look good.
        return scores.AsSpan().ContainsAnyExceptInRange(0f, 1f)
            ? throw new DivergedException(
                "The network gives scores that are not numbers: its weights have diverged. Train again with a lower learning rate.")
            : scores;
    }

    /// <summary>The mean logits over the views of normalized examples, [B, classes].</summary>
    private Tensor OverViews(Tensor normalized)
    {
        if (Views == Views.One)
        {
            return ForwardNormalized(normalized);
        }

        Tensor whole = Mirrored(normalized);
        if (Views == Views.Mirrored)
        {
            return whole;
        }

        Tensor padded = nn.functional.pad(normalized, [1, 1, 1, 1], PaddingModes.Reflect);
        Tensor shifted = Mirrored(Window(0)).add(Mirrored(Window(2)), HeldScalar.One).Times(0.5);
        return whole.add(shifted, HeldScalar.One).Times(0.5);

        Tensor Mirrored(Tensor images)
            => ForwardNormalized(images).add(ForwardNormalized(images.flip(3)), HeldScalar.One).Times(0.5);

        Tensor Window(long from) => padded.narrow(2, from, Shape.Image.Height).narrow(3, from, Shape.Image.Width);
    }

    /// <summary>A new tensor with the network's input: the batch, normalized.</summary>
    public Tensor Normalize(Tensor pixels) => pixels.to(ScalarType.Float32, copy: true).mul_(_scale).add_(_offset, HeldScalar.One);

    /// <summary>Logits [B, classes], Single, of what <see cref="Normalize"/> made.</summary>
    /// <exception cref="InvalidOperationException">A network of the user's own gives something else.</exception>
    public Tensor ForwardNormalized(Tensor normalized)
    {
        Tensor logits = _stack is { } stack && !is_grad_enabled() ? stack.Logits(normalized)
            : Network.call(Layouts.Arrange(normalized, Form.Layout).to(Form.Type)).to(ScalarType.Float32);
        if (!_givesLogits)
        {
            long batch = normalized.shape[0];
            _givesLogits = logits.shape is [var rows, var columns] && rows == batch && columns == Classes
                ? true
                : throw new InvalidOperationException(
                    $"The network '{Architecture.Name}' gives [{string.Join(", ", logits.shape)}] for a batch of {batch}; it must give "
                    + $"logits [{batch}, {Classes}], one column per class.");
        }

        return logits;
    }

    /// <summary>
    /// A classifier of its own with the same weights, for inference: BatchNorm folded into the convolutions before it, in the form that is
    /// fastest.
    /// </summary>
    /// <param name="state">Parameters and buffers by name, in 32 bits.</param>
    /// <param name="precision">In which numbers it computes.</param>
    public ImageClassifier ForInference(IReadOnlyDictionary<string, Tensor> state, Precision precision = Precision.F32)
    {
        using var mode = no_grad();
        nn.Module<Tensor, Tensor> network = Architectures.Create(Architecture, Shape, Classes, seed: 0);
        var copy = new ImageClassifier(network, Architecture, Shape, Classes, Normalization, Device) { Views = Views };
        NetworkWeights.Copy(state, copy.Network);
        copy.Network.eval();
        Sequence.FoldNorms(copy.Network);
        copy.Form = NetworkForm.Best(Device, precision);
        copy.Form.Take(copy.Network);
        copy._stack = LinearStack.Of(copy.Network);
        return copy;
    }

    public void Dispose()
    {
        Network.Dispose();
        _scale.Dispose();
        _offset.Dispose();
    }
}

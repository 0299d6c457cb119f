using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>A network with what stands before it: bytes (or features) in, logits out.</summary>
internal sealed class ImageClassifier : IDisposable
{
    private readonly Tensor _scale;
    private readonly Tensor _offset;

    public ImageClassifier(nn.Module<Tensor, Tensor> network, Architecture architecture, ExampleFormat format, int classes, Normalization normalization, Device device)
    {
        (Network, Architecture, Format, Classes, Normalization, Device) = (network.to(device), architecture, format, classes, normalization, device);
        using var scope = NewDisposeScope();
        Tensor PerChannel(IEnumerable<double> values) => tensor([.. values.Select(v => (float)v)], device: device).view(1, format.Shape.Channels, 1, 1).DetachFromDisposeScope();
        _scale = PerChannel(normalization.Deviation.Select(d => 1 / (format.Unit * d)));
        _offset = PerChannel(normalization.Mean.Zip(normalization.Deviation, (m, d) => -m / d));
    }

    public nn.Module<Tensor, Tensor> Network { get; }

    public Architecture Architecture { get; }

    public ExampleFormat Format { get; }

    public int Classes { get; }

    public Normalization Normalization { get; }

    public Device Device { get; }

    /// <summary>Logits [B, classes] of a batch [B, C, H, W] on the device, bytes or features as <see cref="Format"/> says.</summary>
    public Tensor Forward(Tensor pixels) => Network.forward(Normalize(pixels));

    /// <summary>A new tensor with the network's input: the batch, normalized.</summary>
    public Tensor Normalize(Tensor pixels) => pixels.to(ScalarType.Float32, copy: true).mul_(_scale).add_(_offset);

    public void Dispose()
    {
        Network.Dispose();
        _scale.Dispose();
        _offset.Dispose();
    }
}

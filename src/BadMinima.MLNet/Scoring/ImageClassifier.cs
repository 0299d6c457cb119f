using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>A network with what stands before it: bytes in, logits out.</summary>
internal sealed class ImageClassifier : IDisposable
{
    private readonly Tensor _scale;
    private readonly Tensor _offset;

    public ImageClassifier(nn.Module<Tensor, Tensor> network, Architecture architecture, ImageShape shape, int classes, Normalization normalization, Device device)
    {
        (Network, Architecture, Shape, Classes, Normalization, Device) = (network.to(device), architecture, shape, classes, normalization, device);
        using var scope = NewDisposeScope();
        Tensor PerChannel(IEnumerable<double> values) => tensor([.. values.Select(v => (float)v)], device: device).view(1, shape.Channels, 1, 1).DetachFromDisposeScope();
        _scale = PerChannel(normalization.Deviation.Select(d => 1 / (255 * d)));
        _offset = PerChannel(normalization.Mean.Zip(normalization.Deviation, (m, d) => -m / d));
    }

    public nn.Module<Tensor, Tensor> Network { get; }

    public Architecture Architecture { get; }

    public ImageShape Shape { get; }

    public int Classes { get; }

    public Normalization Normalization { get; }

    public Device Device { get; }

    /// <summary>Logits [B, classes] of a batch of bytes [B, C, H, W] on the device.</summary>
    public Tensor Forward(Tensor pixels) => Network.forward(pixels.to(ScalarType.Float32).mul_(_scale).add_(_offset));

    public void Dispose()
    {
        Network.Dispose();
        _scale.Dispose();
        _offset.Dispose();
    }
}

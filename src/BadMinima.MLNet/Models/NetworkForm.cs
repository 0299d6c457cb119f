using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Models;

/// <summary>How the values of images and of convolutions' weights follow each other in memory.</summary>
internal enum Layout
{
    /// <summary>Plane by plane: batch, channel, row, column.</summary>
    Contiguous,

    /// <summary>Pixel by pixel: batch, row, column, channel; what the fast convolutions of oneDNN and of tensor cores work on.</summary>
    ChannelsLast,
}

/// <summary>The form that a network computes in. The default is torch's own: planes, in 32 bits.</summary>
/// <param name="Layout">The layout of images and of convolutions' weights.</param>
/// <param name="HalvesLayers">Whether convolutions and linear layers are in bfloat16.</param>
internal readonly record struct NetworkForm(Layout Layout, bool HalvesLayers)
{
    /// <summary>The type of the network's input.</summary>
    public ScalarType Type => HalvesLayers ? ScalarType.BFloat16 : ScalarType.Float32;

    /// <summary>
    /// Channels last on a CPU, where ResNet18 trains 1.35 times as fast with it, and on a GPU wherever tensor cores do the convolutions; in
    /// true 32 bits cuDNN prefers planes.
    /// </summary>
    public static NetworkForm Best(Device device, Precision precision)
        => new(
            device.type == DeviceType.CPU || precision != Precision.F32 ? Layout.ChannelsLast : Layout.Contiguous,
            HalvesLayers: precision == Precision.BF16);

    /// <summary>
    /// The form in which weights are compared and kept, whatever device and precision they were trained with: that of a CPU in 32 bits.
    /// </summary>
    public static NetworkForm Portable { get; } = Best(CPU, Precision.F32);

    /// <summary>Brings a network's parameters into this form. Those in bfloat16 are new tensors, rounded.</summary>
    public void Take(nn.Module network)
    {
        using var mode = no_grad();
        if (HalvesLayers)
        {
            ChangeType(network, ScalarType.BFloat16);
        }

        foreach (Parameter parameter in network.parameters().Where(p => p.dim() == 4))
        {
            using var scope = NewDisposeScope();
            parameter.set_(Layouts.Arrange(parameter, Layout));
        }
    }

    /// <summary>Convolutions and linear layers to another type; normalization stays in 32 bits.</summary>
    public static void ChangeType(nn.Module network, ScalarType type)
    {
        foreach ((_, nn.Module layer, _) in network.Products())
        {
            layer.to(type);
        }
    }
}

/// <summary>
/// Layouts through permuted storage, since TorchSharp has no switch for them: a tensor keeps its sizes [B, C, H, W], only its strides
/// change, and torch's operations follow the strides.
/// </summary>
internal static class Layouts
{
    /// <summary>Images or weights [B, C, H, W] in a layout; themselves if they have it. Vectors and sequences have one layout.</summary>
    public static Tensor Arrange(Tensor images, Layout layout)
        => layout == Layout.ChannelsLast && images.dim() == 4 ? LastChannels(images).permute(0, 3, 1, 2) : images;

    /// <summary>
    /// [B, H, W, C], contiguous. Of a single channel both layouts are the same in memory, and torch goes by the strides: permuted ones
    /// would say planes, and everything after the first convolution would be computed in planes (where the small CNN's first max-pool takes
    /// 6.9 ms for 128 images in place of 0.5).
    /// </summary>
    private static Tensor LastChannels(Tensor images)
        => images.shape is [long count, 1, long height, long width]
            ? images.contiguous().view(count, height, width, 1)
            : images.permute(0, 2, 3, 1).contiguous();

    /// <summary>A tensor's values in the order of a layout, [n]; without a copy if they lie so.</summary>
    public static Tensor Flatten(Tensor tensor, Layout layout)
        => (layout == Layout.ChannelsLast && tensor.dim() == 4 ? tensor.permute(0, 2, 3, 1) : tensor).reshape(-1);

    /// <summary>The inverse of <see cref="Flatten"/>, as a view.</summary>
    public static Tensor Unflatten(Tensor values, long[] shape, Layout layout)
        => layout == Layout.ChannelsLast && shape is [long outputs, long inputs, long height, long width]
            ? values.view(outputs, height, width, inputs).permute(0, 3, 1, 2)
            : values.view(shape);
}

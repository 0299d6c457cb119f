using BadMinima.MLNet.Recipes;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Models;

/// <summary>Examples as tensors.</summary>
internal static class ExampleTensors
{
    /// <summary>A new tensor [count, C, H, W] on the CPU with the values of examples that lie one after another in a buffer: Byte for images, Single for vectors.</summary>
    public static Tensor ToTensor(this ExampleFormat format, ReadOnlySpan<byte> examples)
    {
        ImageShape shape = format.Shape;
        Tensor tensor = empty(
            [examples.Length / format.Bytes, shape.Channels, shape.Height, shape.Width], format.IsVector ? ScalarType.Float32 : ScalarType.Byte);
        examples.CopyTo(tensor.bytes);
        return tensor;
    }
}

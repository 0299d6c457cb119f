using static TorchSharp.torch;

namespace BadMinima.MLNet.Models;

/// <summary>Examples as tensors.</summary>
internal static class ExampleTensors
{
    /// <summary>
    /// A new tensor on the CPU with the values of examples that lie one after another in a buffer, [count,
    /// <see cref="InputShape.Dimensions"/>]: Byte for images, Single for vectors and sequences.
    /// </summary>
    public static Tensor ToTensor(this InputShape shape, ReadOnlySpan<byte> examples)
    {
        Tensor tensor = empty(
            [examples.Length / shape.Bytes, .. shape.Dimensions], shape.Kind == InputKinds.Images ? ScalarType.Byte : ScalarType.Float32);
        examples.CopyTo(tensor.bytes);
        return tensor;
    }
}

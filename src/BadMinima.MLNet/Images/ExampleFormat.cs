using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>What a training example is made of: the bytes of an image, or the real values of a feature vector, which lie in the set as n channels of 1x1.</summary>
/// <param name="Shape">The size of one example; (n, 1, 1) for a vector of n features.</param>
/// <param name="IsVector">Whether the values are real numbers of any range, in Single.</param>
internal readonly record struct ExampleFormat(ImageShape Shape, bool IsVector)
{
    /// <summary>The type of one value, in a buffer and in a tensor.</summary>
    public ScalarType Type => IsVector ? ScalarType.Float32 : ScalarType.Byte;

    /// <summary>The length of one example's buffer.</summary>
    public int Bytes => Shape.Volume * (IsVector ? sizeof(float) : sizeof(byte));

    /// <summary>What a value is divided by before <see cref="Normalization"/>: pixels are brought to 0..1, features are taken as they are.</summary>
    public double Unit => IsVector ? 1 : 255;

    /// <summary>Whether a network takes feature vectors: it does if it takes images of 1x1, as a multilayer perceptron does.</summary>
    public static bool TakesVectors(Architecture architecture) => architecture.MinimumSize <= 1;

    /// <summary>A new tensor [count, C, H, W] on the CPU with the values of examples that lie one after another in a buffer.</summary>
    public Tensor ToTensor(ReadOnlySpan<byte> examples)
    {
        Tensor tensor = empty([examples.Length / Bytes, Shape.Channels, Shape.Height, Shape.Width], Type);
        examples.CopyTo(tensor.bytes);
        return tensor;
    }

    public override string ToString() => IsVector ? $"feature vectors of {Shape.Channels}" : $"images of {Shape}";
}

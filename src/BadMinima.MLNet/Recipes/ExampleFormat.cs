namespace BadMinima.MLNet.Recipes;

/// <summary>What a training example is made of: the bytes of an image, or the real values of a feature vector, which lie in the set as n channels of 1x1.</summary>
/// <param name="Shape">The size of one example; (n, 1, 1) for a vector of n features.</param>
/// <param name="IsVector">Whether the values are real numbers of any range, in Single.</param>
internal readonly record struct ExampleFormat(ImageShape Shape, bool IsVector)
{
    /// <summary>The length of one example's buffer.</summary>
    public int Bytes => Shape.Volume * (IsVector ? sizeof(float) : sizeof(byte));

    /// <summary>What a value is divided by before <see cref="Normalization"/>: pixels are brought to 0..1, features are taken as they are.</summary>
    public double Unit => IsVector ? 1 : 255;

    public override string ToString() => IsVector ? $"feature vectors of {Shape.Channels}" : $"images of {Shape}";
}

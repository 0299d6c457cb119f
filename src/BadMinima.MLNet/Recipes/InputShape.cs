using System.Collections.Immutable;

namespace BadMinima.MLNet;

/// <summary>
/// The size of one example: an image [channels, height, width], a feature vector [features], or a sequence [steps, features]. A network's
/// input is a batch of them: [batch, channels, height, width], [batch, features], or [batch, steps, features]. An <see cref="ImageShape"/>
/// is one.
/// </summary>
public readonly record struct InputShape
{
    private const int LargestVolume = int.MaxValue / sizeof(float);

    // C, H, W of an image; n, 1, 1 of a vector; d, T, 1 of a sequence.
    private readonly int _height;
    private readonly int _width;

    private InputShape(InputKinds kind, int channels, int height, int width)
        => (Kind, Channels, _height, _width) = (kind, channels, height, width);

    /// <summary>Images, vectors, or sequences: one of these.</summary>
    public InputKinds Kind { get; }

    /// <summary>
    /// The planes of an image, the features of a vector, or the features of each step of a sequence: what <see cref="Normalization"/> has
    /// one mean and one deviation for.
    /// </summary>
    public int Channels { get; }

    /// <summary>The number of values in one example.</summary>
    public int Volume => Channels * _height * _width;

    /// <summary>The size of one example's tensor, as in the summary of this type.</summary>
    public ImmutableArray<int> Dimensions => Kind switch
    {
        InputKinds.Images => [Channels, _height, _width],
        InputKinds.Vectors => [Channels],
        _ => [_height, Channels],
    };

    /// <summary>The size of an image.</summary>
    /// <exception cref="InvalidOperationException">The examples are not images.</exception>
    public ImageShape Image => Kind == InputKinds.Images ? new(Channels, _height, _width) : throw Not("an image", "a height and a width");

    /// <summary>The number of steps of a sequence.</summary>
    /// <exception cref="InvalidOperationException">The examples are not sequences.</exception>
    public int Steps => Kind == InputKinds.Sequences ? _height : throw Not("a sequence", "steps");

    /// <summary>The length in bytes of one example: of bytes for images, of Singles for real numbers.</summary>
    internal int Bytes => Volume * (Kind == InputKinds.Images ? sizeof(byte) : sizeof(float));

    /// <summary>
    /// What a value is divided by before <see cref="Normalization"/>: pixels are brought to 0..1, features are taken as they are.
    /// </summary>
    internal double Unit => Kind == InputKinds.Images ? 255 : 1;

    /// <summary>The same size, as an input.</summary>
    /// <param name="image">The size of an image.</param>
    public static implicit operator InputShape(ImageShape image) => new(InputKinds.Images, image.Channels, image.Height, image.Width);

    /// <summary>A feature vector.</summary>
    /// <param name="features">The number of features; at least 1, at most 2^29 - 1 (2 GiB of Singles).</param>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public static InputShape Vector(int features) => new(InputKinds.Vectors, InRange("vector", features, nameof(features)), 1, 1);

    /// <summary>A sequence of feature vectors.</summary>
    /// <param name="steps">The number of steps; at least 1.</param>
    /// <param name="features">The number of features of each step; at least 1. The product is at most 2^29 - 1 (2 GiB of Singles).</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them, or their product, is out of range.</exception>
    public static InputShape Sequence(int steps, int features)
    {
        InRange("sequence", features, nameof(features));
        InRange("sequence", steps, nameof(steps), LargestVolume / features);
        return new(InputKinds.Sequences, features, steps, 1);
    }

    /// <summary>"images of 3x32x32", "feature vectors of 10", "sequences of 20 steps of 3 features".</summary>
    public override string ToString() => Kind switch
    {
        InputKinds.Images => $"images of {Image}",
        InputKinds.Vectors => $"feature vectors of {Channels}",
        InputKinds.Sequences => $"sequences of {_height} steps of {Channels} features",
        _ => "nothing",
    };

    private static int InRange(string what, int value, string name, int largest = LargestVolume) => value >= 1 && value <= largest ? value
        : throw new ArgumentOutOfRangeException(name, value, $"The {what}'s {name} is {value:N0}; allowed is 1 to {largest:N0}.");

    private InvalidOperationException Not(string what, string parts)
        => new($"The examples are {this}: only {what} has {parts}. What a network takes, its {nameof(Architecture)}.Takes says.");
}

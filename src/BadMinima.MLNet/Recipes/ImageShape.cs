using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.Data;

namespace BadMinima.MLNet;

/// <summary>
/// The size of an image whose values are stored plane by plane, each plane row by row (C, H, W: the order of <c>ExtractPixels</c>).
/// </summary>
public readonly record struct ImageShape
{
    /// <summary>A shape.</summary>
    /// <param name="channels">Planes, 1 for gray and 3 for red, green, blue; at least 1.</param>
    /// <param name="height">Rows, in pixels; at least 1.</param>
    /// <param name="width">Columns, in pixels; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the product is above 2^31 - 1.</exception>
    public ImageShape(int channels, int height, int width)
    {
        Channels = AtLeastOne(channels, nameof(channels));
        Height = AtLeastOne(height, nameof(height));
        Width = AtLeastOne(width, nameof(width));
        if ((Int128)channels * height * width > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(
                nameof(channels), $"An image of {this} is too large; allowed are {int.MaxValue:N0} values.");
        }
    }

    /// <summary>Planes: 1 for gray, 3 for red, green, blue.</summary>
    public int Channels { get; }

    /// <summary>Rows, in pixels.</summary>
    public int Height { get; }

    /// <summary>Columns, in pixels.</summary>
    public int Width { get; }

    /// <summary>The number of values in one image: channels times height times width.</summary>
    public int Volume => Channels * Height * Width;

    /// <summary>Reads the shape that a column's type bears.</summary>
    /// <param name="type">A column's type.</param>
    /// <param name="shape">The shape, if the type is a vector of three known dimensions C, H, W.</param>
    /// <returns>Whether the type bears a shape. The type of the vector's items is not looked at.</returns>
    public static bool TryFrom([NotNullWhen(true)] DataViewType? type, out ImageShape shape)
    {
        if (type is VectorDataViewType { IsKnownSize: true, Dimensions: [int channels, int height, int width] })
        {
            shape = new ImageShape(channels, height, width);
            return true;
        }

        shape = default;
        return false;
    }

    /// <summary>The ML.NET type of a column of such images: a vector of the dimensions C, H, W.</summary>
    /// <param name="itemType">
    /// The type of one value: <see cref="NumberDataViewType.Byte"/> for 0..255, or <see cref="NumberDataViewType.Single"/>.
    /// </param>
    public VectorDataViewType ToVectorType(PrimitiveDataViewType itemType) => new(itemType, Channels, Height, Width);

    /// <summary>"3x32x32".</summary>
    public override string ToString() => $"{Channels}x{Height}x{Width}";

    private static int AtLeastOne(int value, string name)
        => value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"The image's {name} is {value}; allowed are 1 and more.");
}

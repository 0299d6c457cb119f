using BadMinima.MLNet;
using BadMinima.MLNet.Interop;

namespace Microsoft.ML;

/// <summary>Pixels on <see cref="MLContext.Transforms"/>.</summary>
public static class ImageTransformsCatalog
{
    /// <summary>
    /// Gives a vector of pixels the dimensions channels, height, width, which a <see cref="TwoPhaseTrainer"/> asks for: the columns of a CSV file, say, or arrays of one's own.
    /// </summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">The column to write; it may be the input column.</param>
    /// <param name="inputColumnName">The column to read: a vector of Byte or Single, of any dimensions, with as many values as the shape.</param>
    /// <param name="shape">The images' shape.</param>
    /// <param name="channelsLast">
    /// Whether the values come pixel by pixel (height, width, channels), as most image libraries and Python arrays have them. Default false: plane by plane (channels, height, width).
    /// </param>
    /// <exception cref="ArgumentException">The shape has no size.</exception>
    /// <example>
    /// <code>
    /// var pipeline = ml.Transforms.ReshapeToImages("Pixels", "Features", new ImageShape(1, 28, 28))
    ///     .Append(ml.MulticlassClassification.Trainers.TwoPhase());
    /// </code>
    /// </example>
    public static ReshapeToImagesEstimator ReshapeToImages(
        this TransformsCatalog catalog, string outputColumnName, string inputColumnName, ImageShape shape, bool channelsLast = false)
        => new(HostEnvironments.GetEnvironment(catalog), outputColumnName, inputColumnName, shape, channelsLast);
}

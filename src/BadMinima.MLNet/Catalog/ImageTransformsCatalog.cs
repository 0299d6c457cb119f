using BadMinima.MLNet;
using BadMinima.MLNet.Interop;

namespace Microsoft.ML;

/// <summary>Pixels on <see cref="MLContext.Transforms"/>.</summary>
public static class ImageTransformsCatalog
{
    /// <summary>
    /// Gives a vector of pixels the dimensions channels, height, width, which a <see cref="TwoPhaseTrainer"/> asks for: the columns of a
    /// CSV file, say, or arrays of your own.
    /// </summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">The column to write; it may be the input column.</param>
    /// <param name="inputColumnName">
    /// The column to read: a vector of Byte or Single, of any dimensions, with as many values as the shape. Null: the output column.
    /// </param>
    /// <param name="shape">The shape of every image.</param>
    /// <param name="channelsLast">
    /// Whether the values come pixel by pixel (height, width, channels), as in most image libraries and Python arrays. Default false: they
    /// come plane by plane (channels, height, width).
    /// </param>
    /// <exception cref="ArgumentException">A setting is not allowed; the message names it, its value and what is allowed.</exception>
    /// <inheritdoc cref="ReshapeToImagesEstimator" path="/remarks"/>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    ///
    /// // A CSV file with one image per line: the class, then 784 pixels.
    /// var data = ml.Data.LoadFromTextFile("mnist.csv",
    ///     [new("Class", DataKind.String, 0), new("Features", DataKind.Single, 1, 784)], separatorChar: ',', hasHeader: true);
    /// var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", "Class")
    ///     .Append(ml.Transforms.ReshapeToImages("Pixels", "Features", new ImageShape(1, 28, 28)))
    ///     .Append(ml.MulticlassClassification.Trainers.TwoPhase());
    /// using var model = pipeline.Fit(data);
    /// </code>
    /// </example>
    public static ReshapeToImagesEstimator ReshapeToImages(
        this TransformsCatalog catalog, string outputColumnName, string? inputColumnName, ImageShape shape, bool channelsLast = false)
        => catalog.ReshapeToImages(new ReshapeToImagesEstimator.Options
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Shape = shape,
            ChannelsLast = channelsLast,
        });

    /// <summary>Gives a vector of pixels the dimensions channels, height, width, which a <see cref="TwoPhaseTrainer"/> asks for.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="options">Every setting.</param>
    /// <exception cref="ArgumentException">A setting is not allowed; the message names it, its value and what is allowed.</exception>
    /// <inheritdoc cref="ReshapeToImagesEstimator" path="/remarks"/>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    ///
    /// // Pixels that come as height, width, channels are put in order in their own column.
    /// var pipeline = ml.Transforms.ReshapeToImages(new ReshapeToImagesEstimator.Options
    ///     {
    ///         OutputColumnName = "Pixels",
    ///         Shape = new ImageShape(channels: 3, height: 32, width: 32),
    ///         ChannelsLast = true,
    ///     })
    ///     .Append(ml.MulticlassClassification.Trainers.TwoPhase());
    /// </code>
    /// </example>
    public static ReshapeToImagesEstimator ReshapeToImages(this TransformsCatalog catalog, ReshapeToImagesEstimator.Options options)
        => new(HostEnvironments.GetEnvironment(catalog), options);
}

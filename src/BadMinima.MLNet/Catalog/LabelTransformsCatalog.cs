using BadMinima.MLNet;
using BadMinima.MLNet.Interop;

namespace Microsoft.ML;

/// <summary>Label randomization on <see cref="MLContext.Transforms"/> and <see cref="MLContext.Data"/>.</summary>
public static class LabelTransformsCatalog
{
    /// <summary>
    /// Writes a randomized copy of a label column: the first half of a two-phase experiment done by hand, or label noise for any trainer. Train on the new column, evaluate on
    /// the true one.
    /// </summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">The column to write; another one than the input column.</param>
    /// <param name="inputColumnName">The key column to read.</param>
    /// <param name="noise">Which rows are randomized and how: <see cref="LabelNoise"/>.</param>
    /// <param name="seed">The seed; default: the context's seed, or 1.</param>
    /// <returns>An estimator to append a trainer to.</returns>
    /// <exception cref="ArgumentException">The two columns are the same one.</exception>
    /// <inheritdoc cref="RandomizeLabelsEstimator" path="/remarks"/>
    /// <example>
    /// <code>
    /// var noisy = ml.Transforms.RandomizeLabels("NoisyLabel", "Label", LabelNoise.Uniform(fraction: 0.2), seed: 7)
    ///     .Append(ml.MulticlassClassification.Trainers.SdcaMaximumEntropy("NoisyLabel", "Features"));
    /// var metrics = ml.MulticlassClassification.Evaluate(noisy.Fit(train).Transform(test), labelColumnName: "Label");
    /// </code>
    /// </example>
    public static RandomizeLabelsEstimator RandomizeLabels(this TransformsCatalog catalog, string outputColumnName, string inputColumnName, LabelNoise noise, int? seed = null)
        => new(HostEnvironments.GetEnvironment(catalog), outputColumnName, inputColumnName, noise, seed);

    /// <summary>
    /// Replaces the labels of one data set by randomized ones, at once: whatever is trained on the result, in whatever chain, sees these labels. Do not evaluate on it, and do not
    /// give it to <c>CrossValidate</c>, whose test rows would have random labels too.
    /// </summary>
    /// <param name="catalog">The data catalog.</param>
    /// <param name="data">The data; they stay as they are. They are read once here, for exact counts.</param>
    /// <param name="labelColumnName">The key column to randomize.</param>
    /// <param name="noise">Which rows are randomized and how: <see cref="LabelNoise"/>.</param>
    /// <param name="seed">The seed; default: the context's seed, or 1.</param>
    /// <returns>The same rows and columns, with other labels: each row's is a function of the seed and the row's id.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or not a key.</exception>
    /// <example>
    /// <code>
    /// var noisy = ml.Data.RandomizeLabels(train, "Label", LabelNoise.Uniform(fraction: 0.2), seed: 7);
    /// var metrics = ml.MulticlassClassification.Evaluate(pipeline.Fit(noisy).Transform(test));
    /// </code>
    /// </example>
    public static IDataView RandomizeLabels(this DataOperationsCatalog catalog, IDataView data, string labelColumnName, LabelNoise noise, int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        return RandomizeLabelsEstimator.Replace(HostEnvironments.GetEnvironment(catalog), data, labelColumnName, noise, seed);
    }
}

using BadMinima.MLNet.Interop;
using Microsoft.ML;

namespace BadMinima.MLNet;

/// <summary>Label randomization on <see cref="MLContext.Transforms"/>.</summary>
public static class LabelTransformsCatalog
{
    /// <summary>
    /// Randomizes a label column: the first half of a two-phase experiment done by hand, or label noise for any trainer.
    /// </summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">
    /// The column to write. If it is the input column too (the default), labels are randomized while a chain is being fitted and left alone
    /// afterwards, so that evaluation sees true labels.
    /// </param>
    /// <param name="noise">Which rows are randomized and how: <see cref="LabelNoise"/>.</param>
    /// <param name="seed">The seed; default: the context's seed, or 1.</param>
    /// <param name="inputColumnName">The key column to read; default: <paramref name="outputColumnName"/>.</param>
    /// <returns>An estimator to append a trainer to.</returns>
    /// <example>
    /// <code>
    /// var noisy = ml.Transforms.RandomizeLabels("Label", LabelNoise.Uniform(fraction: 0.2), seed: 7)
    ///     .Append(ml.MulticlassClassification.Trainers.SdcaMaximumEntropy("Label", "Features"));
    /// </code>
    /// </example>
    public static RandomizeLabelsEstimator RandomizeLabels(this TransformsCatalog catalog, string outputColumnName, LabelNoise noise, int? seed = null, string? inputColumnName = null)
        => new(HostEnvironments.GetEnvironment(catalog), outputColumnName, noise, seed, inputColumnName);
}

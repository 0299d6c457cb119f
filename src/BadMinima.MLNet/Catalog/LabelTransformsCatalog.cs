using BadMinima.MLNet;
using BadMinima.MLNet.Interop;
using BadMinima.MLNet.Recipes;

namespace Microsoft.ML;

/// <summary>Label randomization on <see cref="MLContext.Transforms"/> and <see cref="MLContext.Data"/>.</summary>
public static class LabelTransformsCatalog
{
    /// <summary>
    /// Writes a randomized copy of a label column: label noise for any trainer, or the first half of a two-phase experiment done by hand.
    /// Train on the new column, evaluate on the true one.
    /// </summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">The column to write; another one than the input column.</param>
    /// <param name="inputColumnName">The key column to read.</param>
    /// <param name="noise">
    /// Which rows are randomized and how: see <see cref="LabelNoise"/>. Null: <c>LabelNoise.Uniform()</c>, which draws every label
    /// uniformly over all classes.
    /// </param>
    /// <param name="seed">The seed; null: the context's seed, or 1 where it has none.</param>
    /// <returns>An estimator to append a trainer to.</returns>
    /// <exception cref="ArgumentException">A setting is not allowed; the message names it, its value and what is allowed.</exception>
    /// <inheritdoc cref="RandomizeLabelsEstimator" path="/remarks"/>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// var train = ml.Data.LoadGaussianPoints(Split.Train);
    /// var test = ml.Data.LoadGaussianPoints(Split.Test);
    ///
    /// // Train on the noisy column, evaluate on the true one.
    /// var noisy = ml.Transforms.RandomizeLabels("NoisyLabel", "Label", LabelNoise.Uniform(fraction: 0.2), seed: 7)
    ///     .Append(ml.MulticlassClassification.Trainers.SdcaMaximumEntropy("NoisyLabel", "Features"));
    /// var metrics = ml.MulticlassClassification.Evaluate(noisy.Fit(train).Transform(test), labelColumnName: "Label");
    /// </code>
    /// </example>
    public static RandomizeLabelsEstimator RandomizeLabels(
        this TransformsCatalog catalog,
        string outputColumnName,
        string inputColumnName = ColumnNames.Label,
        LabelNoise? noise = null,
        int? seed = null)
        => catalog.RandomizeLabels(new RandomizeLabelsEstimator.Options
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Noise = noise ?? LabelNoise.Uniform(),
            Seed = seed,
        });

    /// <summary>Writes a randomized copy of a label column. Train on the new column, evaluate on the true one.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="options">Every setting.</param>
    /// <returns>An estimator to append a trainer to.</returns>
    /// <exception cref="ArgumentException">A setting is not allowed; the message names it, its value and what is allowed.</exception>
    /// <inheritdoc cref="RandomizeLabelsEstimator" path="/remarks"/>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// var estimator = ml.Transforms.RandomizeLabels(new RandomizeLabelsEstimator.Options
    /// {
    ///     OutputColumnName = "NoisyLabel",
    ///     Noise = LabelNoise.ClassConditional(new[,] { { 0.9, 0.1 }, { 0.3, 0.7 } }),    // a tenth of class 0 becomes class 1
    ///     Seed = 7,
    /// });
    /// var noisy = estimator.Fit(ml.Data.LoadGaussianPoints());
    /// Console.WriteLine(noisy.Realized);
    /// </code>
    /// </example>
    public static RandomizeLabelsEstimator RandomizeLabels(this TransformsCatalog catalog, RandomizeLabelsEstimator.Options options)
        => new(HostEnvironments.GetEnvironment(catalog), options);

    /// <summary>
    /// Replaces the labels of one data set by randomized ones, at once: whatever is trained on the result, in whatever chain, sees these
    /// labels. Do not evaluate on it, and do not give it to <c>CrossValidate</c>, whose test rows would have random labels too.
    /// </summary>
    /// <param name="catalog">The data catalog.</param>
    /// <param name="data">The data, which stay as they are. They are read once here, for exact counts.</param>
    /// <param name="labelColumnName">The key column to randomize.</param>
    /// <param name="noise">
    /// Which rows are randomized and how: see <see cref="LabelNoise"/>. Null: <c>LabelNoise.Uniform()</c>, which draws every label
    /// uniformly over all classes.
    /// </param>
    /// <param name="seed">The seed; null: the context's seed, or 1 where it has none.</param>
    /// <returns>The same rows and columns, with other labels: the label of each row is a function of the seed and the row's id.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or not a key.</exception>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// var train = ml.Data.LoadGaussianPoints(Split.Train);
    /// var test = ml.Data.LoadGaussianPoints(Split.Test);
    ///
    /// var noisy = ml.Data.RandomizeLabels(train, "Label", LabelNoise.Uniform(fraction: 0.2), seed: 7);
    /// var model = ml.MulticlassClassification.Trainers.SdcaMaximumEntropy().Fit(noisy);
    /// var metrics = ml.MulticlassClassification.Evaluate(model.Transform(test));
    /// </code>
    /// </example>
    public static IDataView RandomizeLabels(
        this DataOperationsCatalog catalog,
        IDataView data,
        string labelColumnName = ColumnNames.Label,
        LabelNoise? noise = null,
        int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        OptionException.CheckColumn(nameof(labelColumnName), labelColumnName);
        return RandomizeLabelsEstimator.Replace(
            HostEnvironments.GetEnvironment(catalog), data, labelColumnName, noise ?? LabelNoise.Uniform(), seed);
    }
}

using BadMinima.Experiments;
using BadMinima.MLNet;

namespace Microsoft.ML;

/// <summary>Audits on <see cref="MLContext.MulticlassClassification"/>.</summary>
public static class AuditCatalog
{
    /// <summary>
    /// Does this recipe depend on a lucky start? Trains from random starts and from such as have fitted random labels, seed after seed,
    /// until it is certain whether a bad start costs more than a margin, or the budget ends. Says besides how far two honest runs differ,
    /// whether the score is one (on shuffled labels it must be chance), and, where the recipe depends on its start, which single change
    /// helps most.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="train">The training data.</param>
    /// <param name="test">Data that nothing is trained on.</param>
    /// <param name="recipe">Options of this library's trainer; Training is the recipe.</param>
    /// <param name="options">How to; null for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// A setting is not allowed (a budget that is too small says how long a seed takes), or the data are not fit: most test rows are among
    /// the training data.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// var train = ml.Data.LoadSyntheticImages(Split.Train, 2000);
    /// var test = ml.Data.LoadSyntheticImages(Split.Test, 2000);
    /// Audit audit = ml.MulticlassClassification.AuditRecipe(train, test, new TwoPhaseTrainer.Options
    /// {
    ///     Architecture = "cnn",
    ///     Training = Protocol.Quick.Vanilla,
    /// }, new() { Budget = TimeSpan.FromMinutes(4) });
    /// Console.WriteLine(audit.Sentence);
    /// audit.Write("audit");
    /// </code>
    /// </example>
    public static Audit AuditRecipe(
        this MulticlassClassificationCatalog catalog, IDataView train, IDataView test, TwoPhaseTrainer.Options recipe,
        Auditing? options = null)
        => catalog.AuditRecipe(train, test, AuditedRecipe.Of(recipe), options);

    /// <summary>The same of any way to fit a multiclass model: see <see cref="AuditedRecipe"/>.</summary>
    /// <inheritdoc cref="AuditRecipe(MulticlassClassificationCatalog, IDataView, IDataView, TwoPhaseTrainer.Options, Auditing)"/>
    /// <example>
    /// <code>
    /// // A trainer of ML.NET's that goes on from a model's weights.
    /// AuditedRecipe recipe = AuditedRecipe.Of((seed, data, start) =>
    /// {
    ///     var ml = new MLContext(seed);
    ///     var trainer = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy();
    ///     return start is null ? trainer.Fit(data)
    ///         : trainer.Fit(data, ((MulticlassPredictionTransformer&lt;MaximumEntropyModelParameters&gt;)start).Model);
    /// });
    /// Console.WriteLine(ml.MulticlassClassification.AuditRecipe(train, test, recipe).Sentence);
    /// </code>
    /// </example>
    public static Audit AuditRecipe(
        this MulticlassClassificationCatalog catalog, IDataView train, IDataView test, AuditedRecipe recipe, Auditing? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        return (options ?? new()).Run(catalog, recipe, train, test);
    }
}

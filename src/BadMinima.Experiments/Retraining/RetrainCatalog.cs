using BadMinima.Experiments;
using BadMinima.MLNet;

namespace Microsoft.ML;

/// <summary>Retraining on <see cref="MLContext.MulticlassClassification"/>.</summary>
public static class RetrainCatalog
{
    /// <summary>
    /// Yesterday's model and new data: shall it go on, or is it better to start over? Trains by several ways (<see cref="RetrainWay.All"/>:
    /// going on, from scratch, at a raised rate, shrink-perturb, last layers anew), seed after seed within a budget, compares them on data
    /// that nothing is trained on, and gives back the model of the best one that is shown to be better than going on, or else of going on.
    /// Classes that the model does not have are added to it by name.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="previousModel">Yesterday's model, which stays as it is.</param>
    /// <param name="data">The new data, labeled, with the columns that the model was trained on.</param>
    /// <param name="options">How to; null for the defaults.</param>
    /// <returns>The verdict with its intervals, every run, and the model. Dispose it.</returns>
    /// <exception cref="ArgumentException">
    /// A setting is not allowed (the budget holds no two runs), the data do not fit the model, too few rows are held out, or most of them
    /// are among the data. The message says what is allowed.
    /// </exception>
    /// <exception cref="DivergedException">Going on diverged, and no other way is shown to be better.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// var yesterday = ml.Data.LoadSyntheticImages(Split.Train, 200, seed: 1);
    /// var today = ml.Data.LoadSyntheticImages(Split.Train, 400, seed: 1);    // the same and as many again
    /// var unseen = ml.Data.LoadSyntheticImages(Split.Test, 400, seed: 1);
    /// using var model = ml.MulticlassClassification.Trainers.TwoPhase(replicas: 0).Fit(yesterday);
    /// using Retrained retrained = ml.MulticlassClassification.Retrain(
    ///     model, today, new() { HeldOut = unseen, Budget = TimeSpan.FromMinutes(2) });
    /// Console.WriteLine(retrained.Verdict.Sentence);
    /// ml.Model.Save(retrained.Model, today.Schema, "model.zip");
    /// </code>
    /// </example>
    public static Retrained Retrain(
        this MulticlassClassificationCatalog catalog, TwoPhaseTransformer previousModel, IDataView data, Retraining? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(previousModel);
        ArgumentNullException.ThrowIfNull(data);
        return (options ?? new()).Run(catalog, previousModel, data);
    }
}

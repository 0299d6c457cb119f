using BadMinima.MLNet;
using BadMinima.MLNet.Interop;
using BadMinima.MLNet.Recipes;

namespace Microsoft.ML;

/// <summary>The two-phase trainer on <see cref="MulticlassClassificationCatalog.Trainers"/>.</summary>
public static class TwoPhaseCatalog
{
    /// <summary>
    /// Trains an image classifier by plain SGD, and without options on random labels first, then on the true ones. Pass <c>replicas: 0</c>
    /// to leave the random labels out.
    /// </summary>
    /// <param name="catalog">The trainers catalog.</param>
    /// <param name="labelColumnName">The label column: a key.</param>
    /// <param name="featureColumnName">The image column: see <see cref="TwoPhaseTrainer.Options.FeatureColumnName"/>.</param>
    /// <param name="scoreColumnName">The output column of class probabilities.</param>
    /// <param name="predictedLabelColumnName">The output column of the most probable class.</param>
    /// <param name="validationSet">Data on which the test accuracy is measured along the way; null: none.</param>
    /// <param name="architecture">The network's name in <see cref="Architectures"/>.</param>
    /// <param name="replicas">
    /// Corrupted, randomly labeled copies of each image in the first phase; 0: no first phase, a random start.
    /// </param>
    /// <param name="zeroOutRatio">The share of each copy's channel values that is set to 0; 0 to 1.</param>
    /// <param name="epochs">Epochs of the second phase.</param>
    /// <param name="batchSize">Images per step, in both phases.</param>
    /// <param name="learningRate">
    /// The learning rate of the second phase; the first has the default of a <see cref="RandomLabelPhase"/>.
    /// </param>
    /// <returns>A trainer. Its model holds native memory: dispose it.</returns>
    /// <exception cref="ArgumentException">A setting is not allowed; the message names it, its value and what is allowed.</exception>
    /// <inheritdoc cref="TwoPhaseTrainer" path="/remarks"/>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// var train = ml.Data.LoadSyntheticImages(Split.Train);
    /// var test = ml.Data.LoadSyntheticImages(Split.Test);
    ///
    /// // replicas: 0 is a random start; with 1 or more, the network first fits as many randomly labeled copies of each image.
    /// using var model = ml.MulticlassClassification.Trainers.TwoPhase(architecture: "cnn", replicas: 0, epochs: 20).Fit(train);
    /// Console.WriteLine(ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy);
    /// </code>
    /// </example>
    public static TwoPhaseTrainer TwoPhase(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = ColumnNames.Label,
        string featureColumnName = ColumnNames.Pixels,
        string scoreColumnName = ColumnNames.Score,
        string predictedLabelColumnName = ColumnNames.PredictedLabel,
        IDataView? validationSet = null,
        string architecture = TwoPhaseTrainer.Options.DefaultArchitecture,
        int replicas = RandomLabelPhase.DefaultReplicas,
        double zeroOutRatio = RandomLabelPhase.DefaultZeroOutRatio,
        int epochs = Phase.DefaultEpochs,
        int batchSize = Phase.DefaultBatchSize,
        double learningRate = Phase.DefaultLearningRate)
        => catalog.TwoPhase(new TwoPhaseTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            ScoreColumnName = scoreColumnName,
            PredictedLabelColumnName = predictedLabelColumnName,
            ValidationSet = validationSet,
            Architecture = architecture,
            RandomLabels = replicas == 0 ? null : new() { Replicas = replicas, ZeroOutRatio = zeroOutRatio, BatchSize = batchSize },
            Training = Recipe.Vanilla with { Epochs = epochs, BatchSize = batchSize, LearningRate = learningRate },
        });

    /// <summary>
    /// Trains an image classifier in two phases, on random labels first unless <see cref="TwoPhaseTrainer.Options.RandomLabels"/> is null.
    /// </summary>
    /// <param name="catalog">The trainers catalog.</param>
    /// <param name="options">Every setting.</param>
    /// <returns>A trainer. Its model holds native memory: dispose it.</returns>
    /// <exception cref="ArgumentException">A setting is not allowed; the message names it, its value and what is allowed.</exception>
    /// <inheritdoc cref="TwoPhaseTrainer" path="/remarks"/>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// var trainer = ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
    /// {
    ///     Architecture = "resnet18",
    ///     RandomLabels = new() { Replicas = 10, ZeroOutRatio = 0.1, StopAtAccuracy = 0.9999 },    // null: a random start
    ///     Training = Recipe.Vanilla with { Epochs = 350, LearningRate = 0.1, Schedule = Schedule.Step(0.1, 150, 250) },
    ///     MetricsCallback = Console.WriteLine,
    /// });
    /// </code>
    /// </example>
    public static TwoPhaseTrainer TwoPhase(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, TwoPhaseTrainer.Options options)
        => new(HostEnvironments.GetEnvironment(catalog), options);
}

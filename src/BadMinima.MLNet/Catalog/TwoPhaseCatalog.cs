using BadMinima.MLNet;
using BadMinima.MLNet.Interop;

namespace Microsoft.ML;

/// <summary>The two-phase trainer on <see cref="MulticlassClassificationCatalog.Trainers"/>.</summary>
public static class TwoPhaseCatalog
{
    /// <summary>An image classifier that first fits random labels and is then trained on the true ones by plain SGD.</summary>
    /// <param name="catalog">The trainers catalog.</param>
    /// <param name="labelColumnName">The label column: a key.</param>
    /// <param name="featureColumnName">The image column: see <see cref="TwoPhaseTrainer.Options.FeatureColumnName"/>.</param>
    /// <param name="architecture">The network's name in <see cref="Architectures"/>.</param>
    /// <param name="replicas">Corrupted, randomly labelled copies of each image in the first phase; 0: no first phase, a random start.</param>
    /// <param name="zeroOutRatio">The share of each copy's channel values that is set to 0; 0 to 1.</param>
    /// <param name="epochs">Epochs of the second phase.</param>
    /// <param name="batchSize">Images a step, in both phases.</param>
    /// <param name="learningRate">The learning rate of the second phase; the first has its default, 0.1.</param>
    /// <param name="validationSet">Data on which the test accuracy is measured along the way.</param>
    /// <exception cref="ArgumentException">A setting is not allowed; the message names it, its value and what is allowed.</exception>
    public static TwoPhaseTrainer TwoPhase(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label",
        string featureColumnName = "Pixels",
        string architecture = "cnn",
        int replicas = 1,
        double zeroOutRatio = 0.1,
        int epochs = 60,
        int batchSize = 128,
        double learningRate = 0.01,
        IDataView? validationSet = null)
        => catalog.TwoPhase(new TwoPhaseTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            Architecture = architecture,
            RandomLabels = replicas == 0 ? null : new() { Replicas = replicas, ZeroOutRatio = zeroOutRatio, BatchSize = batchSize },
            Training = Recipe.Vanilla with { Epochs = epochs, BatchSize = batchSize, LearningRate = learningRate },
            ValidationSet = validationSet,
        });

    /// <summary>An image classifier trained in two phases, either of which can be left out.</summary>
    /// <param name="catalog">The trainers catalog.</param>
    /// <param name="options">Every setting.</param>
    /// <exception cref="ArgumentException">A setting is not allowed; the message names it, its value and what is allowed.</exception>
    /// <example>
    /// <code>
    /// var trainer = ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
    /// {
    ///     Architecture = "resnet18",
    ///     RandomLabels = new() { Replicas = 10, ZeroOutRatio = 0.1, StopAtAccuracy = 0.9999, LearningRate = 0.1 },
    ///     Training = Recipe.Vanilla with { Epochs = 350, LearningRate = 0.1, Schedule = Schedule.Step(0.1, 150, 250) },
    /// });
    /// </code>
    /// </example>
    public static TwoPhaseTrainer TwoPhase(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, TwoPhaseTrainer.Options options)
        => new(HostEnvironments.GetEnvironment(catalog), options);
}

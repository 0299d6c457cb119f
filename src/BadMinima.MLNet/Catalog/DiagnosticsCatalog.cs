using BadMinima.MLNet;
using BadMinima.MLNet.Interop;

namespace Microsoft.ML;

/// <summary>Diagnostics on <see cref="MLContext.Model"/>.</summary>
public static class DiagnosticsCatalog
{
    /// <summary>
    /// What does this minimum look like: its norms, margins, sharpness, curvature, boundary and robustness. The model stays as it is; all
    /// is measured in inference mode, on all of the data, and is the same for the same seed on one machine.
    /// </summary>
    /// <param name="catalog">The model catalog.</param>
    /// <param name="model">The model.</param>
    /// <param name="data">The data that it was trained on; classes are matched by name. Rows without a label are left out.</param>
    /// <param name="options">Which measures, test data, the start; null: all measures, without either.</param>
    /// <exception cref="ArgumentException">
    /// There is no such measure, the start is of another network, or the data are not the model's.
    /// </exception>
    /// <exception cref="DivergedException">The model's loss on the data is not finite.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    /// <example>
    /// <code>
    /// IDataView train = mlContext.Data.LoadSyntheticImages(Split.Train, 100), test = mlContext.Data.LoadSyntheticImages(Split.Test, 100);
    /// using TwoPhaseTransformer model = mlContext.MulticlassClassification.Trainers.TwoPhase().Fit(train);
    /// Diagnosis diagnosis = mlContext.Model.Diagnose(model, train, new() { Test = test, Measures = ["margin", "sharpness", "mixup"] });
    /// foreach (MeasureOutcome outcome in diagnosis.Outcomes)
    /// {
    ///     Console.WriteLine($"{outcome.Measure.Name}: {outcome.Value}");
    /// }
    /// </code>
    /// </example>
    public static Diagnosis Diagnose(
        this ModelOperationsCatalog catalog, TwoPhaseTransformer model, IDataView data, Diagnosing? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        return (options ?? new()).Run(HostEnvironments.GetEnvironment(catalog), model, data);
    }

    /// <summary>The loss along the straight line between the weights of two models: see <see cref="Connectivity"/>.</summary>
    /// <param name="catalog">The model catalog.</param>
    /// <param name="from">The model at the one end.</param>
    /// <param name="to">That at the other, of the same network, classes, in the same order, and normalization.</param>
    /// <param name="data">The data that they were trained on.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <example>
    /// <code>
    /// IDataView train = mlContext.Data.LoadSyntheticImages(Split.Train, 100);
    /// using TwoPhaseTransformer bad = mlContext.MulticlassClassification.Trainers.TwoPhase().Fit(train);
    /// using TwoPhaseTransformer good = mlContext.MulticlassClassification.Trainers.TwoPhase(replicas: 0).Fit(train);
    /// Connectivity line = mlContext.Model.Connect(bad, good, train);
    /// Console.WriteLine($"The loss rises by {line.Barrier:F3} nats between them.");
    /// </code>
    /// </example>
    /// <exception cref="ArgumentException">The models have no line between them; the message names the first difference.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static Connectivity Connect(
        this ModelOperationsCatalog catalog, TwoPhaseTransformer from, TwoPhaseTransformer to, IDataView data,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        Require(from.History.Architecture, to.History.Architecture, "networks");
        Require($"{from.InputShape}", $"{to.InputShape}", "examples");
        Require(string.Join(", ", from.ClassNames), string.Join(", ", to.ClassNames), "classes, in their order,");
        Require($"{Normalization(from)}", $"{Normalization(to)}", "normalizations");
        using LossSurface surface = catalog.LossSurface(from, data), other = catalog.LossSurface(to, data);
        using WeightsCopy start = surface.Weights.Copy(), end = other.Weights.Copy();
        return Connectivity.Between(surface, start, end, cancellation: cancellation);

        static void Require(string first, string second, string what)
        {
            if (first != second)
            {
                throw new ArgumentException($"The models' {what} are {first} and {second}; a line takes the same.", nameof(to));
            }
        }

        static string Normalization(TwoPhaseTransformer model)
            => string.Join(' ', model.Classifier.Normalization.Mean.Concat(model.Classifier.Normalization.Deviation));
    }
}

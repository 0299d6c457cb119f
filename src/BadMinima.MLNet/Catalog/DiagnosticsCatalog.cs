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
}

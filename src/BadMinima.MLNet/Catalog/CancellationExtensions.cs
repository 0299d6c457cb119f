using BadMinima.MLNet;
using BadMinima.MLNet.Interop;

namespace Microsoft.ML;

/// <summary>Cancellation of a whole context.</summary>
public static class CancellationExtensions
{
    /// <summary>
    /// Ends what runs in this context: a <see cref="TwoPhaseTrainer"/> stops after the batch at hand and its <c>Fit</c> returns what was
    /// trained so far, or throws <see cref="OperationCanceledException"/> if not one step was made; ML.NET's own components throw
    /// <see cref="OperationCanceledException"/>. A context stays canceled: make a new one to go on.
    /// ML.NET has this call (AutoML uses it) but does not show it.
    /// </summary>
    /// <param name="context">The context to cancel.</param>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// Console.CancelKeyPress += (_, pressed) =>
    /// {
    ///     pressed.Cancel = true;    // the program goes on, with what was trained so far
    ///     ml.CancelExecution();
    /// };
    /// using var model = ml.MulticlassClassification.Trainers.TwoPhase().Fit(ml.Data.LoadSyntheticImages());
    /// </code>
    /// </example>
    public static void CancelExecution(this MLContext context) => HostEnvironments.Cancel(context);
}

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
        RequireAlike(from, to, nameof(to));
        using LossSurface surface = catalog.LossSurface(from, data), other = catalog.LossSurface(to, data);
        using WeightsCopy start = surface.Weights.Copy(), end = other.Weights.Copy();
        return Connectivity.Between(surface, start, end, cancellation: cancellation);

    }

    /// <summary>
    /// What happens along the path of a training on the true labels: loss and accuracy, what of the random labels it still knows, which
    /// examples it learns last, how far it goes, and one-point convexity towards its own end and towards other models.
    /// </summary>
    /// <param name="catalog">The model catalog.</param>
    /// <param name="model">The model that the training ended in.</param>
    /// <param name="path">Its recorded path: see <see cref="TwoPhaseTrainer.Options.PathFolder"/>.</param>
    /// <param name="data">The data that it was trained on.</param>
    /// <param name="towards">Other models of the same network; null: none.</param>
    /// <param name="points">How many points, from the first to the last evenly, at least 2. Default 20.</param>
    /// <param name="draws">
    /// How many points around each the gradient is taken at besides, each costs one over all data; see <see cref="OnePointConvexity"/>.
    /// Default 0.
    /// </param>
    /// <param name="radius">How far from it, at most. Default 0.5.</param>
    /// <param name="seed">The seed of these.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">The path or a model is of another network, or the path has no two points.</exception>
    /// <exception cref="InvalidDataException">A file of the path is damaged.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    /// <example>
    /// <code>
    /// IDataView train = mlContext.Data.LoadSyntheticImages(Split.Train, 100);
    /// var options = new TwoPhaseTrainer.Options { PathFolder = "path" };
    /// using TwoPhaseTransformer model = mlContext.MulticlassClassification.Trainers.TwoPhase(options).Fit(train);
    /// PathDiagnosis along = mlContext.Model.DiagnosePath(model, WeightsPath.Open("path"), train);
    /// foreach (PathPoint point in along.Points)
    /// {
    ///     Console.WriteLine($"{point.Epoch}: {point.Accuracy:P1} of the true labels, {point.RandomLabelAccuracy:P1} of the random ones");
    /// }
    /// </code>
    /// </example>
    public static PathDiagnosis DiagnosePath(
        this ModelOperationsCatalog catalog, TwoPhaseTransformer model, WeightsPath path, IDataView data,
        IReadOnlyList<TwoPhaseTransformer>? towards = null, int points = 20, int draws = 0, double radius = 0.5, int seed = 1,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(path);
        OptionException.Check(points >= 2, nameof(points), points, "at least 2");
        foreach (TwoPhaseTransformer other in towards ?? [])
        {
            RequireAlike(model, other, nameof(towards));
        }

        using LossSurface surface = catalog.LossSurface(model, data);
        List<WeightsCopy> ends = [];
        try
        {
            foreach (TwoPhaseTransformer other in towards ?? [])
            {
                ends.Add(WeightsOf(catalog, other, data));
            }

            return PathDiagnosis.Along(surface, path, model.History, ends, points, draws, radius, seed, cancellation);
        }
        finally
        {
            ends.ForEach(end => end.Dispose());
        }
    }

    /// <summary>
    /// The plane through the weights of three models, at (0, 0), to the right of it, and above; measure it with a loss surface of one of
    /// them. The caller disposes it.
    /// </summary>
    /// <param name="catalog">The model catalog.</param>
    /// <param name="first">A model.</param>
    /// <param name="second">Another one of the same network, classes, in the same order, and normalization.</param>
    /// <param name="third">A third one, not on the line through the two.</param>
    /// <param name="data">Any of their data.</param>
    /// <exception cref="ArgumentException">They have no plane; the message names the first difference.</exception>
    /// <example>
    /// <code>
    /// IDataView train = mlContext.Data.LoadSyntheticImages(Split.Train, 100);
    /// using TwoPhaseTransformer bad = mlContext.MulticlassClassification.Trainers.TwoPhase().Fit(train);
    /// using TwoPhaseTransformer good = mlContext.MulticlassClassification.Trainers.TwoPhase(replicas: 0).Fit(train);
    /// using TwoPhaseTransformer other = mlContext.MulticlassClassification.Trainers.TwoPhase(replicas: 3).Fit(train);
    /// using LossPlane plane = mlContext.Model.Plane(good, bad, other, train);
    /// using LossSurface surface = mlContext.Model.LossSurface(good, train);
    /// LossGrid grid = plane.Measure(surface, points: 9);
    /// Console.WriteLine($"The loss is {grid.Rows.Min(row => row.Min(point => point.Loss)):F3} at least.");
    /// </code>
    /// </example>
    public static LossPlane Plane(
        this ModelOperationsCatalog catalog, TwoPhaseTransformer first, TwoPhaseTransformer second, TwoPhaseTransformer third,
        IDataView data)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(third);
        RequireAlike(first, second, nameof(second));
        RequireAlike(first, third, nameof(third));
        using WeightsCopy origin = WeightsOf(catalog, first, data), right = WeightsOf(catalog, second, data);
        using WeightsCopy up = WeightsOf(catalog, third, data);
        return LossPlane.Through(origin, right, up);
    }

    private static WeightsCopy WeightsOf(ModelOperationsCatalog catalog, TwoPhaseTransformer model, IDataView data)
    {
        using LossSurface surface = catalog.LossSurface(model, data);
        return surface.Weights.Copy();
    }

    private static void RequireAlike(TwoPhaseTransformer first, TwoPhaseTransformer second, string parameter)
    {
        Require(first.History.Architecture, second.History.Architecture, "networks");
        Require($"{first.InputShape}", $"{second.InputShape}", "examples");
        Require(string.Join(", ", first.ClassNames), string.Join(", ", second.ClassNames), "classes, in their order,");
        Require($"{Normalization(first)}", $"{Normalization(second)}", "normalizations");

        void Require(string one, string other, string what)
        {
            if (one != other)
            {
                throw new ArgumentException($"The models' {what} are {one} and {other}; a line takes the same.", parameter);
            }
        }

        static string Normalization(TwoPhaseTransformer model)
            => string.Join(' ', model.Classifier.Normalization.Mean.Concat(model.Classifier.Normalization.Deviation));
    }
}

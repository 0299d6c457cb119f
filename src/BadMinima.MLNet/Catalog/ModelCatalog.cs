using BadMinima.MLNet;
using BadMinima.MLNet.Interop;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Loading on <see cref="MLContext.Model"/>.</summary>
public static class ModelCatalog
{
    /// <summary>
    /// Loads the two-phase model in a file that was saved with <c>mlContext.Model.Save</c>: it has its type, to start another training from
    /// or to look at its history. <c>mlContext.Model.Load</c> loads the same files, with all that the chain holds beside it.
    /// </summary>
    /// <remarks>
    /// Before anything is read, every checksum of the archive is compared. A damaged or foreign file is refused by name, whatever is in it:
    /// it takes no more memory than a whole one of its size, and does not hang. <c>mlContext.Model.Load</c> is ML.NET's, which compares no
    /// checksum, and can go on for ever in a damaged file.
    /// </remarks>
    /// <param name="catalog">The model catalog.</param>
    /// <param name="filePath">The file.</param>
    /// <param name="inputSchema">The schema of the data that the model was saved with.</param>
    /// <returns>The two-phase model; in a chain, the last one. Dispose it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, cut, of a newer version, or holds no two-phase model.</exception>
    /// <example>
    /// <code>
    /// var ml = new MLContext();
    /// using var model = ml.Model.LoadTwoPhase("model.zip", out DataViewSchema inputSchema);
    /// Console.WriteLine($"{model.History.Architecture} for {model.InputShape}, classes {string.Join(", ", model.ClassNames)}");
    ///
    /// // Go on from its weights.
    /// var trainer = ml.MulticlassClassification.Trainers.TwoPhase(architecture: model.History.Architecture, replicas: 0, epochs: 5);
    /// using var longer = trainer.Fit(ml.Data.LoadSyntheticImages(), validationData: null, start: model);
    /// </code>
    /// </example>
    public static TwoPhaseTransformer LoadTwoPhase(this ModelOperationsCatalog catalog, string filePath, out DataViewSchema inputSchema)
    {
        IHostEnvironment environment = HostEnvironments.GetEnvironment(catalog);
        ArgumentException.ThrowIfNullOrWhiteSpace(filePath);
        if (!File.Exists(filePath))
        {
            throw new FileNotFoundException($"There is no model file '{filePath}'.", filePath);
        }

        using FileStream file = File.OpenRead(filePath);
        try
        {
            using var archive = new ModelArchive(file);
            inputSchema = archive.ReadSchema(environment)!;
            List<string> others = [];
            string folder = archive.FindLast(TwoPhaseTransformer.LoaderName, others)
                ?? throw new InvalidDataException(
                    $"it holds no two-phase model, but {(others.Count > 0 ? string.Join(", ", others) : "nothing")}.");
            return SavedForm.Load<TwoPhaseTransformer>(environment, archive, folder);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or TorchLoadException))
        {
            throw new InvalidDataException($"The model file '{filePath}' cannot be loaded: {e.Message}", e);
        }
    }

    /// <summary>
    /// A model's loss on data as a function of its weights, to be asked for values and gradients there and elsewhere. The model stays as it
    /// is.
    /// </summary>
    /// <param name="catalog">The model catalog.</param>
    /// <param name="model">The model.</param>
    /// <param name="data">
    /// Labelled data with the columns that the model was trained on; classes are matched by name. Rows without a label are left out.
    /// </param>
    /// <param name="batchSize">How many examples are computed at once: memory against speed; at least 1.</param>
    /// <returns>The surface, which holds native memory: dispose it.</returns>
    /// <example>
    /// <code>
    /// IDataView train = mlContext.Data.LoadSyntheticImages(Split.Train, 100);
    /// using TwoPhaseTransformer model = mlContext.MulticlassClassification.Trainers.TwoPhase().Fit(train);
    /// using LossSurface surface = mlContext.Model.LossSurface(model, train);
    /// (double loss, double accuracy) = surface.LossAndAccuracy();
    /// (_, TorchSharp.torch.Tensor gradient) = surface.LossAndGradient();
    /// using (surface.Weights.Shift(gradient))
    /// {
    ///     Console.WriteLine($"{loss} here, {surface.Loss()} further up");
    /// }
    /// </code>
    /// </example>
    /// <exception cref="ArgumentException">
    /// A column is missing or of a wrong type, or the data name a class that the model does not know.
    /// </exception>
    /// <exception cref="InvalidDataException">Pixels out of range, or an image file that cannot be decoded.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public static LossSurface LossSurface(
        this ModelOperationsCatalog catalog, TwoPhaseTransformer model, IDataView data, int batchSize = 512)
        => new(HostEnvironments.GetEnvironment(catalog), model, data, batchSize);

    /// <summary>
    /// The model with further classes, to go on from where new data have them: what has a row for each class (the last layer) gets more
    /// rows, freshly initialized; all else is the model's. The logits of the classes that it had are what they were. The model stays as it
    /// is.
    /// </summary>
    /// <param name="catalog">The model catalog.</param>
    /// <param name="model">The model. Its classes have names in text.</param>
    /// <param name="classNames">The further classes' names, in the order in which they follow the model's own.</param>
    /// <param name="seed">The seed of the new rows; default 1.</param>
    /// <returns>A model of its own: dispose it.</returns>
    /// <example>
    /// <code>
    /// IDataView data = mlContext.Data.LoadSyntheticImages(Split.Train, 100);
    /// using TwoPhaseTransformer model = mlContext.MulticlassClassification.Trainers.TwoPhase().Fit(data);
    /// using TwoPhaseTransformer more = mlContext.Model.AddClasses(model, ["ten", "eleven"]);
    /// </code>
    /// </example>
    /// <exception cref="ArgumentException">
    /// A name is empty or there already, none is given, the model's classes have no names, or its network has no row for each class.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public static TwoPhaseTransformer AddClasses(
        this ModelOperationsCatalog catalog, TwoPhaseTransformer model, IReadOnlyList<string> classNames, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(classNames);
        return model.AddClasses(classNames, seed);
    }
}

using Microsoft.ML;

namespace BadMinima.MLNet;

/// <summary>Loading on <see cref="MLContext.Model"/>.</summary>
public static class ModelCatalog
{
    /// <summary>
    /// Loads a model that was saved with <c>mlContext.Model.Save</c> and hands out the two-phase model in it. <c>mlContext.Model.Load</c> loads the same
    /// files; this says of any damage which file it is in, and gives the model its type, to start another training from or to look at its history.
    /// </summary>
    /// <param name="catalog">The model catalog.</param>
    /// <param name="filePath">The file.</param>
    /// <param name="inputSchema">The schema of the data that the model was saved with.</param>
    /// <returns>The two-phase model; in a chain, the last one. Dispose it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, cut, of a newer version, or holds no two-phase model.</exception>
    public static TwoPhaseTransformer LoadTwoPhase(this ModelOperationsCatalog catalog, string filePath, out DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrWhiteSpace(filePath);
        if (!File.Exists(filePath))
        {
            throw new FileNotFoundException($"There is no model file '{filePath}'.", filePath);
        }

        ITransformer loaded;
        try
        {
            loaded = catalog.Load(filePath, out inputSchema);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or TorchLoadException or UnauthorizedAccessException))
        {
            // Whatever ML.NET trips over in a damaged file, from a bad checksum to a bad format: it is the file.
            throw new InvalidDataException($"The model file '{filePath}' cannot be loaded: {(e is System.Reflection.TargetInvocationException { InnerException: { } inner } ? inner : e).Message}", e);
        }

        return Find(loaded) ?? throw new InvalidDataException($"The model file '{filePath}' holds no two-phase model, but a {loaded.GetType().Name}.");
    }

    private static TwoPhaseTransformer? Find(ITransformer transformer) => transformer switch
    {
        TwoPhaseTransformer model => model,
        IEnumerable<ITransformer> chain => chain.Reverse().Select(Find).FirstOrDefault(m => m is not null),
        _ => null,
    };
}

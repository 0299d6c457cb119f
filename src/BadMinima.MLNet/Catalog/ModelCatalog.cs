using BadMinima.MLNet;
using BadMinima.MLNet.Interop;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Loading on <see cref="MLContext.Model"/>.</summary>
public static class ModelCatalog
{
    /// <summary>
    /// Loads the two-phase model in a file that was saved with <c>mlContext.Model.Save</c>: it has its type, to start another training from or to look at
    /// its history. <c>mlContext.Model.Load</c> loads the same files, with all that the chain holds beside it.
    /// </summary>
    /// <remarks>
    /// Before anything is read, every checksum of the archive is compared. A damaged or foreign file is refused by name, whatever is in it: it takes no more
    /// memory than a whole one of its size, and does not hang. <c>mlContext.Model.Load</c> is ML.NET's, which compares no checksum, and can go on for ever in
    /// a damaged file.
    /// </remarks>
    /// <param name="catalog">The model catalog.</param>
    /// <param name="filePath">The file.</param>
    /// <param name="inputSchema">The schema of the data that the model was saved with.</param>
    /// <returns>The two-phase model; in a chain, the last one. Dispose it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, cut, of a newer version, or holds no two-phase model.</exception>
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
                ?? throw new InvalidDataException($"it holds no two-phase model, but {(others.Count > 0 ? string.Join(", ", others) : "nothing")}.");
            return SavedForm.Load<TwoPhaseTransformer>(environment, archive, folder);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or TorchLoadException))
        {
            throw new InvalidDataException($"The model file '{filePath}' cannot be loaded: {e.Message}", e);
        }
    }
}

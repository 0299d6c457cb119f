using BadMinima.MLNet;
using BadMinima.MLNet.Examples;
using BadMinima.MLNet.Interop;

namespace Microsoft.ML;

/// <summary>Some rows of a data set: <c>mlContext.Data.TakeRandomRows(...)</c>.</summary>
public static class RowsCatalog
{
    /// <summary>
    /// Rows of a data set, drawn uniformly without replacement, in the data's order: a function of the seed and the number of rows alone.
    /// With the same seed a larger number has the rows of a smaller one. Rows of image files stay in their files.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">The data. Its rows are counted, by a pass without columns where it does not know their number.</param>
    /// <param name="count">How many rows, at least 1; where there are no more, all.</param>
    /// <param name="seed">The seed. Default null: the context's, or 1 where it has none.</param>
    /// <returns>The rows.</returns>
    /// <exception cref="OptionException"><paramref name="count"/> is less than 1.</exception>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// IDataView all = ml.Data.LoadSyntheticImages(Split.Train, 2000);
    /// IDataView some = ml.Data.TakeRandomRows(all, 500, seed: 1);
    /// </code>
    /// </example>
    public static IDataView TakeRandomRows(this DataOperationsCatalog catalog, IDataView data, int count, int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        OptionException.Check(count >= 1, nameof(count), count, "at least 1");
        return RandomRows.Take(data, count, seed ?? HostEnvironments.GetEnvironment(catalog).Seed() ?? 1);
    }
}

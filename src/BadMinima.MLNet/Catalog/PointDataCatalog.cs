using BadMinima.MLNet;
using BadMinima.MLNet.Examples.Drawn;

namespace Microsoft.ML;

/// <summary>Points of the plane as data views: the paper's 2-D case.</summary>
public static class PointDataCatalog
{
    /// <summary>
    /// Draws the two classes of the paper's 2-D figure: class 1 from N((0.85, 0.20), 0.15^2 I), class 0 from N((-0.45, 0.20), 0.15^2 I). A
    /// straight line separates them.
    /// </summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="split">Which part: train and test of one seed are different draws.</param>
    /// <param name="pointsPerClass">Points of each class; the paper has 50.</param>
    /// <param name="seed">
    /// Another seed, other points. Point i depends on seed, part, class and i alone: it is the same on every platform, whatever the count.
    /// </param>
    /// <param name="jitteredCopies">
    /// How many copies of each point follow after all points, each moved by noise of its own from N(0, 0.1^2 I), drawn once. The paper's
    /// regularized training has 2: its augmentation in this case.
    /// </param>
    /// <returns>
    /// Two columns: <c>Label</c>, a key with the class names "0" and "1", and <c>Features</c>, <c>Vector&lt;Single, 2&gt;</c>. Rows of the
    /// two classes take turns.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <seealso cref="Protocol.Paper2D"/>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// var points = ml.Data.LoadGaussianPoints(Split.Train, pointsPerClass: 50, seed: 1);
    /// var trainer = ml.MulticlassClassification.Trainers.TwoPhase(
    ///     featureColumnName: "Features", architecture: "mlp-100-100", batchSize: 10);
    /// using var model = trainer.Fit(points);
    /// </code>
    /// </example>
    public static IDataView LoadGaussianPoints(
        this DataOperationsCatalog catalog, Split split = Split.Train, int pointsPerClass = 50, int seed = 1, int jitteredCopies = 0)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return GaussianPoints.Draw(catalog, split, pointsPerClass, seed, jitteredCopies);
    }
}

using BadMinima.MLNet;
using BadMinima.MLNet.Examples.Drawn;
using BadMinima.MLNet.Examples.Readers;

namespace Microsoft.ML;

/// <summary>Labeled sequences of feature vectors as data views, for networks that take them, such as <c>elman</c>.</summary>
/// <remarks>
/// Every method gives two columns: <c>Label</c>, a key with the class names, and <c>Features</c>, <c>Vector&lt;Single, T, d&gt;</c>: T
/// steps of d features, step after step. All sequences of a view have the same length.
/// </remarks>
public static class SequenceDataCatalog
{
    /// <summary>Makes a data view of sequences that are in memory already.</summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="sequences">The sequences, each [steps, features], all of one size, of finite numbers. They are copied.</param>
    /// <param name="labels">One class per sequence, from 0. They are copied.</param>
    /// <param name="classNames">One name per class, in the order of the labels.</param>
    /// <exception cref="ArgumentException">
    /// The sequences differ in size (the message says what to do), a number is not finite, there is no sequence, not one label for each, or
    /// a class's name is empty or there twice.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A label has no name.</exception>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    ///
    /// // Two sequences of three steps of one feature.
    /// var data = ml.Data.LoadSequences(
    ///     [new float[,] { { 1 }, { 2 }, { 3 } }, new float[,] { { 3 }, { 2 }, { 1 } }], labels: [0, 1], classNames: ["up", "down"]);
    /// using var model = ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
    /// {
    ///     FeatureColumnName = "Features",
    ///     Architecture = "elman",
    ///     RandomLabels = null,
    ///     Training = Recipe.Vanilla with { LearningRate = 0.02 / 3 },    // by the number of steps
    /// }).Fit(data);
    /// </code>
    /// </example>
    public static IDataView LoadSequences(
        this DataOperationsCatalog catalog, IReadOnlyList<float[,]> sequences, IReadOnlyList<int> labels, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return SequenceArrays.Wrap(catalog, sequences, labels, classNames);
    }

    /// <summary>
    /// Reads sequences from a text file with one of them on each line: the class's name, then the values, step by step. With one feature a
    /// step these are the files of the UCR archive of time series.
    /// </summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="path">The file. It is read into memory.</param>
    /// <param name="features">The numbers of each step, d; default 1. The steps are as many as the values divided by it.</param>
    /// <param name="separatorChar">What stands between two values. Default: a tab.</param>
    /// <param name="hasHeader">Whether the first line names columns. Default false.</param>
    /// <returns>The sequences in the file's order; classes are numbered in the ordinal order of their names.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// A value is no finite number, sequences differ in length, or there is none. The message names the line and says what to do.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="features"/> or the separator is not allowed.</exception>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// var train = ml.Data.LoadSequences("GunPoint_TRAIN.tsv");
    /// var test = ml.Data.LoadSequences("GunPoint_TEST.tsv");
    /// using var model = ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
    /// {
    ///     FeatureColumnName = "Features",
    ///     Architecture = "elman",
    ///     RandomLabels = null,
    ///     Training = Recipe.Vanilla with { LearningRate = 0.02 / 150 },    // by the number of steps
    /// }).Fit(train);
    /// Console.WriteLine(ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy);
    /// </code>
    /// </example>
    public static IDataView LoadSequences(
        this DataOperationsCatalog catalog, string path, int features = 1, char separatorChar = '\t', bool hasHeader = false)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return SequenceArrays.Read(catalog, path, features, separatorChar, hasHeader);
    }

    /// <summary>
    /// Draws sequences whose class is a known function of their earlier inputs: the concept class of Allen-Zhu, Li (Can SGD Learn
    /// Recurrent Neural Networks with Provable Generalization?, NeurIPS 2019; indices from a secondary source, unverified) at the last
    /// step. The class is the s with the largest F_s(x) = sum over i and r of phi(&lt;w_{i,r,s}, x_i&gt;), where i goes over inputs before
    /// the last one, the w are unit vectors, drawn once for a seed, the inputs x_l are uniform on the unit sphere, and
    /// phi(z) = sin(sqrt(d) z), a choice of this project.
    /// </summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="split">Which part: train and test of one seed are different sequences of one concept.</param>
    /// <param name="count">How many sequences; default 1,000. Those of a larger number are the same and more.</param>
    /// <param name="steps">Inputs of a sequence, T, at least 2; default 16.</param>
    /// <param name="features">Numbers of an input, d, at least 2; default 16.</param>
    /// <param name="classes">Classes, at least 2; default 4. They are equally frequent in expectation.</param>
    /// <param name="lookBack">
    /// How many inputs before the last one the class is a function of, 1 to <paramref name="steps"/> - 1. Null, the default: all of them.
    /// </param>
    /// <param name="terms">p, the terms of an input, at least 1; default 1.</param>
    /// <param name="seed">Another seed, another concept and other sequences.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range: such as a concept longer than its sequence.</exception>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// var train = ml.Data.LoadConceptSequences(Split.Train, count: 1000, steps: 16, features: 16);
    /// var test = ml.Data.LoadConceptSequences(Split.Test, count: 1000, steps: 16, features: 16);
    /// </code>
    /// </example>
    public static IDataView LoadConceptSequences(
        this DataOperationsCatalog catalog, Split split = Split.Train, int count = 1000, int steps = 16, int features = 16, int classes = 4,
        int? lookBack = null, int terms = 1, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return ConceptSequences.Draw(catalog, split, count, steps, features, classes, lookBack, terms, seed);
    }
}

using BadMinima.MLNet;
using BadMinima.MLNet.Examples.Drawn;
using BadMinima.MLNet.Examples.Readers;

namespace Microsoft.ML;

public static partial class ImageDataCatalog
{
    /// <summary>Reads the binary version of CIFAR-10 (Krizhevsky 2009): 50,000 and 10,000 images of 3x32x32, ten classes.</summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="folder">
    /// The folder of data_batch_1.bin .. data_batch_5.bin, test_batch.bin and, if the names are to be read and not taken as known,
    /// batches.meta.txt.
    /// </param>
    /// <param name="split">Which part.</param>
    /// <param name="maximumRows">Only the first so many rows, in the order of the files; null for all.</param>
    /// <exception cref="DirectoryNotFoundException">The folder is missing.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// A file's length is not a whole number of records, a label is not of 0..9, or there are not ten names.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumRows"/> is below 1.</exception>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// var train = ml.Data.LoadCifar10("data/cifar-10", Split.Train);
    /// var test = ml.Data.LoadCifar10("data/cifar-10", Split.Test, maximumRows: 1000);
    /// using var model = ml.MulticlassClassification.Trainers.TwoPhase(architecture: "resnet18").Fit(train);
    /// Console.WriteLine(ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy);
    /// </code>
    /// </example>
    public static IDataView LoadCifar10(
        this DataOperationsCatalog catalog, string folder, Split split = Split.Train, int? maximumRows = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return CifarReader.Read10(folder, split, maximumRows);
    }

    /// <summary>
    /// Reads the binary version of CIFAR-100 (Krizhevsky 2009): 50,000 and 10,000 images of 3x32x32, 100 classes in 20 groups.
    /// </summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="folder">
    /// The folder of train.bin, test.bin and the names in fine_label_names.txt and coarse_label_names.txt; without these, classes are named
    /// by their numbers.
    /// </param>
    /// <param name="split">Which part.</param>
    /// <param name="maximumRows">Only the first so many rows, in the order of the file; null for all.</param>
    /// <param name="labels">The 100 classes or the 20 groups.</param>
    /// <exception cref="DirectoryNotFoundException">The folder is missing.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// A file's length is not a whole number of records, a label is out of range, or the number of names is wrong.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumRows"/> is below 1.</exception>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// var fine = ml.Data.LoadCifar100("data/cifar-100", Split.Train);                                // 100 classes
    /// var coarse = ml.Data.LoadCifar100("data/cifar-100", Split.Train, labels: CifarLabels.Coarse);  // their 20 groups
    /// </code>
    /// </example>
    public static IDataView LoadCifar100(
        this DataOperationsCatalog catalog,
        string folder,
        Split split = Split.Train,
        int? maximumRows = null,
        CifarLabels labels = CifarLabels.Fine)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return CifarReader.Read100(folder, split, maximumRows, labels);
    }

    /// <summary>
    /// Reads a folder of IDX files, plain or gzip: MNIST, Fashion-MNIST, KMNIST, EMNIST, QMNIST and their kin, gray images of one size.
    /// </summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="folder">
    /// The folder of train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte; also with .gz,
    /// with a dot before idx, in capitals, with test for t10k, and with a prefix that all of the set's files bear, such as
    /// emnist-letters-train-images-idx3-ubyte or qmnist-train-labels-idx2-int (labels of eight numbers, of which the first is the class).
    /// </param>
    /// <param name="split">Which part.</param>
    /// <param name="classNames">
    /// One name per class, for the labels 0, 1, ...; or, if both parts are there and there are as many names as labels from the smallest to
    /// the largest of both, for these. Null for the numbers from the smallest label to the largest of the parts that are there: "0" to "9"
    /// for MNIST, "1" to "26" for EMNIST's letters.
    /// </param>
    /// <param name="maximumRows">Only the first so many rows, in the order of the file; null for all.</param>
    /// <remarks>
    /// EMNIST's images lie in their files with rows and columns exchanged. They are read as they lie: a network learns them as well, but
    /// beside MNIST's they stand on their side.
    /// </remarks>
    /// <exception cref="DirectoryNotFoundException">The folder is missing.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// The folder holds several sets, a magic number is wrong, the counts differ, a file is shorter or longer than its header says, gzip
    /// data are cut, or a label has no name.
    /// </exception>
    /// <exception cref="ArgumentException"><paramref name="classNames"/> is empty, or has an empty name or one twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumRows"/> is below 1.</exception>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// var train = ml.Data.LoadIdx("data/fashion-mnist", Split.Train, classNames:
    ///     ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]);
    /// var digits = ml.Data.LoadIdx("data/mnist", Split.Test);    // without names, the classes are called "0" to "9"
    /// </code>
    /// </example>
    public static IDataView LoadIdx(
        this DataOperationsCatalog catalog,
        string folder,
        Split split = Split.Train,
        IReadOnlyList<string>? classNames = null,
        int? maximumRows = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return IdxReader.ReadFolder(folder, split, classNames, maximumRows);
    }

    /// <summary>Reads a pair of IDX files, plain or gzip, whatever their names.</summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="imagesFile">The images: magic number 0x00000803, three dimensions (images, rows, columns) of unsigned bytes.</param>
    /// <param name="labelsFile">
    /// The labels: magic number 0x00000801, one dimension of unsigned bytes; or as QMNIST has them, 0x00000C02, eight numbers of 32 bits
    /// each, of which the first is the class.
    /// </param>
    /// <param name="classNames">
    /// One name per class, for the labels 0, 1, ...; null for the numbers from the smallest label in the file to the largest. To give train
    /// and test keys of one type even where a part lacks the first or the last class, name the classes.
    /// </param>
    /// <param name="maximumRows">Only the first so many rows, in the order of the file; null for all.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// A magic number is wrong, the counts differ, a file is shorter or longer than its header says, gzip data are cut, or a label has no
    /// name.
    /// </exception>
    /// <exception cref="ArgumentException"><paramref name="classNames"/> is empty, or has an empty name or one twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumRows"/> is below 1.</exception>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// var mine = ml.Data.LoadIdx("scans.idx3.gz", "classes.idx1.gz", classNames: ["blank", "written", "printed"]);
    /// </code>
    /// </example>
    public static IDataView LoadIdx(
        this DataOperationsCatalog catalog,
        string imagesFile,
        string labelsFile,
        IReadOnlyList<string>? classNames = null,
        int? maximumRows = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return IdxReader.ReadFiles(imagesFile, labelsFile, classNames, maximumRows);
    }

    /// <summary>
    /// Draws the project's own set: ten glyphs of straight strokes, turned, sheared, scaled and shifted, among stray strokes and under
    /// noise.
    /// </summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="split">Which part: train and test of one seed are different draws.</param>
    /// <param name="count">How many images. Every ten in a row hold each class once, in mixed order.</param>
    /// <param name="style">Gray 1x28x28 or color 3x32x32.</param>
    /// <param name="seed">
    /// Another seed, another set. Image i depends on style, seed, part and i alone: it is the same on every platform, whatever the count.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// var train = ml.Data.LoadSyntheticImages(Split.Train, count: 2000);
    /// var test = ml.Data.LoadSyntheticImages(Split.Test, count: 1000);
    /// var color = ml.Data.LoadSyntheticImages(Split.Train, count: 2000, SyntheticStyle.Color32, seed: 7);
    /// </code>
    /// </example>
    public static IDataView LoadSyntheticImages(
        this DataOperationsCatalog catalog,
        Split split = Split.Train,
        int count = 2000,
        SyntheticStyle style = SyntheticStyle.Gray28,
        int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return SyntheticImages.Draw(style, split, count, seed);
    }
}

using BadMinima.MLNet;
using BadMinima.MLNet.Examples;
using BadMinima.MLNet.Examples.Readers;
using BadMinima.MLNet.Interop;
using BadMinima.MLNet.Recipes;

namespace Microsoft.ML;

/// <summary>Image sets as data views, read into memory once (folders of images can be left in their files).</summary>
/// <remarks>
/// <para>Every loader gives two columns: <c>Label</c>, a key of <see cref="uint"/> whose key values are the class names, and <c>Pixels</c>,
/// a vector of <see cref="byte"/> whose type bears the dimensions C, H, W (plane by plane, each row by row). Rows can be shuffled; a row's
/// id is its place in the set.</para>
/// <para>Whatever is wrong with the files is found while loading, before anything is trained, and the message names the file. In images
/// that stay in their files it is found by the first pass over them.</para>
/// <para>ML.NET's own <c>Transforms.LoadImages</c> is something else: it adds images to rows that have their paths.</para>
/// </remarks>
public static partial class ImageDataCatalog
{
    /// <summary>
    /// Reads one part of whatever set a folder holds: CIFAR-10, CIFAR-100, IDX files, or folders of images. The files in it tell which; its
    /// name does not matter.
    /// </summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="split">Which part.</param>
    /// <param name="maximumRows">Only the first so many rows; null for all.</param>
    /// <param name="height">Rows, in pixels, that folders of images are brought to; the other sets have sizes of their own.</param>
    /// <param name="width">Columns, in pixels, that folders of images are brought to; the other sets have sizes of their own.</param>
    /// <param name="inMemory">
    /// Whether folders of images are read into memory, or stay in their files, as in <see cref="LoadImageFolder"/>; the other sets are
    /// always read.
    /// </param>
    /// <exception cref="DirectoryNotFoundException">The folder, or the test part that was asked for, is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// The folder holds no set (the message says what was looked for), or several, or the set is damaged.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumRows"/> or a size is below 1.</exception>
    /// <seealso cref="LoadTrainTestImages"/>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// var train = ml.Data.LoadImageSet("data/cifar-10", Split.Train);    // CIFAR, IDX or folders of images: the files in it tell which
    /// var test = ml.Data.LoadImageSet("data/cifar-10", Split.Test);
    /// </code>
    /// </example>
    public static IDataView LoadImageSet(
        this DataOperationsCatalog catalog,
        string folder,
        Split split = Split.Train,
        int? maximumRows = null,
        int height = 32,
        int width = 32,
        bool inMemory = true)
        => ImageFormats.Recognize(folder) switch
        {
            ImageSetFormat.Cifar10 => catalog.LoadCifar10(folder, split, maximumRows),
            ImageSetFormat.Cifar100 => catalog.LoadCifar100(folder, split, maximumRows),
            ImageSetFormat.Idx => catalog.LoadIdx(folder, split, maximumRows: maximumRows),
            _ => catalog.LoadImageFolder(folder, height, width, split, maximumRows: maximumRows, inMemory: inMemory),
        };

    /// <summary>
    /// Reads both parts of whatever set a folder holds, as <see cref="LoadImageSet"/> does. A folder of images without parts of its own is
    /// divided by ML.NET's <c>TrainTestSplit</c>.
    /// </summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="maximumRows">Only the first so many rows of each part (of the whole, where it is divided here); null for all.</param>
    /// <param name="height">Rows, in pixels, that folders of images are brought to.</param>
    /// <param name="width">Columns, in pixels, that folders of images are brought to.</param>
    /// <param name="testFraction">The share that becomes the test part where the set is divided here, above 0 and below 1.</param>
    /// <param name="seed">The seed of that division; null for the context's.</param>
    /// <param name="inMemory">
    /// Whether folders of images are read into memory, or stay in their files, as in <see cref="LoadImageFolder"/>.
    /// </param>
    /// <exception cref="DirectoryNotFoundException">The folder is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// The folder holds no set (the message says what was looked for), or several, or the set is damaged.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    ///
    /// // Divided here if the folder has no test part.
    /// var sets = ml.Data.LoadTrainTestImages("flowers", height: 64, width: 64, testFraction: 0.2);
    /// using var model = ml.MulticlassClassification.Trainers.TwoPhase(replicas: 0).Fit(sets.TrainSet);
    /// Console.WriteLine(ml.MulticlassClassification.Evaluate(model.Transform(sets.TestSet)).MicroAccuracy);
    /// </code>
    /// </example>
    public static DataOperationsCatalog.TrainTestData LoadTrainTestImages(
        this DataOperationsCatalog catalog,
        string folder,
        int? maximumRows = null,
        int height = 32,
        int width = 32,
        double testFraction = 0.2,
        int? seed = null,
        bool inMemory = true)
    {
        IDataView train = catalog.LoadImageSet(folder, Split.Train, maximumRows, height, width, inMemory);
        return ImageFormats.Recognize(folder) == ImageSetFormat.ClassFolders && !ImageFolderParts.Of(folder).AreTwo
            ? catalog.TrainTestSplit(train, testFraction, seed: seed)
            : TrainTestParts.Create(train, catalog.LoadImageSet(folder, Split.Test, maximumRows, height, width, inMemory));
    }

    /// <summary>Makes a data view of images that are in memory already.</summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="pixels">
    /// The images one after another, each as many bytes as the shape's volume, plane by plane and row by row. The array is kept, not
    /// copied: leave it unchanged.
    /// </param>
    /// <param name="shape">The shape of every image.</param>
    /// <param name="labels">One class per image, from 0. They are copied.</param>
    /// <param name="classNames">One name per class, in the order of the labels.</param>
    /// <exception cref="ArgumentException">
    /// The array is not as long as labels and shape ask for, there is no image, or a name is empty or there twice.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A label has no name.</exception>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    ///
    /// // Three images of 1x2x2: their bytes one after another, row by row.
    /// byte[] pixels = [0, 0, 255, 255, 255, 255, 0, 0, 10, 0, 240, 255];
    /// var data = ml.Data.LoadFromPixels(
    ///     pixels, new ImageShape(1, 2, 2), labels: [0, 1, 0], classNames: ["dark above", "bright above"]);
    /// </code>
    /// </example>
    public static IDataView LoadFromPixels(
        this DataOperationsCatalog catalog, byte[] pixels, ImageShape shape, IReadOnlyList<int> labels, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return ImageArrays.Wrap(pixels, shape, labels, classNames);
    }

    /// <summary>
    /// Tells images by their content: the same images have the same hash wherever they lie and whatever their files are called. Another
    /// image, label, class name or order gives another hash.
    /// </summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="images">Images of one of the loaders: a whole part, or some rows of it.</param>
    /// <param name="labelColumnName">The label column: a key.</param>
    /// <param name="featureColumnName">The image column: a vector of Byte.</param>
    /// <returns>
    /// A SHA-256, 64 hexadecimal digits. Of images that stay in their files it covers what the files hold, so that nothing is decoded, and
    /// not the size that the images are brought to; of images in memory it covers the pixels.
    /// </returns>
    /// <exception cref="ArgumentException">The label column is no column of keys, or the image column is no column of bytes.</exception>
    /// <exception cref="IOException">A file of an image is no longer there, or cannot be read.</exception>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// string hash = ml.Data.HashImages(ml.Data.LoadSyntheticImages(Split.Train, count: 100));
    /// Console.WriteLine($"trained on {hash}");    // the same images give the same hash, wherever they lie
    /// </code>
    /// </example>
    public static string HashImages(
        this DataOperationsCatalog catalog,
        IDataView images,
        string labelColumnName = ColumnNames.Label,
        string featureColumnName = ColumnNames.Pixels)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(images);
        return ImageContent.Hash(images, labelColumnName, featureColumnName);
    }
}

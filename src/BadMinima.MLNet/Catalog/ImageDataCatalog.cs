using BadMinima.MLNet;
using BadMinima.MLNet.Examples;
using BadMinima.MLNet.Examples.Drawn;
using BadMinima.MLNet.Examples.Readers;
using BadMinima.MLNet.Interop;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML;

/// <summary>Image sets as data views, read into memory once (folders of images can be left in their files).</summary>
/// <remarks>
/// <para>Every loader gives two columns: <c>Label</c>, a key of <see cref="uint"/> whose key values are the class names, and <c>Pixels</c>, a vector of
/// <see cref="byte"/> whose type bears the dimensions C, H, W (plane by plane, each row by row). Rows can be shuffled; a row's id is its place in the set.</para>
/// <para>Whatever is wrong with the files is found while loading, before anything is trained, and the message names the file. Images that stay in their files are found out by the first
/// pass over them.</para>
/// </remarks>
public static class ImageDataCatalog
{
    /// <summary>Reads the binary version of CIFAR-10 (Krizhevsky 2009): 50,000 and 10,000 images of 3x32x32, ten classes.</summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="folder">The folder of data_batch_1.bin .. data_batch_5.bin, test_batch.bin and, if the names are to be read and not taken as known, batches.meta.txt.</param>
    /// <param name="split">Which part.</param>
    /// <param name="maximumRows">Only the first so many rows, in the order of the files; null for all.</param>
    /// <exception cref="DirectoryNotFoundException">The folder is missing.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file's length is not a whole number of records, a label is not of 0..9, or there are not ten names.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumRows"/> is below 1.</exception>
    public static IDataView LoadCifar10(this DataOperationsCatalog catalog, string folder, Split split = Split.Train, int? maximumRows = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return CifarReader.Read10(folder, split, maximumRows);
    }

    /// <summary>Reads the binary version of CIFAR-100 (Krizhevsky 2009): 50,000 and 10,000 images of 3x32x32, 100 classes in 20 groups.</summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="folder">The folder of train.bin, test.bin and the names in fine_label_names.txt and coarse_label_names.txt; without these, classes are named by their numbers.</param>
    /// <param name="split">Which part.</param>
    /// <param name="maximumRows">Only the first so many rows, in the order of the file; null for all.</param>
    /// <param name="labels">The 100 classes or the 20 groups.</param>
    /// <exception cref="DirectoryNotFoundException">The folder is missing.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file's length is not a whole number of records, a label is out of range, or the number of names is wrong.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumRows"/> is below 1.</exception>
    public static IDataView LoadCifar100(this DataOperationsCatalog catalog, string folder, Split split = Split.Train, int? maximumRows = null, CifarLabels labels = CifarLabels.Fine)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return CifarReader.Read100(folder, split, maximumRows, labels);
    }

    /// <summary>Reads a folder of IDX files, plain or gzip: MNIST, Fashion-MNIST, KMNIST, EMNIST, QMNIST and their kin, grey images of one size.</summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="folder">The folder of train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte; also with .gz, with a dot
    /// before idx, in capitals, with test for t10k, and with a prefix that all of the set's files bear, such as emnist-letters-train-images-idx3-ubyte or
    /// qmnist-train-labels-idx2-int (labels of eight numbers, of which the first is the class).</param>
    /// <param name="split">Which part.</param>
    /// <param name="classNames">One name a class, for the labels 0, 1, ...; or, if both parts are there and there are as many names as labels from the smallest to the largest of both, for these.
    /// Null for the numbers from the smallest label to the largest of the parts that are there: "0" to "9" for MNIST, "1" to "26" for EMNIST's letters.</param>
    /// <param name="maximumRows">Only the first so many rows, in the order of the file; null for all.</param>
    /// <remarks>EMNIST's images lie in their files with rows and columns exchanged. They are read as they lie: a network learns them as well, but beside MNIST's they stand on their side.</remarks>
    /// <exception cref="DirectoryNotFoundException">The folder is missing.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">The folder holds several sets, a magic number is wrong, the counts differ, a file is shorter or longer than its header says, gzip data are cut,
    /// or a label has no name.</exception>
    /// <exception cref="ArgumentException"><paramref name="classNames"/> is empty, or has an empty name or one twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumRows"/> is below 1.</exception>
    public static IDataView LoadIdx(this DataOperationsCatalog catalog, string folder, Split split = Split.Train, IReadOnlyList<string>? classNames = null, int? maximumRows = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return IdxReader.ReadFolder(folder, split, classNames, maximumRows);
    }

    /// <summary>Reads a pair of IDX files, plain or gzip, whatever their names.</summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="imagesFile">The images: magic number 0x00000803, three dimensions (images, rows, columns) of unsigned bytes.</param>
    /// <param name="labelsFile">The labels: magic number 0x00000801, one dimension of unsigned bytes; or as QMNIST has them, 0x00000C02, eight numbers of 32 bits each, of which the first is the
    /// class.</param>
    /// <param name="classNames">One name a class, for the labels 0, 1, ...; null for the numbers from the smallest label in the file to the largest. To give train and test keys of one
    /// type even where a part lacks the first or the last class, name the classes.</param>
    /// <param name="maximumRows">Only the first so many rows, in the order of the file; null for all.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A magic number is wrong, the counts differ, a file is shorter or longer than its header says, gzip data are cut, or a label has no name.</exception>
    /// <exception cref="ArgumentException"><paramref name="classNames"/> is empty, or has an empty name or one twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumRows"/> is below 1.</exception>
    public static IDataView LoadIdx(this DataOperationsCatalog catalog, string imagesFile, string labelsFile, IReadOnlyList<string>? classNames = null, int? maximumRows = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return IdxReader.ReadFiles(imagesFile, labelsFile, classNames, maximumRows);
    }

    /// <summary>Reads a folder with one subfolder a class, images of any sizes, brought to one size by ML.NET's ResizeImages and ExtractPixels.</summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="folder">Either class/image, or a folder for each part with class/image in it. Parts are called train or training, and
    /// test, testing, eval, evaluation, val, valid, validation or dev, in any case and with or without "set" (test_set). Of several for
    /// testing the first in this order counts that has folders of the classes. A lone folder 'train' among others is a class; folders that
    /// are called like parts but do not fit together are refused. Classes are the subfolders in ordinal order (of the training part), named
    /// like them in Unicode's composed form (NFC), or as a file class_names.txt in <paramref name="folder"/> says (a folder's name, a tab,
    /// the class's name on each line). The images of a class are the files .jpg, .jpeg, .jpe, .jfif, .png, .bmp, .dib, .gif, .webp and .ico
    /// in its subfolder and below it. Symbolic links are followed, but not up to a folder that they lie in, and each folder once a class.
    /// Hidden files are passed over. Files with other endings are too, and images that lie beside the folders of the classes: one warning
    /// in the context's <c>Log</c> counts them by ending.</param>
    /// <param name="height">Rows of the resulting images, in pixels.</param>
    /// <param name="width">Columns of the resulting images, in pixels.</param>
    /// <param name="split">Which part. Without folders for parts, <see cref="Split.Train"/> is the whole set (divide it with
    /// <c>TrainTestSplit</c>) and there is no <see cref="Split.Test"/>.</param>
    /// <param name="resizing">How an image of another aspect is fitted in, as in <c>ResizeImages</c>.</param>
    /// <param name="maximumRows">Only the first so many rows, where one image of each class comes in turn, in ordinal order of their paths; null for all.</param>
    /// <param name="inMemory">Whether every file is decoded once, here, and its pixels kept in memory. If not, the images stay in their files: each pass decodes them as it comes to them, on
    /// all cores and a little ahead, and a damaged file is found by the pass that reads it. A <see cref="TwoPhaseTrainer"/> then trains without holding the set in memory.</param>
    /// <remarks>
    /// <para>Images have three channels (red, green, blue); grey files give three equal planes, and of 16 bits a channel the upper 8 count.
    /// The first frame of an animation is taken, and the orientation that a camera notes in a JPEG is not applied.</para>
    /// <para>Transparent pixels count as painted on black: each is its colour times its opacity, and one that is wholly transparent is
    /// black whatever its stored colour. ML.NET's own LoadImages, ResizeImages and ExtractPixels give the same, so that a model meets in a
    /// prediction pipeline what it was trained on. For another background paint it into the files.</para>
    /// <para>An image may have up to 134,217,728 pixels (2^27, 11,585 squared), of which its header tells before any memory is taken: a
    /// larger one is refused as a damaged file is. Images above 16,777,216 pixels (2^24) are decoded one at a time, so that decoding takes
    /// at most about 1.5 GB, and 0.2 GB for each core.</para>
    /// </remarks>
    /// <exception cref="DirectoryNotFoundException">The folder, or the test part that was asked for, is missing.</exception>
    /// <exception cref="InvalidDataException">There are fewer than two classes, a class has no image or no name, two have one, the parts do
    /// not fit together, the test part has a class that the training part lacks, a link leads to nothing, or files are too large, cannot be
    /// opened or not be decoded to their end; the message names the folders or files, of many the first ten and how many there
    /// are.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size or <paramref name="maximumRows"/> is below 1.</exception>
    public static IDataView LoadImageFolder(
        this DataOperationsCatalog catalog,
        string folder,
        int height,
        int width,
        Split split = Split.Train,
        ImageResizingEstimator.ResizingKind resizing = ImageResizingEstimator.ResizingKind.IsoCrop,
        int? maximumRows = null,
        bool inMemory = true)
    {
        IHostEnvironment environment = HostEnvironments.GetEnvironment(catalog);
        return ImageFolderReader.Read(
            folder, new ImageShape(3, height, width), split, resizing, maximumRows, inMemory,
            warn: text => environment.Warn(nameof(LoadImageFolder), text));
    }

    /// <summary>Reads Restricted ImageNet (Tsipras et al., ICLR 2019) out of a folder of ImageNet: 203 of the 1,000 classes of ILSVRC 2012, grouped into dog, cat, frog, turtle,
    /// bird, primate, fish, crab and insect.</summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="folder">The folder of train/n01440764/image.JPEG and val/n01440764/image.JPEG (or test, or
    /// what else <see cref="LoadImageFolder"/> takes for a part). It may hold all 1,000 classes, of which 797 are passed over, or
    /// only some, as long as the 203 are there in both parts. ImageNet cannot be downloaded without registering at image-net.org, and its validation images come unsorted.</param>
    /// <param name="split">Which part.</param>
    /// <param name="height">Rows of the resulting images, in pixels.</param>
    /// <param name="width">Columns of the resulting images, in pixels.</param>
    /// <param name="resizing">How an image of another aspect is fitted in, as in <c>ResizeImages</c>.</param>
    /// <param name="maximumRows">Only the first so many rows, where one image of each of the nine classes comes in turn, and within a class one of each folder; null for all.</param>
    /// <remarks>Nothing is held in memory, by a <see cref="TwoPhaseTrainer"/> neither: each pass decodes the images as it comes to them, on all cores and a little ahead, and a damaged file is
    /// found by the pass that reads it. Otherwise as <see cref="LoadImageFolder"/>.</remarks>
    /// <exception cref="DirectoryNotFoundException">The folder, or the test part that was asked for, is missing.</exception>
    /// <exception cref="InvalidDataException">Of the 203 folders some are missing (the message counts them by class), a class has no image, or a file cannot be decoded to its end.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size or <paramref name="maximumRows"/> is below 1.</exception>
    public static IDataView LoadRestrictedImageNet(
        this DataOperationsCatalog catalog,
        string folder,
        Split split = Split.Train,
        int height = 224,
        int width = 224,
        ImageResizingEstimator.ResizingKind resizing = ImageResizingEstimator.ResizingKind.IsoCrop,
        int? maximumRows = null)
    {
        IHostEnvironment environment = HostEnvironments.GetEnvironment(catalog);
        return ImageFolderReader.Read(
            folder, new ImageShape(3, height, width), split, resizing, maximumRows, inMemory: false,
            warn: text => environment.Warn(nameof(LoadRestrictedImageNet), text), RestrictedImageNet.Classes);
    }

    /// <summary>Draws the project's own set: ten glyphs of straight strokes, turned, sheared, scaled and shifted, among stray strokes and under noise.</summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="split">Which part: train and test of one seed are different draws.</param>
    /// <param name="count">Images. Every ten in a row hold each class once, in mixed order.</param>
    /// <param name="style">Grey 1x28x28 or colour 3x32x32.</param>
    /// <param name="seed">Another seed, another set. Image i depends on style, seed, part and i alone: it is the same on every platform, whatever the count.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static IDataView LoadSyntheticImages(this DataOperationsCatalog catalog, Split split = Split.Train, int count = 2000, SyntheticStyle style = SyntheticStyle.Grey28, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return SyntheticImages.Draw(style, split, count, seed);
    }

    /// <summary>Reads one part of whatever set a folder holds: CIFAR-10, CIFAR-100, IDX files, or folders of images. The files in it tell which; its name does not matter.</summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="split">Which part.</param>
    /// <param name="maximumRows">Only the first so many rows; null for all.</param>
    /// <param name="height">Rows, in pixels, that folders of images are brought to; the other sets have sizes of their own.</param>
    /// <param name="width">Columns, in pixels, that folders of images are brought to; the other sets have sizes of their own.</param>
    /// <param name="inMemory">Whether folders of images are read into memory, or stay in their files, as in <see cref="LoadImageFolder"/>; the other sets are always read.</param>
    /// <exception cref="DirectoryNotFoundException">The folder, or the test part that was asked for, is missing.</exception>
    /// <exception cref="InvalidDataException">The folder holds no set (the message says what was looked for), or several, or the set is damaged.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumRows"/> or a size is below 1.</exception>
    /// <seealso cref="LoadTrainTestImages"/>
    public static IDataView LoadImages(
        this DataOperationsCatalog catalog, string folder, Split split = Split.Train, int? maximumRows = null, int height = 32, int width = 32, bool inMemory = true)
        => ImageFormats.Recognize(folder) switch
        {
            ImageFormat.Cifar10 => catalog.LoadCifar10(folder, split, maximumRows),
            ImageFormat.Cifar100 => catalog.LoadCifar100(folder, split, maximumRows),
            ImageFormat.Idx => catalog.LoadIdx(folder, split, maximumRows: maximumRows),
            _ => catalog.LoadImageFolder(folder, height, width, split, maximumRows: maximumRows, inMemory: inMemory),
        };

    /// <summary>Reads both parts of whatever set a folder holds, as <see cref="LoadImages(DataOperationsCatalog, string, Split, int?, int, int, bool)"/> does. A folder of images
    /// without parts of its own is divided by ML.NET's <c>TrainTestSplit</c>.</summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="maximumRows">Only the first so many rows of each part (of the whole, where it is divided here); null for all.</param>
    /// <param name="height">Rows, in pixels, that folders of images are brought to.</param>
    /// <param name="width">Columns, in pixels, that folders of images are brought to.</param>
    /// <param name="testFraction">The share that becomes the test part where the set is divided here, above 0 and below 1.</param>
    /// <param name="seed">The seed of that division; null for the context's.</param>
    /// <param name="inMemory">Whether folders of images are read into memory, or stay in their files, as in <see cref="LoadImageFolder"/>.</param>
    /// <exception cref="DirectoryNotFoundException">The folder is missing.</exception>
    /// <exception cref="InvalidDataException">The folder holds no set (the message says what was looked for), or several, or the set is damaged.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static DataOperationsCatalog.TrainTestData LoadTrainTestImages(
        this DataOperationsCatalog catalog, string folder, int? maximumRows = null, int height = 32, int width = 32, double testFraction = 0.2, int? seed = null, bool inMemory = true)
    {
        IDataView train = catalog.LoadImages(folder, Split.Train, maximumRows, height, width, inMemory);
        return ImageFormats.Recognize(folder) == ImageFormat.ClassFolders && !ImageFolderParts.Of(folder).AreTwo
            ? catalog.TrainTestSplit(train, testFraction, seed: seed)
            : TrainTestParts.Create(train, catalog.LoadImages(folder, Split.Test, maximumRows, height, width, inMemory));
    }

    /// <summary>Makes a data view of images that are in memory already.</summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="pixels">The images one after another, each as many bytes as the shape's volume, plane by plane and row by row. The array is kept, not copied: leave it unchanged.</param>
    /// <param name="shape">The shape of every image.</param>
    /// <param name="labels">One class an image, from 0. They are copied.</param>
    /// <param name="classNames">One name a class, in the order of the labels.</param>
    /// <exception cref="ArgumentException">The array is not as long as labels and shape ask for, there is no image, or a name is empty or there twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label has no name.</exception>
    public static IDataView LoadImages(this DataOperationsCatalog catalog, byte[] pixels, ImageShape shape, IReadOnlyList<int> labels, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return ImageArrays.Wrap(pixels, shape, labels, classNames);
    }

    /// <summary>Tells images by their content: the same images have the same hash wherever they lie and whatever their files are called. Another image, label, name of a class or order makes another.</summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="images">Images of one of the loaders: a whole part, or some rows of it.</param>
    /// <returns>A SHA-256, 64 hexadecimal digits. Of images that stay in their files it covers what the files hold, so that nothing is decoded, and not the size that the images are brought to;
    /// of images in memory it covers the pixels.</returns>
    /// <exception cref="ArgumentException">There is no column Label of keys, or no column Pixels of bytes.</exception>
    /// <exception cref="IOException">A file of an image is no longer there, or cannot be read.</exception>
    public static string HashImages(this DataOperationsCatalog catalog, IDataView images)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(images);
        return ImageContent.Hash(images);
    }
}

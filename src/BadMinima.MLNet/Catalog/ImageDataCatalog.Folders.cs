using BadMinima.MLNet;
using BadMinima.MLNet.Examples.Readers;
using BadMinima.MLNet.Interop;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML;

public static partial class ImageDataCatalog
{
    /// <summary>
    /// Reads a folder with one subfolder per class, images of any sizes, brought to one size by ML.NET's ResizeImages and ExtractPixels.
    /// </summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="folder">Either class/image, or a folder for each part with class/image in it. Parts are called train or training, and
    /// test, testing, eval, evaluation, val, valid, validation or dev, in any case and with or without "set" (test_set). Of several for
    /// testing the first in this order counts that has folders of the classes. A lone folder 'train' among others is a class; folders that
    /// are called like parts but do not fit together are refused. Classes are the subfolders in ordinal order (of the training part), named
    /// like them in Unicode's composed form (NFC), or as a file class_names.txt in <paramref name="folder"/> says (a folder's name, a tab,
    /// the class's name on each line). The images of a class are the files .jpg, .jpeg, .jpe, .jfif, .png, .bmp, .dib, .gif, .webp and .ico
    /// in its subfolder and below it. Symbolic links are followed, but not up to a folder that they lie in, and each folder once per class.
    /// Hidden files are passed over. Files with other endings are too, and images that lie beside the folders of the classes: one warning
    /// in the context's <c>Log</c> counts them by ending.</param>
    /// <param name="height">Rows of the resulting images, in pixels.</param>
    /// <param name="width">Columns of the resulting images, in pixels.</param>
    /// <param name="split">Which part. Without folders for parts, <see cref="Split.Train"/> is the whole set (divide it with
    /// <c>TrainTestSplit</c>) and there is no <see cref="Split.Test"/>.</param>
    /// <param name="resizing">How an image of another aspect is fitted in, as in <c>ResizeImages</c>.</param>
    /// <param name="maximumRows">
    /// Only the first so many rows, where one image of each class comes in turn, in ordinal order of their paths; null for all.
    /// </param>
    /// <param name="inMemory">Whether every file is decoded once, here, and its pixels kept in memory. If not, the images stay in their
    /// files: each pass decodes them as it comes to them, on all cores and a little ahead, and a damaged file is found by the pass that
    /// reads it. A <see cref="TwoPhaseTrainer"/> then trains without holding the set in memory.</param>
    /// <remarks>
    /// <para>Images have three channels (red, green, blue); gray files give three equal planes, and of 16 bits a channel the upper 8 count.
    /// The first frame of an animation is taken, and the orientation that a camera notes in a JPEG is not applied.</para>
    /// <para>Transparent pixels count as painted on black: each is its color times its opacity, and one that is wholly transparent is
    /// black whatever its stored color. ML.NET's own LoadImages, ResizeImages and ExtractPixels give the same, so that a model meets in a
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
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    ///
    /// // flowers/train/daisy/1.jpg, flowers/train/rose/2.png, ..., flowers/test/daisy/3.jpg, ...
    /// var train = ml.Data.LoadImageFolder("flowers", height: 64, width: 64, Split.Train);
    /// var test = ml.Data.LoadImageFolder("flowers", height: 64, width: 64, Split.Test);
    ///
    /// // A set larger than memory: each pass decodes the files as it comes to them.
    /// var large = ml.Data.LoadImageFolder("flowers", height: 224, width: 224, inMemory: false);
    /// </code>
    /// </example>
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

    /// <summary>
    /// Reads Restricted ImageNet (Tsipras et al., ICLR 2019) out of a folder of ImageNet: 203 of the 1,000 classes of ILSVRC 2012, grouped
    /// into dog, cat, frog, turtle, bird, primate, fish, crab and insect.
    /// </summary>
    /// <param name="catalog">The catalog, <c>MLContext.Data</c>.</param>
    /// <param name="folder">The folder of train/n01440764/image.JPEG and val/n01440764/image.JPEG (or test, or
    /// what else <see cref="LoadImageFolder"/> takes for a part). It may hold all 1,000 classes, of which 797 are passed over, or
    /// only some, as long as the 203 are there in both parts. ImageNet cannot be downloaded without registering at image-net.org, and its
    /// validation images come unsorted.</param>
    /// <param name="split">Which part.</param>
    /// <param name="height">Rows of the resulting images, in pixels.</param>
    /// <param name="width">Columns of the resulting images, in pixels.</param>
    /// <param name="resizing">How an image of another aspect is fitted in, as in <c>ResizeImages</c>.</param>
    /// <param name="maximumRows">Only the first so many rows, where one image of each of the nine classes comes in turn, and within a class
    /// one of each folder; null for all.</param>
    /// <remarks>
    /// Nothing is held in memory, nor does a <see cref="TwoPhaseTrainer"/> hold it: each pass decodes the images as it comes to them, on
    /// all cores and a little ahead, and a damaged file is found by the pass that reads it. Otherwise as <see cref="LoadImageFolder"/>.
    /// </remarks>
    /// <exception cref="DirectoryNotFoundException">The folder, or the test part that was asked for, is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// Of the 203 folders some are missing (the message counts them by class), a class has no image, or a file cannot be decoded to its
    /// end.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A size or <paramref name="maximumRows"/> is below 1.</exception>
    /// <example>
    /// <code>
    /// var ml = new MLContext(seed: 1);
    /// var train = ml.Data.LoadRestrictedImageNet("imagenet", Split.Train, height: 128, width: 128);
    /// var trainer = ml.MulticlassClassification.Trainers.TwoPhase(architecture: "resnet50", replicas: 0, epochs: 90);
    /// using var model = trainer.Fit(train);    // decodes on all cores, two batches ahead of the network
    /// </code>
    /// </example>
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
}

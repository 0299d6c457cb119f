using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace BadMinima.MLNet.Tests.Examples;

[TestClass]
public sealed class ImageFolderTests
{
    private readonly MLContext _ml = new();

    [TestMethod]
    public void Classes_are_the_subfolders_in_ordinal_order_and_their_images_come_in_turn()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WritePicture(folder.File("red/1.png"), 9, 11, 200, 0, 0);
        ImageFiles.WritePicture(folder.File("red/deep/2.PNG"), 20, 6, 210, 0, 0);
        ImageFiles.WritePicture(folder.File("red/3.png"), 8, 8, 220, 0, 0);
        ImageFiles.WritePicture(folder.File("Blue/only.png"), 40, 40, 0, 0, 200);
        File.WriteAllText(folder.File("red/notes.txt"), "no image");

        IDataView view = _ml.Data.LoadImageFolder(folder.FullPath, 8, 10);
        Assert.AreEqual(new ImageShape(3, 8, 10).ToVectorType(NumberDataViewType.Byte), view.Schema["Pixels"].Type);
        CollectionAssert.AreEqual(new[] { "Blue", "red" }, ImageRow.ClassNames(view));
        List<ImageRow> rows = ImageRow.ReadAll(view);
        CollectionAssert.AreEqual(new uint[] { 1, 2, 2, 2 }, rows.Select(r => r.Label).ToArray());
        CollectionAssert.AreEqual(new[] { (0, 0, 200), (200, 0, 0), (220, 0, 0), (210, 0, 0) }, rows.Select(r => Middle(r, 80)).ToArray());
        CollectionAssert.AreEqual(new uint[] { 1, 2 }, ImageRow.ReadAll(_ml.Data.LoadImageFolder(folder.FullPath, 8, 10, maximumRows: 2)).Select(r => r.Label).ToArray());
    }

    [TestMethod]
    [DataRow(ImageResizingEstimator.ResizingKind.IsoCrop)]
    [DataRow(ImageResizingEstimator.ResizingKind.IsoPad)]
    [DataRow(ImageResizingEstimator.ResizingKind.Fill)]
    public void Pixels_equal_those_of_ML_NET_s_own_image_pipeline(ImageResizingEstimator.ResizingKind resizing)
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteNoise(folder.File("a/1.png"), 50, 31);
        ImageFiles.WriteNoise(folder.File("b/2.jpg"), 17, 64);
        string[] files = [folder.File("a/1.png"), folder.File("b/2.jpg")];

        IDataView source = _ml.Data.LoadFromEnumerable(files.Select(f => new { File = f }));
        IDataView expected = _ml.Transforms.LoadImages("Image", null, "File")
            .Append(_ml.Transforms.ResizeImages("Image", 24, 16, "Image", resizing))
            .Append(_ml.Transforms.ExtractPixels("Pixels", "Image"))
            .Fit(source)
            .Transform(source);
        float[][] pixels = [.. expected.GetColumn<float[]>("Pixels")];

        List<ImageRow> rows = ImageRow.ReadAll(_ml.Data.LoadImageFolder(folder.FullPath, 16, 24, resizing: resizing));
        for (int i = 0; i < rows.Count; i++)
        {
            CollectionAssert.AreEqual(pixels[i], rows[i].Pixels.Select(p => (float)p).ToArray());
        }
    }

    [TestMethod]
    public void Hidden_folders_are_no_classes()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in new[] { "red/1.png", "blue/1.png", ".ipynb_checkpoints/1.png", ".thumbnails/2.png", "red/.hidden/3.png", "red/._1.png" })
        {
            ImageFiles.WritePicture(folder.File(name), 8, 8, 200, 0, 0);
        }

        IDataView view = _ml.Data.LoadImageFolder(folder.FullPath, 8, 8);
        CollectionAssert.AreEqual(new[] { "blue", "red" }, ImageRow.ClassNames(view));
        Assert.AreEqual(2, view.GetRowCount());
    }

    [TestMethod]
    public void A_gray_file_gives_three_equal_planes()
    {
        using var folder = new TemporaryFolder();

        // 4 x 4, 8 bits of gray, every pixel 128: not a format that ML.NET writes.
        byte[] gray = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAAAAACMmsGiAAAADklEQVR42mNoAAIGVAIAUBQIAW1N4EkAAAAASUVORK5CYII=");
        Directory.CreateDirectory(folder.File("a"));
        File.WriteAllBytes(folder.File("a/gray.png"), gray);
        ImageFiles.WritePicture(folder.File("b/color.png"), 4, 4, 1, 2, 3);
        byte[] pixels = ImageRow.ReadAll(_ml.Data.LoadImageFolder(folder.FullPath, 4, 4))[0].Pixels;
        CollectionAssert.AreEqual(Enumerable.Repeat((byte)128, 48).ToArray(), pixels);
    }

    [TestMethod]
    public void Many_images_keep_their_order()
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 100; i++)
        {
            ImageFiles.WritePicture(folder.File($"{(i % 2 == 0 ? "a" : "b")}/{i:D3}.png"), 6, 6, (byte)i, 0, 0);
        }

        List<ImageRow> rows = ImageRow.ReadAll(_ml.Data.LoadImageFolder(folder.FullPath, 4, 4));
        CollectionAssert.AreEqual(Enumerable.Range(0, 100).ToArray(), rows.Select(r => (int)r.Pixels[5]).ToArray());
    }

    [TestMethod]
    public void Train_and_test_folders_share_the_classes_of_the_training_part()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WritePicture(folder.File("train/a/1.png"), 4, 4, 1, 0, 0);
        ImageFiles.WritePicture(folder.File("train/b/1.png"), 4, 4, 2, 0, 0);
        ImageFiles.WritePicture(folder.File("train/c/1.png"), 4, 4, 3, 0, 0);
        ImageFiles.WritePicture(folder.File("test/b/1.png"), 4, 4, 4, 0, 0);
        ImageFiles.WritePicture(folder.File("test/c/1.png"), 4, 4, 5, 0, 0);

        IDataView test = _ml.Data.LoadImageFolder(folder.FullPath, 4, 4, Split.Test);
        Assert.HasCount(3, ImageRow.ReadAll(_ml.Data.LoadImageFolder(folder.FullPath, 4, 4, Split.Train)));
        CollectionAssert.AreEqual(new[] { "a", "b", "c" }, ImageRow.ClassNames(test));
        CollectionAssert.AreEqual(new uint[] { 2, 3 }, ImageRow.ReadAll(test).Select(r => r.Label).ToArray());

        ImageFiles.WritePicture(folder.File("test/d/1.png"), 4, 4, 5, 0, 0);
        Assert.Contains($"{Path.Combine(folder.FullPath, "test", "d")}: the folder 'train' has no such class; it has a, b, c", Message(folder, Split.Test));
    }

    [TestMethod]
    [DataRow("val", 2, new[] { "val" })]
    [DataRow("valid", 2, new[] { "valid" })]
    [DataRow("test", 3, new[] { "valid", "test" })]
    public void A_validation_folder_is_the_test_part_where_there_is_no_other(string expected, int images, string[] parts)
    {
        using var folder = new TemporaryFolder();
        foreach (string part in parts.Append("train"))
        {
            for (int i = 0; i < (part == expected ? images : 1); i++)
            {
                ImageFiles.WritePicture(folder.File($"{part}/a/{i}.png"), 4, 4, 1, 0, 0);
                ImageFiles.WritePicture(folder.File($"{part}/b/{i}.png"), 4, 4, 2, 0, 0);
            }
        }

        DataOperationsCatalog.TrainTestData sets = _ml.Data.LoadTrainTestImages(folder.FullPath, height: 4, width: 4);
        Assert.HasCount(2, ImageRow.ReadAll(sets.TrainSet));
        Assert.HasCount(2 * images, ImageRow.ReadAll(sets.TestSet));
    }

    [TestMethod]
    public void A_file_of_class_names_names_the_folders()
    {
        using var folder = new TemporaryFolder();
        foreach (string part in new[] { "train", "val" })
        {
            ImageFiles.WritePicture(folder.File($"{part}/n01440764/1.png"), 4, 4, 1, 0, 0);
            ImageFiles.WritePicture(folder.File($"{part}/n02102040/1.png"), 4, 4, 2, 0, 0);
        }

        File.WriteAllText(folder.File("class_names.txt"), "n01440764\ttench\r\n\nn02102040\tEnglish springer\n");
        CollectionAssert.AreEqual(new[] { "tench", "English springer" }, ImageRow.ClassNames(_ml.Data.LoadImageFolder(folder.FullPath, 4, 4)));
        CollectionAssert.AreEqual(new[] { "tench", "English springer" }, ImageRow.ClassNames(_ml.Data.LoadImageFolder(folder.FullPath, 4, 4, Split.Test)));

        File.WriteAllText(folder.File("class_names.txt"), "n01440764\ttench\n");
        Assert.Contains("no line for the folder 'n02102040'", Message(folder));
        File.WriteAllText(folder.File("class_names.txt"), "n01440764 tench\n");
        Assert.Contains("'n01440764 tench' found; a line holds a folder's name, a tab and the class's name", Message(folder));
        File.WriteAllText(folder.File("class_names.txt"), "n01440764\ttench\nn02102040\ttench\n");
        Assert.Contains("'tench' is there twice", Message(folder));
    }

    [TestMethod]
    public void A_folder_without_parts_has_no_test_part()
    {
        using var folder = new TemporaryFolder();
        WriteTwoClasses(folder);
        string message = Assert.ThrowsExactly<DirectoryNotFoundException>(() => _ml.Data.LoadImageFolder(folder.FullPath, 4, 4, Split.Test)).Message;
        Assert.Contains("has no test part of its own", message);
        Assert.Contains("TrainTestSplit", message);
    }

    [TestMethod]
    public void An_unreadable_image_is_named()
    {
        using var folder = new TemporaryFolder();
        WriteTwoClasses(folder);
        File.WriteAllText(folder.File("b/bad.jpg"), "this is no image");
        Assert.Contains($"{Path.Combine(folder.FullPath, "b", "bad.jpg")}: no image that can be read (JPEG, PNG, BMP, GIF, WebP, ICO expected), 16 bytes found", Message(folder));
        File.WriteAllBytes(folder.File("b/bad.jpg"), []);
        Assert.Contains("bad.jpg: no image that can be read", Message(folder));
    }

    [TestMethod]
    [DataRow("cut.jpg")]
    [DataRow("cut.png")]
    public void A_cut_image_is_named(string name)
    {
        using var folder = new TemporaryFolder();
        WriteTwoClasses(folder);
        string file = Path.Combine(folder.FullPath, "a", name);
        ImageFiles.WriteNoise(file, 64, 48);
        ImageFiles.Cut(file, new FileInfo(file).Length / 2);
        string message = Message(folder);
        Assert.Contains($"{file}: the image of 48 x 64 cannot be read to its end", message);
        Assert.Contains("cut or damaged", message);
    }

    [TestMethod]
    public void A_class_without_images_and_a_single_class_are_told()
    {
        using var folder = new TemporaryFolder();
        WriteTwoClasses(folder);
        Directory.CreateDirectory(folder.File("c"));
        Assert.Contains($"{folder.File("c")}: no image found", Message(folder));
        Directory.Delete(folder.File("c"));
        Directory.Delete(folder.File("b"), recursive: true);
        Assert.Contains("at least 2 folders expected", Message(folder));
    }

    [TestMethod]
    public void Options_out_of_range_are_named()
    {
        using var folder = new TemporaryFolder();
        WriteTwoClasses(folder);
        Assert.Contains("height is 0", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Data.LoadImageFolder(folder.FullPath, 0, 4)).Message);
        Assert.Contains("maximumRows is -1", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Data.LoadImageFolder(folder.FullPath, 4, 4, maximumRows: -1)).Message);
        Assert.Contains("resizing is 9; allowed are IsoPad, IsoCrop, Fill", Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => _ml.Data.LoadImageFolder(folder.FullPath, 4, 4, resizing: (ImageResizingEstimator.ResizingKind)9)).Message);
        Assert.Contains("nowhere: no such folder", Assert.ThrowsExactly<DirectoryNotFoundException>(() => _ml.Data.LoadImageFolder(folder.File("nowhere"), 4, 4)).Message);
    }

    private static void WriteTwoClasses(TemporaryFolder folder)
    {
        ImageFiles.WritePicture(folder.File("a/1.png"), 4, 4, 1, 0, 0);
        ImageFiles.WritePicture(folder.File("b/1.png"), 4, 4, 2, 0, 0);
    }

    private static (int Red, int Green, int Blue) Middle(ImageRow row, int plane) => (row.Pixels[plane / 2], row.Pixels[plane + (plane / 2)], row.Pixels[(2 * plane) + (plane / 2)]);

    private string Message(TemporaryFolder folder, Split split = Split.Train)
        => Assert.ThrowsExactly<InvalidDataException>(() => _ml.Data.LoadImageFolder(folder.FullPath, 4, 4, split)).Message;
}

using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Images;

[TestClass]
public sealed class IdxTests
{
    private readonly MLContext _ml = new();

    [TestMethod]
    [DataRow("-", "")]
    [DataRow("-", ".gz")]
    [DataRow(".", "")]
    [DataRow(".", ".gz")]
    public void A_folder_comes_back_as_it_was_written(string separator, string ending)
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteIdxImages(folder.File($"train-images{separator}idx3-ubyte{ending}"), 50, 5, 7);
        ImageFiles.WriteIdxLabels(folder.File($"train-labels{separator}idx1-ubyte{ending}"), 50, 4);
        IDataView view = _ml.Data.LoadIdx(folder.FullPath);
        Assert.AreEqual(new ImageShape(1, 5, 7).ToVectorType(NumberDataViewType.Byte), view.Schema["Pixels"].Type);
        CollectionAssert.AreEqual(new[] { "0", "1", "2", "3" }, ImageRow.ClassNames(view));
        AssertRows(view, 50, 5 * 7, 4);
    }

    [TestMethod]
    public void Images_larger_than_one_read_come_back_whole()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteIdxImages(folder.File("i.gz"), 12, 1000, 500);
        ImageFiles.WriteIdxLabels(folder.File("l"), 12, 4);
        AssertRows(_ml.Data.LoadIdx(folder.File("i.gz"), folder.File("l")), 12, 1000 * 500, 4);
    }

    [TestMethod]
    public void Compression_is_told_by_the_content_not_by_the_name()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteIdxImages(folder.File("i.gz"), 8, 2, 2);
        File.Move(folder.File("i.gz"), folder.File("i"));
        ImageFiles.WriteIdxLabels(folder.File("l"), 8, 4);
        AssertRows(_ml.Data.LoadIdx(folder.File("i"), folder.File("l")), 8, 4, 4);
    }

    [TestMethod]
    public void Train_and_test_labels_are_keys_of_one_type_even_where_a_part_lacks_the_last_class()
    {
        using var folder = new TemporaryFolder();
        WritePart(folder, "train", 20, 10);
        WritePart(folder, "t10k", 5, 5);
        IDataView train = _ml.Data.LoadIdx(folder.FullPath, Split.Train, maximumRows: 3);
        IDataView test = _ml.Data.LoadIdx(folder.FullPath, Split.Test);
        Assert.HasCount(3, ImageRow.ReadAll(train));
        Assert.HasCount(5, ImageRow.ReadAll(test));
        Assert.AreEqual(10UL, ((KeyDataViewType)train.Schema["Label"].Type).Count);
        Assert.AreEqual(train.Schema["Label"].Type, test.Schema["Label"].Type);
    }

    [TestMethod]
    public void Class_names_can_be_given_and_must_be_enough()
    {
        using var folder = new TemporaryFolder();
        WritePart(folder, "train", 6, 3);
        string[] names = ["shirt", "shoe", "bag", "hat"];
        CollectionAssert.AreEqual(names, ImageRow.ClassNames(_ml.Data.LoadIdx(folder.FullPath, classNames: names)));
        Assert.Contains(
            "train-labels-idx1-ubyte: label 2 found at place 3; classNames has 2 names, for 0 to 1",
            Assert.ThrowsExactly<InvalidDataException>(() => _ml.Data.LoadIdx(folder.FullPath, classNames: ["shirt", "shoe"])).Message);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow(".gz")]
    public void A_wrong_magic_number_is_told_and_swapped_files_are_recognized(string ending)
    {
        using var folder = new TemporaryFolder();
        string images = folder.File("i" + ending);
        string labels = folder.File("l" + ending);
        ImageFiles.WriteIdxImages(images, 4, 2, 2);
        ImageFiles.WriteIdxLabels(labels, 4, 2);
        string message = Message(labels, images);
        Assert.StartsWith(images, message);
        Assert.Contains("magic number 0x00000801 expected", message);
        Assert.Contains("found 0x00000803. That is a file of images: were the two files swapped?", message);
        Assert.Contains("magic number 0x00000803 expected (IDX, unsigned bytes, dimensions: 3), found 0x00000801", Message(labels, labels));

        ImageFiles.Write(images, [.. ImageFiles.Header(0x0D03, 4, 2, 2), .. new byte[16]]);
        Assert.Contains("found 0x00000D03.", Message(images, labels));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow(".gz")]
    public void A_different_number_of_images_and_labels_is_told(string ending)
    {
        using var folder = new TemporaryFolder();
        string images = folder.File("i" + ending);
        string labels = folder.File("l" + ending);
        ImageFiles.WriteIdxImages(images, 1200, 2, 2);
        ImageFiles.WriteIdxLabels(labels, 1100, 2);
        string message = Message(images, labels);
        Assert.Contains($"{images}: 1,200 images, but 1,100 labels in {labels}; the counts must be equal", message);
    }

    [TestMethod]
    public void A_plain_file_shorter_or_longer_than_its_header_says_is_told()
    {
        using var folder = new TemporaryFolder();
        string images = folder.File("i");
        string labels = folder.File("l");
        ImageFiles.WriteIdxImages(images, 1000, 2, 2);
        ImageFiles.WriteIdxLabels(labels, 1000, 2);
        ImageFiles.Cut(images, 3000);
        Assert.Contains($"{images}: 4,016 bytes expected (a header of 16 and 1,000 images of 2 x 2), found 3,000. The file is cut", Message(images, labels));
        ImageFiles.Cut(images, 5000);
        Assert.Contains("4,016 bytes expected (a header of 16 and 1,000 images of 2 x 2), found 5,000. The file is damaged", Message(images, labels));
        ImageFiles.Cut(images, 7);
        Assert.Contains("a header of 16 bytes expected, 7 found. The file is cut", Message(images, labels));
        ImageFiles.Cut(images, 0);
        Assert.Contains("a header of 16 bytes expected, 0 found. The file is cut", Message(images, labels));
    }

    [TestMethod]
    public void Compressed_data_shorter_or_longer_than_the_header_says_are_told()
    {
        using var folder = new TemporaryFolder();
        string images = folder.File("i.gz");
        string labels = folder.File("l");
        ImageFiles.WriteIdxLabels(labels, 1000, 2);
        ImageFiles.Write(images, [.. ImageFiles.Header(0x0803, 1000, 2, 2), .. new byte[3000]]);
        Assert.Contains($"{images}: 1,000 images promised by the header, 750 found. The file is cut", Message(images, labels));
        ImageFiles.Write(images, [.. ImageFiles.Header(0x0803, 1000, 2, 2), .. new byte[4001]]);
        Assert.Contains($"{images}: 1,000 images promised by the header, more found. The file is damaged", Message(images, labels));
    }

    [TestMethod]
    [DataRow(0.01)]
    [DataRow(0.5)]
    [DataRow(0.99)]
    public void A_cut_gzip_file_is_told(double kept)
    {
        using var folder = new TemporaryFolder();
        string images = folder.File("i.gz");
        string labels = folder.File("l");
        ImageFiles.WriteIdxLabels(labels, 2000, 2);
        byte[] noise = new byte[2000 * 4];
        new Random(1).NextBytes(noise);
        ImageFiles.Write(images, [.. ImageFiles.Header(0x0803, 2000, 2, 2), .. noise]);
        ImageFiles.Cut(images, (long)(new FileInfo(images).Length * kept));
        string message = Message(images, labels);
        Assert.StartsWith(images, message);
        Assert.Contains("cut", message);
    }

    [TestMethod]
    public void A_damaged_gzip_file_is_told()
    {
        using var folder = new TemporaryFolder();
        string images = folder.File("i.gz");
        string labels = folder.File("l");
        ImageFiles.WriteIdxLabels(labels, 2000, 2);
        ImageFiles.WriteIdxImages(images, 2000, 2, 2);
        byte[] bytes = File.ReadAllBytes(images);
        bytes[^6] ^= 0xFF; // in the checksum
        File.WriteAllBytes(images, bytes);
        Assert.Contains($"{images}: the gzip data are cut or damaged", Message(images, labels));
    }

    [TestMethod]
    [DataRow(0U, 28U, 28U)]
    [DataRow(10U, 0U, 28U)]
    [DataRow(10U, 28U, 0U)]
    [DataRow(10U, uint.MaxValue, uint.MaxValue)]
    [DataRow(uint.MaxValue, uint.MaxValue, uint.MaxValue)]
    public void Absurd_sizes_are_told(uint count, uint rows, uint columns)
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteIdxLabels(folder.File("l"), 10, 2);
        foreach (string images in new[] { folder.File("i"), folder.File("i.gz") })
        {
            ImageFiles.Write(images, [.. ImageFiles.Header(0x0803, count, rows, columns), .. new byte[10]]);
            Assert.Contains($"{images}: the header says {count:N0} images of {rows:N0} x {columns:N0}; allowed are", Message(images, folder.File("l")));
        }
    }

    [TestMethod]
    public void A_promise_that_is_large_but_not_absurd_costs_no_memory()
    {
        using var folder = new TemporaryFolder();
        string labels = folder.File("l.gz");
        ImageFiles.Write(labels, [.. ImageFiles.Header(0x0801, int.MaxValue), .. new byte[10]]);
        ImageFiles.WriteIdxImages(folder.File("i"), 10, 2, 2);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("2,147,483,647 labels promised by the header, 10 found", Message(folder.File("i"), labels));
        Assert.IsLessThan(64L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Missing_files_are_named()
    {
        using var folder = new TemporaryFolder();
        string nowhere = folder.File("nowhere");
        Assert.Contains($"{nowhere}: no such folder", Assert.ThrowsExactly<DirectoryNotFoundException>(() => _ml.Data.LoadIdx(nowhere)).Message);
        Assert.Contains($"{nowhere}: no such file", Assert.ThrowsExactly<FileNotFoundException>(() => _ml.Data.LoadIdx(nowhere, nowhere)).Message);

        WritePart(folder, "train", 6, 3);
        string message = Assert.ThrowsExactly<FileNotFoundException>(() => _ml.Data.LoadIdx(folder.FullPath, Split.Test)).Message;
        Assert.Contains("no file of images for the Test part", message);
        Assert.Contains("t10k-images-idx3-ubyte.gz", message);
        File.Delete(folder.File("train-labels-idx1-ubyte"));
        Assert.Contains("no file of labels for the Train part", Assert.ThrowsExactly<FileNotFoundException>(() => _ml.Data.LoadIdx(folder.FullPath)).Message);
    }

    private static void WritePart(TemporaryFolder folder, string part, int count, int classes)
    {
        ImageFiles.WriteIdxImages(folder.File($"{part}-images-idx3-ubyte"), count, 3, 3);
        ImageFiles.WriteIdxLabels(folder.File($"{part}-labels-idx1-ubyte"), count, classes);
    }

    private static void AssertRows(IDataView view, int count, int volume, int classes)
    {
        List<ImageRow> rows = ImageRow.ReadAll(view);
        Assert.HasCount(count, rows);
        for (int i = 0; i < count; i++)
        {
            Assert.AreEqual((uint)(i % classes) + 1, rows[i].Label);
            CollectionAssert.AreEqual(ImageFiles.Image(i, volume), rows[i].Pixels);
        }
    }

    private string Message(string images, string labels) => Assert.ThrowsExactly<InvalidDataException>(() => _ml.Data.LoadIdx(images, labels)).Message;
}

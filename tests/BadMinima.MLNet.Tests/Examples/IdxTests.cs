using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Examples;

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

    [TestMethod]
    [DataRow("emnist-letters-train", "emnist-letters-test", ".gz")]
    [DataRow("qmnist-train", "qmnist-test", "")]
    [DataRow("my.train", "my.t10k", ".gz")]
    [DataRow("TRAIN", "TEST", ".GZ")]
    public void A_set_is_found_under_a_prefix_and_in_capitals(string train, string test, string ending)
    {
        using var folder = new TemporaryFolder();
        foreach ((string part, int count) in new[] { (train, 6), (test, 4) })
        {
            bool capitals = part.All(char.IsUpper);
            string Name(string rest) => folder.File(part + (capitals ? rest.ToUpperInvariant() : rest) + ending);
            ImageFiles.WriteIdxImages(Name("-images-idx3-ubyte"), count, 2, 2);
            ImageFiles.WriteIdxLabels(Name("-labels-idx1-ubyte"), count, 2);
        }

        // macOS leaves such beside each file.
        File.WriteAllText(folder.File("._train-images-idx3-ubyte"), "");
        AssertRows(_ml.Data.LoadIdx(folder.FullPath), 6, 4, 2);
        AssertRows(_ml.Data.LoadImageSet(folder.FullPath, Split.Test), 4, 4, 2);
        Assert.HasCount(6, ImageRow.ReadAll(_ml.Data.LoadTrainTestImages(folder.FullPath).TrainSet));
    }

    [TestMethod]
    public void Several_sets_in_one_folder_are_refused_and_named()
    {
        using var folder = new TemporaryFolder();
        WritePart(folder, "emnist-letters-train", 4, 2);
        WritePart(folder, "emnist-digits-test", 4, 2);
        foreach (Action load in new Action[] { () => _ml.Data.LoadIdx(folder.FullPath), () => _ml.Data.LoadIdx(folder.FullPath, Split.Test), () => _ml.Data.LoadImageSet(folder.FullPath) })
        {
            Assert.AreEqual($"{folder.FullPath}: IDX files of 2 sets found (emnist-digits-test-images-idx3-ubyte, emnist-letters-train-images-idx3-ubyte). "
                + "Give each set a folder of its own, or name the two files: LoadIdx(imagesFile, labelsFile).", Assert.ThrowsExactly<InvalidDataException>(load).Message);
        }

        // A file that is there twice is one set.
        using var twice = new TemporaryFolder();
        WritePart(twice, "train", 4, 2);
        ImageFiles.WriteIdxImages(twice.File("train-images-idx3-ubyte.gz"), 9, 3, 3);
        AssertRows(_ml.Data.LoadIdx(twice.FullPath), 4, 9, 2);
    }

    [TestMethod]
    public void The_first_of_Qmnists_eight_numbers_is_the_class()
    {
        using var folder = new TemporaryFolder();
        string labels = folder.File("qmnist-train-labels-idx2-int.gz");
        ImageFiles.WriteIdxImages(folder.File("qmnist-train-images-idx3-ubyte.gz"), 3, 2, 2);
        ImageFiles.Write(labels, ImageFiles.Header([0x0C02, 3, 8, .. new uint[] { 2, 0, 1 }.SelectMany(c => new uint[] { c, 1, 300, 7, 70_000, 5, 0, 0 })]));
        IDataView view = _ml.Data.LoadIdx(folder.FullPath);
        CollectionAssert.AreEqual(new uint[] { 3, 1, 2 }, view.GetColumn<uint>("Label").ToArray());
        CollectionAssert.AreEqual(new[] { "0", "1", "2" }, ImageRow.ClassNames(view));

        string images = folder.File("qmnist-train-images-idx3-ubyte.gz");
        ImageFiles.Write(labels, ImageFiles.Header(0x0C02, 3, 2, 1, 0, 2, 0, 3, 0));
        Assert.Contains($"{labels}: labels of 2 numbers each; read are labels of one byte, and QMNIST's of 8 numbers", Message(images, labels));
        ImageFiles.Write(labels, ImageFiles.Header([0x0C02, 3, 8, .. new uint[24].Select((_, i) => i == 8 ? uint.MaxValue : 1)]));
        Assert.Contains($"{labels}: label -1 found at place 2; allowed are 0 to 255", Message(images, labels));
        string plain = folder.File("l");
        ImageFiles.Write(plain, ImageFiles.Header(0x0C02, 3, 8, 1, 0, 2));
        Assert.Contains("108 bytes expected (a header of 12 and 3 labels of 1 x 8), found 24. The file is cut", Message(images, plain));
    }

    [TestMethod]
    public void Labels_that_begin_at_one_have_no_class_below()
    {
        using var folder = new TemporaryFolder();
        WriteLabeled(folder, "emnist-letters-train", 1, 3, 2);
        WriteLabeled(folder, "emnist-letters-test", 3, 1);
        IDataView train = _ml.Data.LoadIdx(folder.FullPath), test = _ml.Data.LoadIdx(folder.FullPath, Split.Test);
        foreach (IDataView part in new[] { train, test })
        {
            CollectionAssert.AreEqual(new[] { "1", "2", "3" }, ImageRow.ClassNames(part));
        }

        CollectionAssert.AreEqual(new uint[] { 1, 3, 2 }, train.GetColumn<uint>("Label").ToArray());
        CollectionAssert.AreEqual(new uint[] { 3, 1 }, test.GetColumn<uint>("Label").ToArray());

        // Three names are theirs, four are those of 0 to 3.
        CollectionAssert.AreEqual(new uint[] { 3, 1 }, _ml.Data.LoadIdx(folder.FullPath, Split.Test, ["a", "b", "c"]).GetColumn<uint>("Label").ToArray());
        CollectionAssert.AreEqual(new uint[] { 4, 2 }, _ml.Data.LoadIdx(folder.FullPath, Split.Test, ["none", "a", "b", "c"]).GetColumn<uint>("Label").ToArray());

        // One part alone may lack a class: its names are those of 0, 1, ...
        string images = folder.File("emnist-letters-train-images-idx3-ubyte"), labels = folder.File("emnist-letters-train-labels-idx1-ubyte");
        Assert.Contains("label 3 found at place 2; classNames has 3 names, for 0 to 2. The labels are 1 to 3: give a name to 0, too.",
            Assert.ThrowsExactly<InvalidDataException>(() => _ml.Data.LoadIdx(images, labels, ["a", "b", "c"])).Message);
        CollectionAssert.AreEqual(new[] { "1", "2", "3" }, ImageRow.ClassNames(_ml.Data.LoadIdx(images, labels)));
    }

    [TestMethod]
    public void A_part_that_lacks_the_first_class_keeps_the_names_of_the_others()
    {
        using var folder = new TemporaryFolder();
        WriteLabeled(folder, "train", 0, 1, 2);
        WriteLabeled(folder, "t10k", 2, 1);
        IDataView test = _ml.Data.LoadIdx(folder.FullPath, Split.Test);
        CollectionAssert.AreEqual(new[] { "0", "1", "2" }, ImageRow.ClassNames(test));
        CollectionAssert.AreEqual(new uint[] { 3, 2 }, test.GetColumn<uint>("Label").ToArray());

        // Alone its classes bear their own numbers all the same.
        IDataView alone = _ml.Data.LoadIdx(folder.File("t10k-images-idx3-ubyte"), folder.File("t10k-labels-idx1-ubyte"));
        string[] names = ImageRow.ClassNames(alone);
        CollectionAssert.AreEqual(new[] { "2", "1" }, alone.GetColumn<uint>("Label").Select(key => names[key - 1]).ToArray());
    }

    [TestMethod]
    public void Numbers_of_another_type_are_told()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteIdxLabels(folder.File("l"), 4, 2);
        foreach ((uint magic, string what) in new[]
        {
            (0x0D03u, "IDX of floating-point numbers of 32 bits, dimensions: 3. Convert it to unsigned bytes, pixels from 0 to 255."),
            (0x0E03u, "IDX of floating-point numbers of 64 bits, dimensions: 3."), (0x0C03u, "IDX of whole numbers of 32 bits, dimensions: 3."),
            (0x0B03u, "IDX of whole numbers of 16 bits"), (0x0903u, "IDX of signed bytes"), (0x0804u, "IDX of unsigned bytes, dimensions: 4. Images have three, labels one."),
        })
        {
            ImageFiles.Write(folder.File("i"), [.. ImageFiles.Header(magic, 4, 2, 2), .. new byte[16]]);
            Assert.Contains($"found 0x{magic:X8}. That is {what}", Message(folder.File("i"), folder.File("l")));
        }
    }

    [TestMethod]
    public void Files_that_are_almost_called_right_are_named()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteIdxImages(folder.File("images.idx3-ubyte"), 4, 2, 2);
        ImageFiles.WriteIdxLabels(folder.File("labels.idx1-ubyte"), 4, 2);
        const string Found = " Found are images.idx3-ubyte, labels.idx1-ubyte: the names of a pair say part and kind (train or test, images or labels), with or without a prefix. "
            + "Rename the files, or name the two: LoadIdx(imagesFile, labelsFile).";
        Assert.EndsWith(Found, Assert.ThrowsExactly<FileNotFoundException>(() => _ml.Data.LoadIdx(folder.FullPath)).Message);
        Assert.EndsWith(Found, Assert.ThrowsExactly<InvalidDataException>(() => _ml.Data.LoadImageSet(folder.FullPath)).Message);
    }

    private static void WriteLabeled(TemporaryFolder folder, string part, params byte[] labels)
    {
        ImageFiles.WriteIdxImages(folder.File($"{part}-images-idx3-ubyte"), labels.Length, 2, 2);
        ImageFiles.Write(folder.File($"{part}-labels-idx1-ubyte"), [.. ImageFiles.Header(0x0801, (uint)labels.Length), .. labels]);
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

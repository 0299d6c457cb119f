using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Examples;

[TestClass]
public sealed class ImageFormatTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Each_set_is_recognized_by_the_files_in_its_folder()
    {
        using var cifar10 = new TemporaryFolder();
        ImageFiles.WriteCifar10(cifar10.FullPath, 3);
        AssertSet(_ml.Data.LoadImageSet(cifar10.FullPath), rows: 15, classes: 10, new ImageShape(3, 32, 32));
        AssertSet(_ml.Data.LoadImageSet(cifar10.FullPath, Split.Test, maximumRows: 2), rows: 2, classes: 10, new ImageShape(3, 32, 32));

        using var cifar100 = new TemporaryFolder();
        ImageFiles.WriteCifar100(cifar100.FullPath, 3);
        AssertSet(_ml.Data.LoadImageSet(cifar100.FullPath), rows: 3, classes: 100, new ImageShape(3, 32, 32));

        using var idx = new TemporaryFolder();
        ImageFiles.WriteIdxImages(idx.File("t10k-images-idx3-ubyte.gz"), 6, 4, 5);
        ImageFiles.WriteIdxLabels(idx.File("t10k-labels-idx1-ubyte.gz"), 6, 3);
        AssertSet(_ml.Data.LoadImageSet(idx.FullPath, Split.Test), rows: 6, classes: 3, new ImageShape(1, 4, 5));

        using var folders = new TemporaryFolder();
        WriteClassFolders(folders, "", 3);
        AssertSet(_ml.Data.LoadImageSet(folders.FullPath, height: 6, width: 7), rows: 6, classes: 2, new ImageShape(3, 6, 7));
    }

    [TestMethod]
    public void A_folder_with_nothing_known_is_told_what_was_looked_for_and_where_a_set_lies()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("readme.txt"), "hello");
        string message = Assert.ThrowsExactly<InvalidDataException>(() => _ml.Data.LoadImageSet(folder.FullPath)).Message;
        Assert.StartsWith(folder.FullPath, message);
        foreach (string format in new[] { "data_batch_1.bin", "train.bin", "train-images-idx3-ubyte", "class/image.jpg" })
        {
            Assert.Contains(format, message);
        }

        string inside = Directory.CreateDirectory(folder.File("cifar-10-batches-bin")).FullName;
        ImageFiles.WriteCifar10(inside, 1);
        Assert.Contains($"Is {inside} meant?", Assert.ThrowsExactly<InvalidDataException>(() => _ml.Data.LoadImageSet(folder.FullPath)).Message);
        Assert.Contains("no such folder", Assert.ThrowsExactly<DirectoryNotFoundException>(() => _ml.Data.LoadImageSet(folder.File("nowhere"))).Message);
    }

    [TestMethod]
    public void Two_sets_in_one_folder_are_refused()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteCifar10(folder.FullPath, 1);
        ImageFiles.WriteCifar100(folder.FullPath, 1);
        Assert.Contains("files of several sets found (Cifar10, Cifar100)", Assert.ThrowsExactly<InvalidDataException>(() => _ml.Data.LoadImageSet(folder.FullPath)).Message);
    }

    [TestMethod]
    public void Both_parts_come_from_the_files_where_there_are_two()
    {
        using var cifar10 = new TemporaryFolder();
        ImageFiles.WriteCifar10(cifar10.FullPath, 3);
        DataOperationsCatalog.TrainTestData parts = _ml.Data.LoadTrainTestImages(cifar10.FullPath);
        AssertSet(parts.TrainSet, rows: 15, classes: 10, new ImageShape(3, 32, 32));
        AssertSet(parts.TestSet, rows: 3, classes: 10, new ImageShape(3, 32, 32));

        using var folders = new TemporaryFolder();
        WriteClassFolders(folders, "train", 5);
        WriteClassFolders(folders, "test", 2);
        parts = _ml.Data.LoadTrainTestImages(folders.FullPath, height: 4, width: 4);
        AssertSet(parts.TrainSet, rows: 10, classes: 2, new ImageShape(3, 4, 4));
        AssertSet(parts.TestSet, rows: 4, classes: 2, new ImageShape(3, 4, 4));
    }

    [TestMethod]
    public void A_folder_of_images_without_parts_is_divided()
    {
        using var folder = new TemporaryFolder();
        WriteClassFolders(folder, "", 20);
        DataOperationsCatalog.TrainTestData parts = _ml.Data.LoadTrainTestImages(folder.FullPath, height: 4, width: 4, testFraction: 0.4);
        byte[] train = [.. ImageRow.ReadAll(parts.TrainSet).Select(r => r.Pixels[0])];
        byte[] test = [.. ImageRow.ReadAll(parts.TestSet).Select(r => r.Pixels[0])];
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 40).Select(i => (byte)i).ToArray(), train.Concat(test).ToArray());
        Assert.IsGreaterThan(test.Length, train.Length);
        Assert.IsNotEmpty(test);
    }

    [TestMethod]
    [DataRow("data_batch_1", true, "CIFAR-10 in its version for Python", "cifar-10-binary.tar.gz")]
    [DataRow("test_batch", true, "CIFAR-10 in its version for Python", "cifar-10-binary.tar.gz")]
    [DataRow("train", true, "CIFAR-100 in its version for Python", "cifar-100-binary.tar.gz")]
    [DataRow("data_batch_1.mat", false, "CIFAR-10 in its version for Matlab", "cifar-10-binary.tar.gz")]
    [DataRow("cifar-10-python.tar.gz", false, "CIFAR-10 in its version for Python", "cifar-10-binary.tar.gz")]
    [DataRow("cifar-100-matlab.tar.gz", false, "CIFAR-100 in its version for Matlab", "cifar-100-binary.tar.gz")]
    public void Versions_of_Cifar_that_are_not_read_are_explained(string file, bool isPickle, string what, string instead)
    {
        using var folder = new TemporaryFolder();
        string inside = Directory.CreateDirectory(folder.File("inside")).FullName;
        File.WriteAllBytes(Path.Combine(inside, file), isPickle ? [0x80, 2, 0x7D] : [1]);
        foreach (string path in new[] { inside, folder.FullPath })
        {
            foreach (Action load in new Action[] { () => _ml.Data.LoadImageSet(path), () => _ml.Data.LoadTrainTestImages(path) })
            {
                string message = Assert.ThrowsExactly<InvalidDataException>(load).Message;
                Assert.StartsWith($"{path}: no image set found. {inside}", message);
                Assert.Contains(what, message);
                Assert.Contains($"Get the binary version, {instead}, from https://www.cs.toronto.edu/~kriz/cifar.html and unpack it.", message);
            }
        }

        Assert.Contains(what, Assert.ThrowsExactly<FileNotFoundException>(() => _ml.Data.LoadCifar100(inside)).Message);
    }

    [TestMethod]
    public void An_archive_is_told_to_be_one()
    {
        using var folder = new TemporaryFolder();
        string archive = folder.File("cifar-10-binary.tar.gz");
        File.WriteAllBytes(archive, [1]);
        Assert.AreEqual($"{archive} is a file; a folder is expected. {archive} is an archive of what is read here: unpack it (tar -xf cifar-10-binary.tar.gz) and give the folder that comes out.",
            Assert.ThrowsExactly<DirectoryNotFoundException>(() => _ml.Data.LoadImageSet(archive)).Message);
        Assert.Contains("unpack it (tar -xf cifar-10-binary.tar.gz)", Assert.ThrowsExactly<InvalidDataException>(() => _ml.Data.LoadImageSet(folder.FullPath)).Message);
        ImageFiles.WriteCifar10(Directory.CreateDirectory(folder.File("cifar-10-batches-bin")).FullName, 1);
        Assert.Contains($"Is {folder.File("cifar-10-batches-bin")} meant?", Assert.ThrowsExactly<InvalidDataException>(() => _ml.Data.LoadImageSet(folder.FullPath)).Message);
        string other = folder.File("images.zip");
        File.WriteAllBytes(other, [1]);
        Assert.AreEqual($"{other} is a file; a folder is expected.", Assert.ThrowsExactly<DirectoryNotFoundException>(() => _ml.Data.LoadImageSet(other)).Message);
    }

    [TestMethod]
    public void Files_called_train_and_test_that_are_no_pickles_are_not_taken_for_Cifar()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("train"), "a list");
        File.WriteAllText(folder.File("train.mat"), "SVHN");
        Assert.DoesNotContain("version for", Assert.ThrowsExactly<InvalidDataException>(() => _ml.Data.LoadImageSet(folder.FullPath)).Message);
    }

    private static void WriteClassFolders(TemporaryFolder folder, string part, int imagesPerClass)
    {
        for (int i = 0; i < 2 * imagesPerClass; i++)
        {
            ImageFiles.WritePicture(folder.File(Path.Combine(part, i % 2 == 0 ? "even" : "odd", $"{i:D2}.png")), 8, 8, (byte)i, 0, 0);
        }
    }

    private static void AssertSet(IDataView view, int rows, int classes, ImageShape shape)
    {
        Assert.HasCount(rows, ImageRow.ReadAll(view));
        Assert.HasCount(classes, ImageRow.ClassNames(view));
        Assert.AreEqual(shape.ToVectorType(NumberDataViewType.Byte), view.Schema["Pixels"].Type);
    }
}

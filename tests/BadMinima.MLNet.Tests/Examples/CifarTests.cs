using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Examples;

[TestClass]
public sealed class CifarTests
{
    private readonly MLContext _ml = new();

    [TestMethod]
    public void Cifar10_comes_back_as_it_was_written()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteCifar10(folder.FullPath, recordsPerFile: 7);

        IDataView train = _ml.Data.LoadCifar10(folder.FullPath);
        Assert.AreEqual(new ImageShape(3, 32, 32).ToVectorType(NumberDataViewType.Byte), train.Schema["Pixels"].Type);
        CollectionAssert.AreEqual(new[] { "plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck" }, ImageRow.ClassNames(train));
        AssertRows(train, 35, i => i % 10);
        AssertRows(_ml.Data.LoadCifar10(folder.FullPath, Split.Test), 7, i => i % 10);
    }

    [TestMethod]
    public void Cifar100_gives_fine_or_coarse_labels()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteCifar100(folder.FullPath, recordsPerFile: 120);

        IDataView fine = _ml.Data.LoadCifar100(folder.FullPath, Split.Test);
        AssertRows(fine, 120, i => i % 100);
        Assert.AreEqual("fine99", ImageRow.ClassNames(fine)[^1]);
        Assert.HasCount(100, ImageRow.ClassNames(fine));

        IDataView coarse = _ml.Data.LoadCifar100(folder.FullPath, labels: CifarLabels.Coarse);
        AssertRows(coarse, 120, i => i % 20);
        Assert.AreEqual("coarse19", ImageRow.ClassNames(coarse)[^1]);
        Assert.HasCount(20, ImageRow.ClassNames(coarse));
    }

    [TestMethod]
    public void The_first_rows_are_those_of_the_first_files()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteCifar10(folder.FullPath, recordsPerFile: 7);
        File.Delete(folder.File("data_batch_3.bin"));
        AssertRows(_ml.Data.LoadCifar10(folder.FullPath, maximumRows: 10), 10, i => i % 10);
        AssertRows(_ml.Data.LoadCifar10(folder.FullPath, Split.Test, maximumRows: 100), 7, i => i % 10);
    }

    [TestMethod]
    public void Without_a_file_of_names_cifar10_has_the_known_ones_and_cifar100_numbers()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteCifar10(folder.FullPath, recordsPerFile: 1);
        File.Delete(folder.File("batches.meta.txt"));
        Assert.AreEqual("airplane", ImageRow.ClassNames(_ml.Data.LoadCifar10(folder.FullPath))[0]);

        ImageFiles.WriteCifar100(folder.FullPath, recordsPerFile: 1);
        File.Delete(folder.File("fine_label_names.txt"));
        Assert.AreEqual("99", ImageRow.ClassNames(_ml.Data.LoadCifar100(folder.FullPath))[^1]);
    }

    [TestMethod]
    public void A_cut_file_is_named_with_what_was_found_and_expected()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteCifar10(folder.FullPath, recordsPerFile: 7);
        string file = folder.File("data_batch_2.bin");
        ImageFiles.Cut(file, 12_345);
        string message = Assert.ThrowsExactly<InvalidDataException>(() => _ml.Data.LoadCifar10(folder.FullPath)).Message;
        Assert.StartsWith(file, message);
        Assert.Contains("30,730,000 bytes expected (10,000 records of 3,073;", message);
        Assert.Contains("found 12,345. The file is cut", message);

        ImageFiles.Cut(file, 0);
        Assert.Contains("found 0.", Assert.ThrowsExactly<InvalidDataException>(() => _ml.Data.LoadCifar10(folder.FullPath)).Message);
    }

    [TestMethod]
    public void A_label_out_of_range_is_named_with_its_record()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteCifar10(folder.FullPath, recordsPerFile: 7);
        using (FileStream stream = File.OpenWrite(folder.File("data_batch_2.bin")))
        {
            stream.Position = 4 * 3073;
            stream.WriteByte(10);
        }

        string message = Assert.ThrowsExactly<InvalidDataException>(() => _ml.Data.LoadCifar10(folder.FullPath)).Message;
        Assert.Contains("data_batch_2.bin: label 10 found in record 5; allowed are 0 to 9", message);
    }

    [TestMethod]
    public void A_missing_folder_or_file_is_named()
    {
        using var folder = new TemporaryFolder();
        string nowhere = folder.File("nowhere");
        Assert.Contains($"{nowhere}: no such folder", Assert.ThrowsExactly<DirectoryNotFoundException>(() => _ml.Data.LoadCifar10(nowhere)).Message);
        Assert.Contains($"{nowhere}: no such folder", Assert.ThrowsExactly<DirectoryNotFoundException>(() => _ml.Data.LoadCifar100(nowhere)).Message);

        ImageFiles.WriteCifar10(folder.FullPath, recordsPerFile: 1);
        File.Delete(folder.File("data_batch_4.bin"));
        Assert.Contains("data_batch_4.bin: no such file", Assert.ThrowsExactly<FileNotFoundException>(() => _ml.Data.LoadCifar10(folder.FullPath)).Message);
    }

    [TestMethod]
    public void The_version_for_Python_is_told_from_the_binary_one()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("data_batch_1"), [0x80]);
        Assert.Contains("version for Python", Assert.ThrowsExactly<FileNotFoundException>(() => _ml.Data.LoadCifar10(folder.FullPath)).Message);
    }

    [TestMethod]
    public void A_wrong_number_of_names_is_told()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteCifar10(folder.FullPath, recordsPerFile: 1);
        File.WriteAllText(folder.File("batches.meta.txt"), "cat\ndog\n");
        Assert.Contains("10 class names expected, one a line, found 2", Assert.ThrowsExactly<InvalidDataException>(() => _ml.Data.LoadCifar10(folder.FullPath)).Message);
    }

    [TestMethod]
    public void Options_out_of_range_are_named()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("maximumRows is 0", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Data.LoadCifar10(folder.FullPath, maximumRows: 0)).Message);
        Assert.Contains("split is 7; allowed are Train, Test", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Data.LoadCifar10(folder.FullPath, (Split)7)).Message);
        Assert.Contains("labels is 7; allowed are Fine, Coarse", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Data.LoadCifar100(folder.FullPath, labels: (CifarLabels)7)).Message);
    }

    private static void AssertRows(IDataView view, int count, Func<int, int> label)
    {
        List<ImageRow> rows = ImageRow.ReadAll(view);
        Assert.HasCount(count, rows);
        for (int i = 0; i < count; i++)
        {
            Assert.AreEqual((uint)label(i) + 1, rows[i].Label);
            CollectionAssert.AreEqual(ImageFiles.Image(i, ImageFiles.CifarVolume), rows[i].Pixels);
        }
    }
}

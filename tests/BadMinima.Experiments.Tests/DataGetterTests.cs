using System.Formats.Tar;
using System.IO.Compression;
using BadMinima.Reporting;
using Microsoft.ML;
using Microsoft.ML.Data;
using Spectre.Console;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class DataGetterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _log = new();

    public void Dispose()
    {
        _folder.Dispose();
        _log.Dispose();
    }

    [TestMethod]
    public async Task An_archive_is_unpacked_out_of_its_own_folder_and_goes_away()
    {
        await using FileServer server = await FileServer.Start(TestSets.Cifar.Files);
        Assert.IsTrue(await Get(TestSets.Cifar, server));
        CollectionAssert.AreEqual(new[] { "SHA256SUMS", "readme.txt", "test.bin", "train.bin" }, _folder.Files);
        DataOperationsCatalog.TrainTestData sets = new MLContext().Data.LoadTrainTestImages(_folder.FullPath);
        Assert.AreEqual((700, 200), (sets.TrainSet.GetRowCount(), sets.TestSet.GetRowCount()));

        string[] sums = File.ReadAllLines(_folder.File("SHA256SUMS"));
        Assert.AreEqual($"{TestSets.ChecksumsOf(File.ReadAllBytes(_folder.File("train.bin"))).Sha256}  train.bin", sums[2]);
        Assert.HasCount(3, sums);
    }

    [TestMethod]
    public async Task A_second_call_downloads_nothing()
    {
        foreach (Served set in new[] { TestSets.Cifar, TestSets.Idx, TestSets.Pictures })
        {
            await using FileServer server = await FileServer.Start(set.Files);
            string folder = _folder.File(set.Set.Name);
            Assert.IsTrue(await Get(set, server, folder));
            Assert.HasCount(set.Files.Count, server.Requests);
            Assert.IsFalse(await Get(set, server, folder));
            Assert.HasCount(set.Files.Count, server.Requests);
        }
    }

    [TestMethod]
    public async Task Folders_of_classes_come_with_names_and_load_with_val_for_testing()
    {
        await using FileServer server = await FileServer.Start(TestSets.Pictures.Files);
        await Get(TestSets.Pictures, server);
        DataOperationsCatalog.TrainTestData sets = new MLContext().Data.LoadTrainTestImages(_folder.FullPath, height: 16, width: 16);
        Assert.AreEqual((8, 6), (sets.TrainSet.GetRowCount(), sets.TestSet.GetRowCount()));
        VBuffer<ReadOnlyMemory<char>> names = default;
        sets.TestSet.Schema["Label"].GetKeyValues(ref names);
        CollectionAssert.AreEqual(new[] { "tench", "English springer" }, names.DenseValues().Select(n => n.ToString()).ToArray());
    }

    [TestMethod]
    public async Task Only_the_file_that_is_missing_or_damaged_is_fetched()
    {
        await using FileServer server = await FileServer.Start(TestSets.Idx.Files);
        await Get(TestSets.Idx, server);
        server.Requests.Clear();
        File.Delete(_folder.File("t10k-images-idx3-ubyte.gz"));
        File.WriteAllText(_folder.File("train-labels-idx1-ubyte.gz"), "damaged");
        Assert.IsTrue(await Get(TestSets.Idx, server));
        CollectionAssert.AreEquivalent(new[] { "t10k-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz" }, server.Requests.Select(r => r.Path).ToArray());
        CollectionAssert.AreEqual(TestSets.Idx.Files["train-labels-idx1-ubyte.gz"], File.ReadAllBytes(_folder.File("train-labels-idx1-ubyte.gz")));
    }

    [TestMethod]
    public async Task Idx_files_that_were_unpacked_or_packed_anew_are_taken_as_they_are()
    {
        await using FileServer server = await FileServer.Start(TestSets.Idx.Files);
        foreach ((string name, byte[] packed) in TestSets.Idx.Files)
        {
            using var plain = new MemoryStream();
            using (var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress))
            {
                gzip.CopyTo(plain);
            }

            bool images = name.Contains("images", StringComparison.Ordinal);
            File.WriteAllBytes(_folder.File(images ? name : name[..^3]), images ? TestSets.Gzip(plain.ToArray(), CompressionLevel.NoCompression) : plain.ToArray());
        }

        Assert.IsFalse(await Get(TestSets.Idx, server));
        Assert.IsEmpty(server.Requests);
    }

    [TestMethod]
    public async Task An_archive_that_is_there_already_is_used_if_it_is_the_published_one()
    {
        await using FileServer server = await FileServer.Start(TestSets.Cifar.Files);
        byte[] archive = TestSets.Cifar.Files["tiny-binary.tar.gz"];
        File.WriteAllBytes(_folder.File("tiny-binary.tar.gz"), archive);
        Assert.IsTrue(await Get(TestSets.Cifar, server));
        Assert.IsEmpty(server.Requests);
        CollectionAssert.Contains(_folder.Files, "train.bin");

        File.Delete(_folder.File("train.bin"));
        File.WriteAllBytes(_folder.File("tiny-binary.tar.gz"), archive[..1000]);
        Assert.IsTrue(await Get(TestSets.Cifar, server));
        Assert.HasCount(1, server.Requests);
        Assert.Contains("is there, but not as published", _log.ToString());
    }

    [TestMethod]
    public async Task Unpacking_that_was_broken_off_is_done_again_and_other_files_stay()
    {
        await using FileServer server = await FileServer.Start(TestSets.Pictures.Files);
        Directory.CreateDirectory(_folder.File(".unpacking", "pictures2", "train"));
        File.WriteAllText(_folder.File(".unpacking", "half"), "half");
        Directory.CreateDirectory(_folder.File("train", "n00000001"));
        File.WriteAllText(_folder.File("train", "n00000001", "0.JPEG"), "half");
        File.WriteAllText(_folder.File("notes.txt"), "mine");
        await Get(TestSets.Pictures, server);
        Assert.IsFalse(Directory.Exists(_folder.File(".unpacking")));
        Assert.AreEqual("mine", File.ReadAllText(_folder.File("notes.txt")));
        Assert.AreEqual(8, new MLContext().Data.LoadImageFolder(_folder.FullPath, 4, 4).GetRowCount());
    }

    [TestMethod]
    public async Task An_archive_that_tries_to_escape_puts_nothing_in_place()
    {
        byte[] archive = TestSets.TarGz(TestSets.Entry("tiny-binary/train.bin", [1]), TestSets.Link(TarEntryType.SymbolicLink, "tiny-binary/door", "/tmp"), TestSets.Entry("tiny-binary/door/outside", [1]));
        Served evil = TestSets.Cifar with { Set = TestSets.Cifar.Set with { Files = [TestSets.FileOf("tiny-binary.tar.gz", archive)] } };
        await using FileServer server = await FileServer.Start(KeyValuePair.Create("tiny-binary.tar.gz", archive));
        Assert.Contains("is a SymbolicLink to '/tmp'", (await Assert.ThrowsExactlyAsync<InvalidDataException>(() => Get(evil, server))).Message);
        CollectionAssert.AreEqual(new[] { "tiny-binary.tar.gz" }, _folder.Files);
    }

    [TestMethod]
    public async Task Files_as_published_that_are_not_the_set_are_told()
    {
        byte[] archive = TestSets.TarGz(TestSets.Entry("tiny-binary/test.bin", [1, 2, 3]));
        Served other = TestSets.Cifar with { Set = TestSets.Cifar.Set with { Files = [TestSets.FileOf("tiny-binary.tar.gz", archive)] } };
        await using FileServer server = await FileServer.Start(KeyValuePair.Create("tiny-binary.tar.gz", archive));
        string message = (await Assert.ThrowsExactlyAsync<InvalidDataException>(() => Get(other, server))).Message;
        Assert.Contains("the folder does not hold the set: test.bin: 614,800 bytes expected, 3 found", message);
    }

    [TestMethod]
    public async Task A_set_that_cannot_be_downloaded_says_how_to_come_by_it()
    {
        DataSet set = Catalogue.All.Single(s => s.Name == "restricted-imagenet");
        await using FileServer server = await FileServer.Start();
        string message = (await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => Get(new(set, []), server))).Message;
        Assert.Contains("Register at https://image-net.org", message);
        Assert.Contains("train/n01440764/", message);
        Assert.IsEmpty(server.Requests);
    }

    private async Task<bool> Get(Served served, FileServer server, string? folder = null)
    {
        using ConsoleProgress progress = new(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_log), Ansi = AnsiSupport.No }), "MB");
        DataGetter getter = new(new TransferProgress(progress), new(2, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(30)));
        return await getter.Get(served.Set, folder ?? _folder.FullPath, new Uri(server.Url), CancellationToken.None);
    }
}

using BadMinima.Reporting;
using Spectre.Console;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class DataCheckerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task A_set_as_it_was_got_passes_every_check_and_is_recognized()
    {
        foreach (Served set in new[] { TestSets.Cifar, TestSets.Idx, TestSets.Pictures })
        {
            using var folder = new TemporaryFolder();
            await Get(set, folder);
            Finding[] findings = await Check(set, folder);
            Assert.IsTrue(findings.All(f => f.Good), string.Join("; ", findings.AsEnumerable()));
            Assert.Contains($"{set.Set.TrainImages} read, {set.Set.Classes} classes", findings.Single(f => f.What == "train, images").Result);
            CollectionAssert.AreEqual(new[] { set.Set }, DataChecker.Recognize([TestSets.Idx.Set, TestSets.Pictures.Set, .. set == TestSets.Cifar ? [set.Set] : Array.Empty<DataSet>()], folder.FullPath).ToArray());
        }
    }

    [TestMethod]
    public async Task A_byte_that_changed_is_found_by_the_checksum()
    {
        await Get(TestSets.Cifar, _folder);
        Flip("test.bin", at: 5_000);
        Finding[] findings = await Check(TestSets.Cifar, _folder);
        AssertBad(findings, "SHA256SUMS", "test.bin has changed");
        AssertBad(findings, "train, images", "not read");

        File.Delete(_folder.File("SHA256SUMS"));
        Assert.IsTrue((await Check(TestSets.Cifar, _folder)).All(f => f.Good), "no checksum is published for test.bin, so its size and labels must do");
        Flip("train.bin", at: 5_000);
        AssertBad(await Check(TestSets.Cifar, _folder), "train.bin", "sha256");
    }

    [TestMethod]
    public async Task A_file_that_is_missing_or_cut_is_found_without_a_checksum()
    {
        await Get(TestSets.Cifar, _folder);
        File.Delete(_folder.File("SHA256SUMS"));
        File.WriteAllBytes(_folder.File("test.bin"), File.ReadAllBytes(_folder.File("test.bin"))[..600_000]);
        AssertBad(await Check(TestSets.Cifar, _folder), "test.bin", "614,800 bytes expected, 600,000 found");
        File.Delete(_folder.File("test.bin"));
        AssertBad(await Check(TestSets.Cifar, _folder), "test.bin", "not there");
    }

    [TestMethod]
    public async Task A_label_out_of_range_is_found_by_reading()
    {
        await Get(TestSets.Cifar, _folder);
        File.Delete(_folder.File("SHA256SUMS"));
        Flip("test.bin", at: (3 * 3_074) + 1, with: 0x80);
        AssertBad(await Check(TestSets.Cifar, _folder), "test, images", "label 131 found in record 4");
    }

    [TestMethod]
    public async Task Idx_files_are_checked_by_their_content()
    {
        await Get(TestSets.Idx, _folder);
        byte[] packed = File.ReadAllBytes(_folder.File("train-images-idx3-ubyte.gz"));
        File.WriteAllBytes(_folder.File("train-images-idx3-ubyte.gz"), packed[..^200]);
        Assert.IsFalse((await Check(TestSets.Idx, _folder)).Single(f => f.What == "train-images-idx3-ubyte.gz").Good);
        File.Move(_folder.File("t10k-images-idx3-ubyte.gz"), _folder.File("train-images-idx3-ubyte.gz"), overwrite: true);
        Finding[] findings = await Check(TestSets.Idx, _folder);
        AssertBad(findings, "train-images-idx3-ubyte.gz", "of the content, md5");
        AssertBad(findings, "t10k-images-idx3-ubyte", "not there, neither plain nor .gz");
        CollectionAssert.AreEqual(new[] { TestSets.Idx.Set }, DataChecker.Recognize([TestSets.Idx.Set, .. Catalogue.All], _folder.FullPath).ToArray());
    }

    [TestMethod]
    public async Task Pictures_that_are_missing_unreadable_or_too_many_are_found()
    {
        await Get(TestSets.Pictures, _folder);
        string picture = _folder.File("val", "n00000002", "1.JPEG");
        byte[] content = File.ReadAllBytes(picture);
        File.WriteAllBytes(picture, content[..40]);
        AssertBad(await Check(TestSets.Pictures, _folder), "SHA256SUMS", "val/n00000002/1.JPEG has changed");
        File.Delete(_folder.File("SHA256SUMS"));
        AssertBad(await Check(TestSets.Pictures, _folder), "val, images", $"{picture}: ");

        File.Delete(picture);
        AssertBad(await Check(TestSets.Pictures, _folder), "val", "6 images in 2 folders expected, 5 images found");
        File.WriteAllBytes(picture, content);
        File.Copy(picture, _folder.File("val", "n00000002", "more.png"));
        AssertBad(await Check(TestSets.Pictures, _folder), "val", "6 images in 2 folders expected, 7 images found");
        Directory.Move(_folder.File("val", "n00000002"), _folder.File("val", "n00000003"));
        AssertBad(await Check(TestSets.Pictures, _folder), "val", "no folder n00000002");
    }

    [TestMethod]
    public async Task Restricted_ImageNet_is_recognized_and_counted()
    {
        byte[] picture = TestSets.Picture(1);
        (int First, int Count)[] synsets = [(2085620, 118), (2123045, 5), (1641577, 3), (1664065, 5), (1795545, 21), (2480495, 18), (2514041, 9), (1978287, 4), (2165105, 20)];
        foreach (string folder in from part in new[] { "train", "val" } from run in synsets from i in Enumerable.Range(0, run.Count) select _folder.File(part, $"n{run.First + i:D8}"))
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(Path.Combine(folder, "1.JPEG"), picture);
        }

        DataSet set = Catalogue.All.Single(s => s.Name == "restricted-imagenet");
        CollectionAssert.AreEqual(new[] { set }, DataChecker.Recognize(Catalogue.All, _folder.FullPath).ToArray());
        AssertBad(await Check(new(set, []), _folder), "test", "10,150 images expected, 203 found");

        set = set with { Layout = new RestrictedImageNetLayout(203) };
        Finding[] findings = await Check(new(set, []), _folder);
        Assert.IsTrue(findings.All(f => f.Good), string.Join("; ", findings.AsEnumerable()));
        Assert.AreEqual("203 read, 9 classes of 3 to 118", findings[^1].Result);
        Directory.Delete(_folder.File("train", "n01641577"), recursive: true);
        AssertBad(await Check(new(set, []), _folder), "train", "frog 2 of 3");
    }

    [TestMethod]
    public void A_list_of_checksums_names_what_differs_and_no_more_than_ten()
    {
        for (int i = 0; i < 12; i++)
        {
            File.WriteAllText(_folder.File($"{i:D2}"), "content");
        }

        ChecksumList.Write(_folder.FullPath, Enumerable.Range(0, 12).Select(i => KeyValuePair.Create($"{i:D2}", TestSets.ChecksumsOf("other"u8.ToArray()).Sha256!)));
        Finding finding = ChecksumList.Check(_folder.FullPath, (_, _) => { }, CancellationToken.None)!;
        Assert.IsFalse(finding.Good);
        Assert.Contains("00 has changed; 01 has changed", finding.Result);
        Assert.Contains("09 has changed and 2 more", finding.Result);
        File.WriteAllText(_folder.File("SHA256SUMS"), "nonsense");
        Assert.Contains("the list itself is damaged", ChecksumList.Check(_folder.FullPath, (_, _) => { }, CancellationToken.None)!.Result);
    }

    private void Flip(string name, int at, byte with = 1)
    {
        byte[] content = File.ReadAllBytes(_folder.File(name));
        content[at] ^= with;
        File.WriteAllBytes(_folder.File(name), content);
    }

    private static void AssertBad(Finding[] findings, string what, string result)
    {
        Finding finding = findings.Single(f => f.What == what);
        Assert.IsFalse(finding.Good, finding.ToString());
        Assert.Contains(result, finding.Result);
    }

    private static async Task Get(Served served, TemporaryFolder folder)
    {
        await using FileServer server = await FileServer.Start(served.Files);
        using ConsoleProgress progress = Silent();
        await new DataGetter(new TransferProgress(progress), DownloadOptions.Default).Get(served.Set, folder.FullPath, new Uri(server.Url), CancellationToken.None);
    }

    private static async Task<Finding[]> Check(Served served, TemporaryFolder folder)
    {
        using ConsoleProgress progress = Silent();
        List<Finding> findings = [];
        await foreach (Finding finding in DataChecker.Check(served.Set, folder.FullPath, progress, CancellationToken.None))
        {
            findings.Add(finding);
        }

        return [.. findings];
    }

    private static ConsoleProgress Silent() => new(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) }));
}

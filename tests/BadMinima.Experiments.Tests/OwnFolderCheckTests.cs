using System.Text.Json;

namespace BadMinima.Experiments.Tests;

/// <summary><c>badminima data check</c> on folders that are no set of the catalogue.</summary>
[TestClass]
public sealed class OwnFolderCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Folders_of_images_are_described_and_every_damaged_file_is_named()
    {
        foreach ((string part, string name, int count) in new[] { ("train", "cat", 3), ("train", "dog", 30), ("Validation", "dog", 2) })
        {
            for (int i = 0; i < count; i++)
            {
                Write($"{i:D2}.png", TestSets.Picture(i % 6), part, name);
            }
        }

        Write("scan.tif", [1], "train", "dog");
        Result good = Check();
        Assert.AreEqual(0, good.Code, good.All);
        Assert.Contains("train to train on, Validation to test on", good.Output);
        Assert.Contains("2: cat 3, dog 30", good.Output);
        Assert.Contains("1 .tif", good.Output);
        Assert.Contains("33 read, 20 x 18 to 20 x 18, 33 PNG", good.Output);
        Assert.Contains($"{_folder.FullPath}: all is well.", good.Output);

        string[] damaged = [.. Enumerable.Range(10, 15).Select(i => _folder.File("train", "dog", $"{i}.png")), _folder.File("Validation", "dog", "01.png")];
        foreach (string file in damaged)
        {
            File.WriteAllText(file, "no image");
        }

        Result bad = Check();
        Assert.AreEqual(1, bad.Code, bad.All);
        Assert.Contains("15 of 33 cannot be read", bad.Output);
        Assert.Contains("1 of 2 cannot be read", bad.Output);
        CollectionAssert.AreEqual(damaged, bad.Output.Split('\n').Where(l => l.Contains(": no image that can be read", StringComparison.Ordinal)).Select(l => l.Split(':')[0]).ToArray());
        Assert.EndsWith("2 of 7 checks failed. Replace or remove the files named above.", bad.Output.TrimEnd());
    }

    [TestMethod]
    public void Json_holds_the_classes_and_the_faults()
    {
        Write("1.png", TestSets.Picture(1), "a");
        Write("2.png", TestSets.Picture(2), "b");
        Write("3.png", [], "b");
        Result result = Check("--json");
        Assert.AreEqual(1, result.Code, result.All);
        JsonElement json = JsonDocument.Parse(result.Output).RootElement;
        Assert.IsFalse(json.GetProperty("good").GetBoolean());
        JsonElement part = json.GetProperty("parts").EnumerateArray().Single();
        Assert.AreEqual(("train", 3, 2), (part.GetProperty("name").GetString(), part.GetProperty("images").GetInt32(), part.GetProperty("classes").GetProperty("b").GetInt32()));
        Assert.AreEqual(_folder.File("b", "3.png"), json.GetProperty("faults").EnumerateArray().Single().GetProperty("file").GetString());
    }

    [TestMethod]
    public void What_is_wrong_with_the_folders_is_a_fault_too()
    {
        Write("1.png", TestSets.Picture(1), "train", "a");
        Write("1.png", TestSets.Picture(1), "train", "b");
        Write("1.png", TestSets.Picture(1), "test", "c");
        Result result = Check("--json");
        Assert.AreEqual(1, result.Code, result.All);
        Assert.Contains("2: a 1, b 1", result.Output);
        Assert.Contains("has no such class", result.Output);
        Directory.Move(_folder.File("test"), _folder.File("training"));
        result = Check("--json");
        Assert.AreEqual(1, result.Code, result.All);
        Assert.Contains("'train' and 'training' are both", result.Output);
    }

    [TestMethod]
    public async Task Files_of_the_catalogue_s_kinds_are_checked_as_ones_own()
    {
        // Of the same names and another content as MNIST's.
        foreach ((string name, byte[] content) in TestSets.Idx.Files)
        {
            await File.WriteAllBytesAsync(_folder.File(name), content);
        }

        Result idx = Check("--own");
        Assert.AreEqual(0, idx.Code, idx.All);
        Assert.Contains("IDX files", idx.Output);
        Assert.Contains("10: 0 6, 1 6, 2 6", idx.Output);
        Assert.Contains("60 read, 1x5x4", idx.Output);
        File.Delete(_folder.File("t10k-labels-idx1-ubyte.gz"));
        idx = Check("--own");
        Assert.AreEqual(1, idx.Code, idx.All);
        Assert.Contains("60 read", idx.Output);
        Assert.Contains("no file of labels", idx.Output);

        // CIFAR's files are those of several sets in these tests, unless one says otherwise.
        using var cifar = new TemporaryFolder();
        await File.WriteAllBytesAsync(cifar.File("train.bin"), new byte[2 * 3_074]);
        await File.WriteAllBytesAsync(cifar.File("test.bin"), new byte[3_074 + 1]);
        Assert.Contains("or with --own that it is none of them", Command.Run("data", "check", cifar.FullPath).Error);
        Result own = Command.Run("data", "check", cifar.FullPath, "--own");
        Assert.AreEqual(1, own.Code, own.All);
        Assert.Contains("2 read, 3x32x32", own.Output);
        Assert.Contains("found 3,075", own.Output);
        Assert.Contains("--own and --name exclude each other", Command.Run("data", "check", cifar.FullPath, "--own", "--name", "cifar-100").Error);
    }

    [TestMethod]
    public void A_run_says_what_is_passed_over()
    {
        foreach (string part in new[] { "train", "test" })
        {
            foreach (string name in new[] { "a", "b" })
            {
                Write("1.png", TestSets.Picture(1), part, name);
            }
        }

        Write("2.tif", [], "train", "a");
        string run = _folder.File("run");
        Result result = Command.Run("run", "--data", _folder.FullPath, "--epochs", "1", "--threads", "1", "--device", "cpu", "--out", run);
        Assert.AreEqual(0, result.Code, result.All);
        Assert.Contains("passed over are 1 .tif", result.Output + File.ReadAllText(Path.Combine(run, "log.txt")));
    }

    private void Write(string name, byte[] content, params string[] folders)
    {
        Directory.CreateDirectory(_folder.File(folders));
        File.WriteAllBytes(_folder.File([.. folders, name]), content);
    }

    private Result Check(params string[] options) => Command.Run(["data", "check", _folder.FullPath, .. options]);
}

using Microsoft.ML;

namespace BadMinima.MLNet.Tests.Examples;

/// <summary>What makes two sets of images the same one.</summary>
[TestClass]
public sealed class ImageContentTests
{
    private const int Side = 4;

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Images_in_files_are_the_same_wherever_they_lie_and_whatever_they_are_called()
    {
        using TemporaryFolder folder = PictureFolder.MakeParts(8, 4, Side);
        using TemporaryFolder same = PictureFolder.MakeParts(8, 4, Side);
        string hash = Hash(folder);
        Assert.MatchesRegex("^[0-9a-f]{64}$", hash);
        File.Move(same.File("train/a/0000.png"), same.File("train/a/0001.PNG"));
        File.WriteAllText(same.File("train/a/notes.txt"), "no image");
        Assert.AreEqual(hash, Hash(same));
        Assert.AreEqual(hash, _ml.Data.HashImages(_ml.Data.LoadImageFolder(folder.FullPath, 9, 9, inMemory: false)), "whatever size they are brought to");
        Assert.AreNotEqual(hash, _ml.Data.HashImages(_ml.Data.LoadImageFolder(folder.FullPath, Side, Side, Split.Test, inMemory: false)));
    }

    [TestMethod]
    public void Whatever_is_changed_makes_other_data()
    {
        HashSet<string> hashes = [];
        foreach (Action<TemporaryFolder> change in new Action<TemporaryFolder>[]
        {
            _ => { },
            folder => File.WriteAllBytes(folder.File("a/0000.png"), [.. File.ReadAllBytes(folder.File("a/0000.png"))[..^1], 0]),
            folder => File.Move(folder.File("a/0000.png"), folder.File("b/0000.png")),
            folder => File.Move(folder.File("a/0000.png"), folder.File("a/0009.png")),
            folder => File.Copy(folder.File("a/0000.png"), folder.File("a/0009.png")),
            folder => File.Delete(folder.File("a/0000.png")),
            folder => Directory.Move(folder.File("b"), folder.File("c")),
            folder => File.WriteAllText(folder.File("class_names.txt"), "a\tapple\nb\tbanana\n"),
        })
        {
            using TemporaryFolder folder = PictureFolder.Make(8, Side);
            change(folder);
            Assert.IsTrue(hashes.Add(Hash(folder)), $"change {hashes.Count}");
        }
    }

    [TestMethod]
    public void Rows_that_were_chosen_divided_or_moved_count_as_they_are()
    {
        using TemporaryFolder folder = PictureFolder.Make(12, Side);
        IDataView all = _ml.Data.LoadImageFolder(folder.FullPath, Side, Side, inMemory: false);
        IDataView inMemory = _ml.Data.LoadImageFolder(folder.FullPath, Side, Side);
        Assert.AreEqual(_ml.Data.HashImages(_ml.Data.LoadImageFolder(folder.FullPath, Side, Side, maximumRows: 5, inMemory: false)), _ml.Data.HashImages(_ml.Data.TakeRows(all, 5)));
        DataOperationsCatalog.TrainTestData division = _ml.Data.TrainTestSplit(all, 0.3, seed: 1), again = _ml.Data.TrainTestSplit(all, 0.3, seed: 1), other = _ml.Data.TrainTestSplit(all, 0.3, seed: 2);
        Assert.AreEqual(_ml.Data.HashImages(division.TrainSet), _ml.Data.HashImages(again.TrainSet));
        string[] different = [.. new[] { all, inMemory, _ml.Data.TakeRows(all, 5), _ml.Data.TakeRows(inMemory, 5), _ml.Data.ShuffleRows(all, seed: 3), division.TrainSet, division.TestSet, other.TrainSet }.Select(v => _ml.Data.HashImages(v))];
        Assert.HasCount(different.Length, different.Distinct());
    }

    [TestMethod]
    public void Files_of_many_images_are_known_by_their_pixels_compressed_or_not()
    {
        using var plain = new TemporaryFolder();
        using var packed = new TemporaryFolder();
        foreach ((TemporaryFolder folder, string ending) in new[] { (plain, ""), (packed, ".gz") })
        {
            ImageFiles.WriteIdxImages(folder.File("train-images-idx3-ubyte" + ending), 6, 2, 3);
            ImageFiles.WriteIdxLabels(folder.File("train-labels-idx1-ubyte" + ending), 6, 3);
        }

        string hash = _ml.Data.HashImages(_ml.Data.LoadIdx(plain.FullPath));
        Assert.AreEqual(hash, _ml.Data.HashImages(_ml.Data.LoadIdx(packed.FullPath)));
        Assert.AreNotEqual(hash, _ml.Data.HashImages(_ml.Data.LoadIdx(plain.FullPath, classNames: ["0", "1", "two"])));
        ImageFiles.WriteIdxLabels(packed.File("train-labels-idx1-ubyte.gz"), 6, 2);
        Assert.AreNotEqual(hash, _ml.Data.HashImages(_ml.Data.LoadIdx(packed.FullPath, classNames: ["0", "1", "2"])));
        ImageFiles.WriteIdxLabels(packed.File("train-labels-idx1-ubyte.gz"), 6, 3);
        ImageFiles.WriteIdxImages(packed.File("train-images-idx3-ubyte.gz"), 6, 3, 2);
        Assert.AreNotEqual(hash, _ml.Data.HashImages(_ml.Data.LoadIdx(packed.FullPath)), "the same bytes in another shape");
    }

    [TestMethod]
    public void What_has_no_images_or_lost_them_is_refused()
    {
        Assert.Contains("images has no column 'Pixels'; a vector of bytes is expected", Assert.ThrowsExactly<ArgumentException>(() => _ml.Data.HashImages(_ml.Data.LoadGaussianPoints())).Message);
        using TemporaryFolder folder = PictureFolder.Make(4, Side);
        IDataView view = _ml.Data.LoadImageFolder(folder.FullPath, Side, Side, inMemory: false);
        File.Delete(folder.File("b/0003.png"));
        Assert.Contains(folder.File("b/0003.png"), Assert.ThrowsExactly<IOException>(() => _ml.Data.HashImages(view)).Message);
    }

    private string Hash(TemporaryFolder folder) => _ml.Data.HashImages(_ml.Data.LoadImageFolder(folder.FullPath, Side, Side, inMemory: false));
}

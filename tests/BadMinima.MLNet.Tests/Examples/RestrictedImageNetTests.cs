using Microsoft.ML;

namespace BadMinima.MLNet.Tests.Examples;

/// <summary>
/// Made of folders that are called like ImageNet's. The ends of each run are its own; the names between them are invented, since only the
/// ends matter.
/// </summary>
[TestClass]
public sealed class RestrictedImageNetTests
{
    private static readonly (string Class, int First, int Last, int Count)[] Runs =
    [
        ("dog", 2085620, 2113978, 118), ("cat", 2123045, 2124075, 5), ("frog", 1641577, 1644900, 3), ("turtle", 1664065, 1669191, 5), ("bird", 1795545, 1860187, 21),
        ("primate", 2480495, 2494079, 18), ("fish", 2514041, 2655020, 9), ("crab", 1978287, 1981276, 4), ("insect", 2165105, 2268443, 20),
    ];

    /// <summary>ImageNet's classes next to the runs: sea lion, timber wolf, gray fox, cougar, axolotl, gecko, centipede, tusker, sloth,
    /// Madagascar cat, panda, abacus, nautilus,
    /// lobster, meerkat, damselfly.</summary>
    private static readonly int[] Neighbors =
    [
        2077923, 2114367, 2120505, 2125311, 1632777, 1675722, 1784675, 1871265, 2457408, 2497673, 2510455, 2666196, 1968897, 1983481, 2138441, 2268853,
    ];

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void The_classes_are_runs_of_synsets_and_their_neighbors_stay_out()
    {
        ImageClass[] classes = RestrictedImageNet.Classes("train", [.. Synsets().Concat(Neighbors).Select(Name), "README", "n1", "m02085620", "n0208562x"]);
        CollectionAssert.AreEqual(Runs.Select(r => r.Class).ToArray(), classes.Select(c => c.Name).ToArray());
        foreach (((_, int first, int last, int count), ImageClass found) in Runs.Zip(classes))
        {
            Assert.HasCount(count, found.Folders);
            Assert.AreEqual((Name(first), Name(last)), (found.Folders[0], found.Folders[^1]));
        }

        Assert.AreEqual(203, classes.Sum(c => c.Folders.Length));
    }

    [TestMethod]
    public void A_missing_or_foreign_synset_is_counted_in_the_message()
    {
        string[] all = [.. Synsets().Select(Name)];
        string message = Assert.ThrowsExactly<InvalidDataException>(() => RestrictedImageNet.Classes("some/train", all.Where(n => n != Name(1981276)))).Message;
        Assert.StartsWith("some/train: the 203 folders of ILSVRC 2012", message);
        Assert.Contains("dog 118 of 118", message);
        Assert.Contains("crab 3 of 4", message);

        Assert.Contains("cat 6 of 5", Assert.ThrowsExactly<InvalidDataException>(() => RestrictedImageNet.Classes("train", [.. all, "n02123999"])).Message);
        Assert.Contains("those for validation come unsorted", Assert.ThrowsExactly<InvalidDataException>(() => RestrictedImageNet.Classes("val", [])).Message);
    }

    [TestMethod]
    public void A_folder_of_ImageNet_gives_nine_classes_in_both_parts()
    {
        using var folder = new TemporaryFolder();
        foreach (int synset in Synsets().Concat(Neighbors))
        {
            ImageFiles.WritePicture(folder.File($"train/{Name(synset)}/1.png"), 2, 2, (byte)(synset % 256), 0, 0);
            ImageFiles.WritePicture(folder.File($"val/{Name(synset)}/1.png"), 2, 2, (byte)(synset % 256), 0, 1);
        }

        IDataView train = _ml.Data.LoadRestrictedImageNet(folder.FullPath, height: 2, width: 2);
        IDataView test = _ml.Data.LoadRestrictedImageNet(folder.FullPath, Split.Test, 2, 2);
        CollectionAssert.AreEqual(Runs.Select(r => r.Class).ToArray(), ImageRow.ClassNames(train));
        Assert.AreEqual(train.Schema["Label"].Type, test.Schema["Label"].Type);
        foreach (List<ImageRow> rows in new[] { ImageRow.ReadAll(train), ImageRow.ReadAll(test) })
        {
            CollectionAssert.AreEqual(Runs.Select(r => r.Count).ToArray(), rows.GroupBy(r => r.Label).OrderBy(g => g.Key).Select(g => g.Count()).ToArray());
            Dictionary<byte, int> classes = Synsets().GroupBy(s => (byte)(s % 256)).Where(g => g.Select(ClassOf).Distinct().Count() == 1).ToDictionary(g => g.Key, g => ClassOf(g.First()));
            foreach (ImageRow row in rows.Where(r => classes.ContainsKey(r.Pixels[0])))
            {
                Assert.AreEqual((uint)classes[row.Pixels[0]] + 1, row.Label);
            }
        }

        CollectionAssert.AreEqual(Enumerable.Range(1, 9).Select(c => (uint)c).ToArray(), ImageRow.ReadAll(_ml.Data.LoadRestrictedImageNet(folder.FullPath, height: 2, width: 2, maximumRows: 9)).Select(r => r.Label).ToArray());
        Directory.Delete(folder.File($"val/{Name(2085620)}"), recursive: true);
        Assert.Contains("dog 117 of 118", Assert.ThrowsExactly<InvalidDataException>(() => _ml.Data.LoadRestrictedImageNet(folder.FullPath, Split.Test)).Message);
    }

    private static string Name(int synset) => $"n{synset:D8}";

    private static int ClassOf(int synset) => Array.FindIndex(Runs, r => r.First <= synset && synset <= r.Last);

    private static IEnumerable<int> Synsets() => Runs.SelectMany(r => Enumerable.Range(r.First, r.Count - 1).Append(r.Last));
}

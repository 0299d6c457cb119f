using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace BadMinima.MLNet.Tests.Examples;

[TestClass]
public sealed class ImageFolderPartsTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _warnings = [];

    public ImageFolderPartsTests() => _ml.Log += (_, e) =>
    {
        if (e.Kind == ChannelMessageKind.Warning)
        {
            _warnings.Add(e.RawMessage);
        }
    };

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("train", "validation")]
    [DataRow("Train", "Test")]
    [DataRow("TRAIN", "VAL")]
    [DataRow("training", "testing")]
    [DataRow("train", "dev")]
    [DataRow("train", "eval")]
    [DataRow("Training", "evaluation")]
    [DataRow("training_set", "test_set")]
    [DataRow("trainset", "ValidSet")]
    public void The_usual_names_of_parts_are_recognized_in_any_case(string train, string test)
    {
        Write(train, ("a", 1), ("b", 2), ("b", 3));
        Write(test, ("a", 4), ("b", 5));
        foreach (bool inMemory in new[] { true, false })
        {
            var sets = _ml.Data.LoadTrainTestImages(_folder.FullPath, height: 4, width: 4, inMemory: inMemory);
            CollectionAssert.AreEqual(new[] { "a", "b" }, ImageRow.ClassNames(sets.TrainSet));
            CollectionAssert.AreEqual(new[] { (1u, 1), (2u, 2), (2u, 3) }, Rows(sets.TrainSet));
            CollectionAssert.AreEqual(new[] { (1u, 4), (2u, 5) }, Rows(sets.TestSet));
        }
    }

    [TestMethod]
    [DataRow("test eval validation dev", "test")]
    [DataRow("dev eval", "eval")]
    [DataRow("Validation Testing", "Testing")]
    public void Of_several_the_test_part_comes_before_the_evaluation_and_that_before_the_validation(string parts, string expected)
    {
        Write("train", ("a", 1), ("b", 2));
        foreach (string part in parts.Split(' '))
        {
            Write(part, ("a", part == expected ? 7 : 8));
        }

        CollectionAssert.AreEqual(new[] { (1u, 7) }, Rows(Load(Split.Test)));
        Assert.IsEmpty(_warnings);
    }

    [TestMethod]
    [DataRow("test")]
    [DataRow("test/unknown")]
    public void A_test_folder_without_classes_does_not_hide_the_validation_part(string unlabeled)
    {
        Write("train", ("a", 1), ("b", 2));
        ImageFiles.WritePicture(_folder.File($"{unlabeled}/1.png"), 4, 4, 9, 0, 0);
        Write("val", ("b", 3));
        CollectionAssert.AreEqual(new[] { (2u, 3) }, Rows(Load(Split.Test)));
        Assert.Contains($"{_folder.File("test")}, which has none of the classes' folders", _warnings.Single());
    }

    [TestMethod]
    public void A_test_folder_without_classes_is_refused_where_there_is_no_other()
    {
        Write("train", ("a", 1), ("b", 2));
        ImageFiles.WritePicture(_folder.File("test/1.png"), 4, 4, 9, 0, 0);
        Assert.HasCount(2, Rows(Load(Split.Train)));
        string message = Message(Split.Test);
        Assert.StartsWith($"{_folder.File("test")}: no folder of a class found, so its 1 images have no labels.", message);
        Assert.Contains($"load {_folder.File("train")} by itself and divide it with TrainTestSplit", message);
    }

    [TestMethod]
    public void A_test_part_may_have_one_class_only()
    {
        Write("train", ("a", 1), ("b", 2));
        Write("test", ("b", 3), ("b", 4));
        IDataView test = Load(Split.Test);
        CollectionAssert.AreEqual(new[] { "a", "b" }, ImageRow.ClassNames(test));
        CollectionAssert.AreEqual(new[] { (2u, 3), (2u, 4) }, Rows(test));
    }

    [TestMethod]
    public void A_lone_folder_train_is_a_class()
    {
        Write("", ("bus", 1), ("car", 2), ("train", 3));
        ImageFiles.WritePicture(_folder.File("train/steam/1.png"), 4, 4, 4, 0, 0);
        CollectionAssert.AreEqual(new[] { "bus", "car", "train" }, ImageRow.ClassNames(Load(Split.Train)));
        CollectionAssert.AreEqual(new[] { (1u, 1), (2u, 2), (3u, 3), (3u, 4) }, Rows(Load(Split.Train)));
    }

    [TestMethod]
    [DataRow("test val", "'test' and 'val' are called like parts of a set, but there is none called train")]
    [DataRow("train training test", "'train' and 'training' are both called like a training part")]
    [DataRow("train test testing", "'test' and 'testing' both have the classes of a test part")]
    [DataRow("train foo", "'train' and 'foo' hold folders of the same name ('a')")]
    [DataRow("holdout dev", "'dev' and 'holdout' hold folders of the same name ('a')")]
    public void Folders_that_are_called_like_parts_but_do_not_fit_are_refused(string parts, string expected)
    {
        foreach (string part in parts.Split(' '))
        {
            Write(part, ("a", 1), ("b", 2));
        }

        foreach (Split split in Enum.GetValues<Split>())
        {
            Assert.Contains($"{_folder.FullPath}: the folders {expected}", Message(split));
        }

        Assert.ThrowsExactly<InvalidDataException>(() => _ml.Data.LoadTrainTestImages(_folder.FullPath));
    }

    [TestMethod]
    public void A_part_beside_a_folder_of_images_is_refused()
    {
        Write("train", ("a", 1), ("b", 2));
        ImageFiles.WritePicture(_folder.File("pictures/1.png"), 4, 4, 9, 0, 0);
        string message = Message(Split.Train);
        Assert.Contains("'train' is called like a part of a set and holds folders, 'pictures' holds images", message);
        Assert.Contains("rename 'train'", message);
    }

    [TestMethod]
    public void A_part_alone_is_pointed_at()
    {
        Write("train", ("a", 1), ("b", 2));
        Assert.Contains($"found 1. Is {_folder.File("train")} meant?", Message(Split.Train));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Two_spellings_of_one_part_are_refused()
    {
        Write("Train", ("a", 1), ("b", 2));
        Write("train", ("a", 1), ("b", 2));
        Assert.Contains("the folders 'Train' and 'train' differ only in upper and lower case", Message(Split.Train));
        Directory.Delete(_folder.File("Train"), recursive: true);
        Write("Test", ("a", 1));
        ImageFiles.WritePicture(_folder.File("test/1.png"), 4, 4, 9, 0, 0);
        Assert.Contains("differ only in upper and lower case", Message(Split.Test));
    }

    private void Write(string part, params (string Class, int Red)[] images)
    {
        foreach ((string name, int red) in images)
        {
            ImageFiles.WritePicture(_folder.File(Path.Combine(part, name, $"{red}.png")), 4, 4, (byte)red, 0, 0);
        }
    }

    private IDataView Load(Split split) => _ml.Data.LoadImageFolder(_folder.FullPath, 4, 4, split);

    private string Message(Split split) => Assert.ThrowsExactly<InvalidDataException>(() => Load(split)).Message;

    private static (uint Label, int Red)[] Rows(IDataView view)
        => [.. ImageRow.ReadAll(view).Select(r => (r.Label, (int)r.Pixels[0])).Order()];
}

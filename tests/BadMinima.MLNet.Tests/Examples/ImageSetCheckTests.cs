namespace BadMinima.MLNet.Tests.Examples;

[TestClass]
public sealed class ImageSetCheckTests
{
    [TestMethod]
    public void Of_class_folders_it_has_the_parts_their_classes_what_is_passed_over_and_every_fault()
    {
        using TemporaryFolder folder = PictureFolder.MakeParts(train: 5, test: 2, side: 4);
        File.WriteAllText(folder.File("train/a/notes.tif"), "");
        List<(Split, int, int)> told = [];
        var good = ImageSetCheck.Of(folder.FullPath, (split, done, files) => told.Add((split, done, files)));
        Assert.IsTrue(good.IsGood);
        Assert.AreEqual(ImageSetFormat.ClassFolders, good.Format);
        CollectionAssert.AreEqual(
            new[] { (Split.Train, folder.File("train"), 5), (Split.Test, folder.File("test"), 2) },
            good.Parts.Select(p => (p.Split, p.Folder, p.Images)).ToArray());
        ImageSetPart train = good.Parts[0];
        Assert.AreEqual("[a, 3] [b, 2]", string.Join(' ', train.Classes));
        Assert.AreEqual("[PNG, 5]", string.Join(' ', train.Formats));
        Assert.AreEqual(((4, 4), (4, 4)), (train.Smallest, train.Largest));
        StringAssert.Contains(train.PassedOver, "1 .tif");
        CollectionAssert.IsSubsetOf(new[] { (Split.Train, 5, 5), (Split.Test, 2, 2) }, told);

        File.WriteAllText(folder.File("train/b/0001.png"), "no image");
        var bad = ImageSetCheck.Of(folder.FullPath);
        Assert.IsFalse(bad.IsGood);
        Assert.AreEqual(folder.File("train/b/0001.png"), bad.Parts[0].Faults.Single().File);
        Assert.AreEqual((5, 5), (bad.Parts[0].Images, bad.Parts[0].Files));
        Assert.IsEmpty(bad.Parts[1].Faults);

        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.ThrowsExactly<OperationCanceledException>(() => ImageSetCheck.Of(folder.FullPath, cancellation: cancellation.Token));
    }

    [TestMethod]
    public void What_is_wrong_with_a_part_leaves_the_other_one_and_what_is_wrong_with_the_folders_is_said()
    {
        using TemporaryFolder folder = PictureFolder.MakeParts(train: 4, test: 2, side: 4);
        Directory.Move(folder.File("test/b"), folder.File("test/c"));
        var check = ImageSetCheck.Of(folder.FullPath);
        Assert.IsFalse(check.IsGood);
        Assert.IsNull(check.Parts[0].Error);
        Assert.AreEqual(folder.File("test"), check.Parts[1].Folder);
        StringAssert.Contains(check.Parts[1].Error, "has no such class");

        Directory.Move(folder.File("test"), folder.File("training"));
        check = ImageSetCheck.Of(folder.FullPath);
        Assert.IsEmpty(check.Parts);
        StringAssert.Contains(check.Error, "'train' and 'training' are both");
        Assert.IsFalse(check.IsGood);
    }

    [TestMethod]
    public void Of_binary_files_it_has_the_classes_and_the_shape()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteCifar10(folder.FullPath, recordsPerFile: 2);
        var check = ImageSetCheck.Of(folder.FullPath);
        Assert.AreEqual(ImageSetFormat.Cifar10, check.Format);
        Assert.AreEqual((new ImageShape(3, 32, 32), 10, "[plane, 1]"),
            (check.Parts[0].Shape, check.Parts[0].Images, $"{check.Parts[0].Classes[0]}"));
        Assert.AreEqual(2, check.Parts[1].Images);
        Assert.IsTrue(check.IsGood);
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => ImageSetCheck.Of(folder.File("nothing")));
    }
}

using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace BadMinima.MLNet.Tests.Examples;

/// <summary>Folders of images with other things in them: files of other kinds, links, names that look alike.</summary>
[TestClass]
public sealed class OddFoldersTests : IDisposable
{
    private const string Composed = "caf\u00E9", Decomposed = "cafe\u0301";

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _warnings = [];

    public OddFoldersTests() => _ml.Log += (_, e) =>
    {
        if (e.Kind == ChannelMessageKind.Warning)
        {
            _warnings.Add(e.RawMessage);
        }
    };

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Images_under_all_their_endings_are_read(bool inMemory)
    {
        byte[] jpeg = RawImages.Encoded(".jpg", 4, 4);
        byte[] bmp = RawImages.Bmp(2, 2, [.. Enumerable.Repeat((byte)9, 16)]);
        byte[] png = RawImages.Png(1, 8, RawImages.Gray, [9]);
        (string Name, byte[] Content)[] files =
        [
            ("1.jpg", jpeg), ("2.jpeg", jpeg), ("3.JPE", jpeg), ("4.jfif", jpeg), ("5.bmp", bmp), ("6.dib", bmp), ("7.png", png),
            ("8.gif", RawImages.Gif(2, 1, new byte[12], [0, 1])), ("9.ico", Icon(png)), ("10.webp", RawImages.Encoded(".webp", 4, 4)),
        ];
        foreach ((string name, byte[] content) in files)
        {
            Write($"a/{name}", content);
        }

        ImageFiles.WritePicture(_folder.File("b/1.png"), 4, 4, 1, 2, 3);
        IDataView view = _ml.Data.LoadImageFolder(_folder.FullPath, 4, 4, inMemory: inMemory);
        Assert.HasCount(files.Length + 1, ImageRow.ReadAll(view));
        Assert.IsEmpty(_warnings);
    }

    [TestMethod]
    public void Files_of_other_kinds_are_counted_in_one_warning()
    {
        WriteTwoClasses();
        foreach (string name in new[]
        {
            "a/2.tif", "a/3.TIF", "b/deep/4.tif", "b/5.avif", "b/notes.txt", "b/noending",
            "a/Thumbs.db", "a/.DS_Store", "a/desktop.ini", "b/.hidden.tif", "README.md", "class_names.txt",
        })
        {
            Write(name, name == "class_names.txt" ? "a\tA\nb\tB\n"u8.ToArray() : []);
        }

        ImageFiles.WritePicture(_folder.File("stray.png"), 4, 4, 1, 2, 3);
        Assert.HasCount(2, ImageRow.ReadAll(Load()));
        Assert.AreEqual(
            $"{_folder.FullPath}: passed over are 1 (no ending), 1 .avif, 3 .tif, 1 .txt "
            + "(read are .jpg .jpeg .jpe .jfif .png .bmp .dib .gif .webp .ico); 1 images beside the folders of the classes.",
            _warnings.Single());
    }

    [TestMethod]
    public void A_class_of_nothing_but_other_kinds_is_refused_and_says_what_was_there()
    {
        WriteTwoClasses();
        Write("c/1.tiff", []);
        Directory.CreateDirectory(_folder.File("d"));
        string message = Message();
        Assert.StartsWith($"{_folder.File("c")}, {_folder.File("d")}: no image found", message);
        Assert.Contains("passed over are 1 .tiff", message);
        Assert.IsEmpty(_warnings);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    public void Links_upwards_are_not_followed_and_each_folder_is_entered_once()
    {
        WriteTwoClasses();
        Link("a/loop", _folder.FullPath);
        Link("b/deep/up", "../../b");
        Link("self", ".");
        Link("a/once", _folder.File("elsewhere"));
        Link("a/twice", "once");
        using var elsewhere = new TemporaryFolder();
        ImageFiles.WritePicture(elsewhere.File("more/3.png"), 4, 4, 3, 0, 0);
        Link("elsewhere", elsewhere.FullPath);
        Link(Path.Combine(elsewhere.FullPath, "back"), elsewhere.FullPath);
        IDataView view = Load();
        CollectionAssert.AreEqual(new[] { "a", "b", "elsewhere" }, ImageRow.ClassNames(view));
        CollectionAssert.AreEqual(new[] { (1u, 1), (1u, 3), (2u, 2), (3u, 3) }, Rows(view));
        foreach (string link in new[] { "a/loop", "b/deep/up", "self" })
        {
            Assert.Contains(_folder.File(link), _warnings.Single());
        }
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    public void Links_to_classes_and_to_files_are_followed()
    {
        using var store = new TemporaryFolder();
        ImageFiles.WritePicture(store.File("cats/1.png"), 4, 4, 1, 0, 0);
        ImageFiles.WritePicture(store.File("dogs/2.png"), 4, 4, 2, 0, 0);
        Directory.CreateDirectory(_folder.File("b"));
        Link("a", store.File("cats"));
        Link("b/other name.png", store.File("dogs/2.png"));
        CollectionAssert.AreEqual(new[] { (1u, 1), (2u, 2) }, Rows(Load()));

        // Where the set's own folder is a link, what lies in it is not above it.
        using var links = new TemporaryFolder();
        File.CreateSymbolicLink(links.File("set"), _folder.FullPath);
        CollectionAssert.AreEqual(new[] { (1u, 1), (2u, 2) }, Rows(_ml.Data.LoadImageFolder(links.File("set"), 4, 4)));
        Assert.IsEmpty(_warnings);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    [DataRow("a/gone.png", "nowhere/x.png")]
    [DataRow("b/folder", "../nowhere")]
    [DataRow("a/circle", "circle")]
    [DataRow("test", "nowhere")]
    public void A_link_to_nothing_is_named(string link, string target)
    {
        WriteTwoClasses();
        Link(link, target);
        Assert.AreEqual($"{_folder.File(link)}: a link to {target}, which is not there. Replace or remove the file.", Message());
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    public void Links_to_nothing_are_counted()
    {
        WriteTwoClasses();
        for (int i = 0; i < 12; i++)
        {
            Link($"a/{i:D2}.png", "annex");
        }

        string message = Message();
        Assert.StartsWith("12 of 14 files cannot be read:\n", message);
        Assert.Contains($"{_folder.File("a/09.png")}: a link to annex, which is not there\n... and 2 more", message);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void A_name_in_another_form_of_Unicode_is_the_same_name()
    {
        ImageFiles.WritePicture(_folder.File($"train/{Composed}/1.png"), 4, 4, 1, 0, 0);
        ImageFiles.WritePicture(_folder.File("train/tea/1.png"), 4, 4, 2, 0, 0);
        ImageFiles.WritePicture(_folder.File($"test/{Decomposed}/1.png"), 4, 4, 3, 0, 0);

        foreach ((string from, string to) in new[] { ("", ""), (Composed, Decomposed) })
        {
            if (from.Length > 0)
            {
                Directory.Move(_folder.File($"train/{from}"), _folder.File($"train/{to}"));
            }

            IDataView test = Load(Split.Test);
            CollectionAssert.AreEqual(new[] { Composed, "tea" }, ImageRow.ClassNames(Load()));
            CollectionAssert.AreEqual(new[] { Composed, "tea" }, ImageRow.ClassNames(test));
            CollectionAssert.AreEqual(new[] { (1u, 3) }, Rows(test));
        }

        File.WriteAllText(_folder.File("class_names.txt"), $"{Composed}\tCoffee\ntea\tTe\u0301\n");
        CollectionAssert.AreEqual(new[] { "Coffee", "T\u00E9" }, ImageRow.ClassNames(Load()));
        File.WriteAllText(_folder.File("class_names.txt"), $"{Composed}\tCoffee\n{Decomposed}\tTea\n");
        Assert.Contains($"'{Composed}' is there twice", Message());
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Two_folders_of_one_name_in_two_forms_are_refused()
    {
        foreach (string name in new[] { Composed, Decomposed, "tea" })
        {
            ImageFiles.WritePicture(_folder.File($"{name}/1.png"), 4, 4, 1, 0, 0);
        }

        Assert.Contains($"{_folder.FullPath}: two folders are called '{Composed}', written in two forms of Unicode", Message());
    }

    [TestMethod]
    [DataRow("e\u0301", "\u00E9")]
    [DataRow("o\u0302\u0301 a\u0323\u0302", "\u1ED1 \u1EAD")]
    [DataRow("\u1112\u1161\u11AB\u1100\u1173\u11AF", "\uD55C\uAE00")]
    [DataRow("\u304B\u3099", "\u304C")]
    [DataRow("\u0438\u0306", "\u0439")]
    [DataRow("e\u0310\uD83D\uDE00\u0301", "e\u0310\uD83D\uDE00\u0301")]
    [DataRow("\u0301e", "\u0301e")]
    [DataRow("plain", "plain")]
    public void Composed_form(string name, string expected)
    {
        Assert.AreEqual(expected, ComposedForm.Of(name));
        Assert.AreEqual(expected, ComposedForm.Of(expected));
    }

    [TestMethod]
    public void Odd_names_are_no_hindrance()
    {
        WriteTwoClasses();
        string deep = string.Concat(Enumerable.Repeat("0123456789/", 30));
        string[] names =
        [
            "has space & 100%.png", "#hash.png", "quote'd.png", "\u4E2D\u6587.png", "\uD83D\uDE00.png", "folder.png/folder.png/3.png", $"{deep}4.png",
            .. OperatingSystem.IsLinux() ? ["line\nbreak.png", "back\\slash.png", "colon:star*?.png"] : Array.Empty<string>(),
        ];
        foreach (string name in names)
        {
            ImageFiles.WritePicture(_folder.File($"a/{name}"), 4, 4, 1, 0, 0);
        }

        Assert.HasCount(names.Length + 2, ImageRow.ReadAll(Load()));
        Assert.IsEmpty(_warnings);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void A_name_that_is_no_UTF_8_is_told()
    {
        WriteTwoClasses();
        string name = $"$(printf '{_folder.File("a")}/\\377.png')";
        Shell($"cp '{_folder.File("a/1.png")}' \"{name}\"");
        string message = Message();
        Shell($"rm \"{name}\"");
        Assert.Contains("its name is not valid UTF-8, so that it cannot be opened", message);

        static void Shell(string command)
        {
            using var shell = System.Diagnostics.Process.Start("sh", ["-c", command]);
            shell.WaitForExit();
        }
    }

    private static byte[] Icon(byte[] png)
        => [0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, .. BitConverter.GetBytes(png.Length), 22, 0, 0, 0, .. png];

    private void WriteTwoClasses()
    {
        ImageFiles.WritePicture(_folder.File("a/1.png"), 4, 4, 1, 0, 0);
        ImageFiles.WritePicture(_folder.File("b/deep/2.png"), 4, 4, 2, 0, 0);
    }

    private void Write(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        File.WriteAllBytes(_folder.File(name), content);
    }

    private void Link(string name, string target) => File.CreateSymbolicLink(_folder.File(name), target);

    private IDataView Load(Split split = Split.Train) => _ml.Data.LoadImageFolder(_folder.FullPath, 4, 4, split);

    private string Message() => Assert.ThrowsExactly<InvalidDataException>(() => Load()).Message;

    private static (uint Label, int Red)[] Rows(IDataView view)
        => [.. ImageRow.ReadAll(view).Select(r => (r.Label, (int)r.Pixels[0])).Order()];
}

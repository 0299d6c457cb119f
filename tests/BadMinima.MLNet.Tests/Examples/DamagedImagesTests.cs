using Microsoft.ML;

namespace BadMinima.MLNet.Tests.Examples;

[TestClass]
public sealed class DamagedImagesTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void All_damaged_files_are_named_in_one_message_in_the_order_of_their_paths()
    {
        for (int i = 0; i < 120; i++)
        {
            ImageFiles.WritePicture(_folder.File($"{(i % 2 == 0 ? "a" : "b")}/{i:D3}.png"), 4, 4, 1, 2, 3);
        }

        // Every other file of each class.
        string[] damaged = [.. Enumerable.Range(0, 120).Where(i => i % 4 < 2).Select(i => _folder.File($"{(i % 2 == 0 ? "a" : "b")}/{i:D3}.png"))];
        foreach (string file in damaged)
        {
            File.WriteAllText(file, "no image");
        }

        const string Reason = "no image that can be read (JPEG, PNG, BMP, GIF, WebP, ICO expected), 8 bytes found";
        IEnumerable<string> expected = damaged.Order(StringComparer.Ordinal).Take(10).Select(f => $"{f}: {Reason}");
        string message = Message(inMemory: true);
        Assert.AreEqual(
            $"60 of 120 files cannot be read:\n{string.Join('\n', expected)}\n... and 50 more\nReplace or remove them.",
            message);
        Assert.AreEqual(message, Message(inMemory: true));
    }

    [TestMethod]
    public void Of_images_in_files_those_of_a_batch_are_named_together()
    {
        for (int i = 0; i < 10; i++)
        {
            ImageFiles.WritePicture(_folder.File($"{(i % 2 == 0 ? "a" : "b")}/{i}.png"), 4, 4, 1, 2, 3);
        }

        ImageFiles.Cut(_folder.File("a/0.png"), 60);
        File.WriteAllBytes(_folder.File("b/7.png"), []);
        string message = Message(inMemory: false);
        Assert.StartsWith($"2 of 10 files cannot be read:\n{_folder.File("a/0.png")}: ", message);
        Assert.Contains($"\n{_folder.File("b/7.png")}: no image that can be read", message);
        Assert.Contains("0 bytes found\n", message);
        Assert.Contains("`badminima data check FOLDER` looks at every file", message);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_size_above_the_limit_is_refused_by_the_header_in_every_format(bool inMemory)
    {
        (string Name, byte[] Content, string Size)[] files =
        [
            ("1.png", RawImages.Png(16_384, 65_537), "16,384 x 65,537"),
            ("2.png", RawImages.Png(25_000, 22_000), "25,000 x 22,000"),
            ("3.png", RawImages.Png(1_000_000, 135), "1,000,000 x 135"),
            ("4.jpg", RawImages.Jpeg(65_000, 65_000), "65,000 x 65,000"),
            ("5.gif", RawImages.Gif(65_535, 65_535, new byte[12], [0]), "65,535 x 65,535"),
            ("6.webp", RawImages.Webp(16_383, 16_383), "16,383 x 16,383"),
            ("7.bmp", RawImages.Bmp(40_000, 30_000, new byte[100]), "40,000 x 30,000"),
            ("8.bmp", RawImages.Bmp(40_000, -30_000, new byte[100]), "40,000 x 30,000"),
        ];
        ImageFiles.WritePicture(_folder.File("a/1.png"), 4, 4, 1, 2, 3);
        Directory.CreateDirectory(_folder.File("b"));
        foreach ((string name, byte[] content, _) in files)
        {
            File.WriteAllBytes(_folder.File($"b/{name}"), content);
        }

        string message = Message(inMemory);
        foreach ((string name, _, string size) in files)
        {
            Assert.Contains($"{_folder.File($"b/{name}")}: an image of {size} pixels; at most 134,217,728 in all are decoded", message);
        }
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Large_images_are_decoded_one_after_another_whatever_comes_between(bool inMemory)
    {
        // Of 4,200 x 4,000 pixels; the damaged one among them gives back its turn.
        byte[] large = LargePng();
        for (int i = 0; i < 4; i++)
        {
            Directory.CreateDirectory(_folder.File(i % 2 == 0 ? "a" : "b"));
            File.WriteAllBytes(_folder.File($"{(i % 2 == 0 ? "a" : "b")}/{i}.png"), i == 2 ? large[..^2_000] : large);
        }

        Assert.StartsWith($"{_folder.File("a/2.png")}: the image of 4200 x 4000 cannot be read to its end", Message(inMemory));
        File.WriteAllBytes(_folder.File("a/2.png"), large);
        Assert.IsTrue(ImageRow.ReadAll(Load(inMemory)).All(r => r.Pixels.All(p => p == 255)));
    }

    [TestMethod]
    public void A_reader_that_stops_early_gives_back_its_turn()
    {
        foreach (string name in new[] { "a/1.png", "b/2.png" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
            File.WriteAllBytes(_folder.File(name), LargePng());
        }

        using var ended = new CancellationTokenSource();
        ended.Cancel();
        Assert.IsNull(ImageFile.Open(_folder.File("nothing.png"), CancellationToken.None, out ImageFault? fault));
        Assert.Contains("cannot be read (Could not find file", fault!.Reason);
        using (ImageFile? first = ImageFile.Open(_folder.File("a/1.png"), CancellationToken.None, out _))
        {
            Assert.IsNotNull(first);
            Assert.ThrowsExactly<OperationCanceledException>(() => ImageFile.Open(_folder.File("b/2.png"), ended.Token, out _));
        }

        using ImageFile? second = ImageFile.Open(_folder.File("b/2.png"), CancellationToken.None, out _);
        Assert.IsNotNull(second);
    }

    private static byte[] LargePng() => RawImages.White(4_200, 4_000);

    private IDataView Load(bool inMemory) => _ml.Data.LoadImageFolder(_folder.FullPath, 4, 4, inMemory: inMemory);

    private string Message(bool inMemory) => Assert.ThrowsExactly<InvalidDataException>(() => ImageRow.ReadAll(Load(inMemory))).Message;
}

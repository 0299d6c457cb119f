using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Examples;

[TestClass]
public sealed class ImagesInFilesTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Images_decoded_while_reading_equal_those_decoded_at_once_in_any_order()
    {
        // More than two blocks of the look-ahead, on any machine of this kind.
        using TemporaryFolder folder = Pictures((96 * Environment.ProcessorCount) + 5);
        IDataView atOnce = _ml.Data.LoadImageFolder(folder.FullPath, 4, 4);
        IDataView whileReading = _ml.Data.LoadImageFolder(folder.FullPath, 4, 4, inMemory: false);
        AssertSame(ImageRow.ReadAll(atOnce), ImageRow.ReadAll(whileReading));
        AssertSame(ImageRow.ReadAll(atOnce, new Random(3)), ImageRow.ReadAll(whileReading, new Random(3)));
    }

    [TestMethod]
    public void Rows_passed_over_do_not_disturb_those_that_are_read()
    {
        using TemporaryFolder folder = Pictures((64 * Environment.ProcessorCount) + 20);
        int[] expected = [.. ImageRow.ReadAll(_ml.Data.LoadImageFolder(folder.FullPath, 4, 4)).Select(r => (int)r.Pixels[0])];
        IDataView view = _ml.Data.LoadImageFolder(folder.FullPath, 4, 4, inMemory: false);
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        ValueGetter<VBuffer<byte>> pixels = cursor.GetGetter<VBuffer<byte>>(view.Schema["Pixels"]);
        VBuffer<byte> image = default;
        int[] rows = [0, 1, (32 * Environment.ProcessorCount) - 1, (64 * Environment.ProcessorCount) + 3, expected.Length - 1];
        foreach (int row in rows)
        {
            while (cursor.Position < row)
            {
                Assert.IsTrue(cursor.MoveNext());
            }

            pixels(ref image);
            Assert.AreEqual(expected[row], image.GetItemOrDefault(0));
        }
    }

    [TestMethod]
    public void A_cursor_gives_back_its_memory_however_often_it_is_disposed()
    {
        using TemporaryFolder folder = Pictures(10);
        var view = (ImageDataView)_ml.Data.LoadImageFolder(folder.FullPath, 4, 4, inMemory: false);
        DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        VBuffer<byte> image = default;
        Assert.IsTrue(cursor.MoveNext());
        cursor.GetGetter<VBuffer<byte>>(view.Schema["Pixels"])(ref image);
        Assert.AreEqual(10, view.Files!.Held);
        cursor.Dispose();
        cursor.Dispose();
        Assert.AreEqual(0, view.Files.Held);
    }

    [TestMethod]
    public void Labels_alone_open_no_file()
    {
        using TemporaryFolder folder = Pictures(10);
        IDataView view = _ml.Data.LoadImageFolder(folder.FullPath, 4, 4, inMemory: false);
        foreach (string file in Directory.GetFiles(folder.FullPath, "*.png", SearchOption.AllDirectories))
        {
            File.WriteAllText(file, "no picture any more");
        }

        CollectionAssert.AreEqual(new uint[] { 1, 2, 1, 2, 1, 2, 1, 2, 1, 2 }, view.GetColumn<uint>("Label").ToArray());
        Assert.Contains("no image that can be read", Assert.ThrowsExactly<InvalidDataException>(() => ImageRow.ReadAll(view)).Message);
    }

    [TestMethod]
    public void A_damaged_file_is_named_by_the_pass_that_comes_to_it()
    {
        using TemporaryFolder folder = Pictures(8);
        File.WriteAllText(folder.File("b/0007.png"), "this is no image");
        IDataView view = _ml.Data.LoadImageFolder(folder.FullPath, 4, 4, inMemory: false);
        Assert.Contains($"{folder.File("b/0007.png")}: no image that can be read", Assert.ThrowsExactly<InvalidDataException>(() => ImageRow.ReadAll(view)).Message);
    }

    private static TemporaryFolder Pictures(int count)
    {
        var folder = new TemporaryFolder();
        for (int i = 0; i < count; i++)
        {
            ImageFiles.WritePicture(folder.File($"{(i % 2 == 0 ? "a" : "b")}/{i:D4}.png"), 6, 6, (byte)(i * 7), (byte)i, 0);
        }

        return folder;
    }

    private static void AssertSame(List<ImageRow> expected, List<ImageRow> found)
    {
        Assert.HasCount(expected.Count, found);
        foreach ((ImageRow one, ImageRow other) in expected.Zip(found))
        {
            Assert.AreEqual((one.Id, one.Label), (other.Id, other.Label));
            CollectionAssert.AreEqual(one.Pixels, other.Pixels);
        }
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Examples;

[TestClass]
public sealed class SyntheticImagesTests
{
    private readonly MLContext _ml = new();

    [TestMethod]
    [DataRow(SyntheticStyle.Gray28, "666b10c4654b207d9dd3d2f5c8026fb39a3c9b92efc3fa1efb1c02358ca9f61f")]
    [DataRow(SyntheticStyle.Color32, "ccf993dcab120d1c7aaadb4f3b4b637c7bd3169cf89cc79b9fde990d35bad295")]
    public void The_first_hundred_images_are_the_same_on_every_platform(SyntheticStyle style, string checksum)
    {
        // Written down once; a change here changes every figure that was measured on the set.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] label = new byte[4];
        foreach (ImageRow row in ImageRow.ReadAll(_ml.Data.LoadSyntheticImages(Split.Train, 100, style, seed: 1)))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(label, row.Label);
            hash.AppendData(label);
            hash.AppendData(row.Pixels);
        }

        Assert.AreEqual(checksum, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [TestMethod]
    public void Shapes_and_names_are_in_the_schema()
    {
        IDataView gray = _ml.Data.LoadSyntheticImages(count: 10);
        IDataView color = _ml.Data.LoadSyntheticImages(count: 10, style: SyntheticStyle.Color32);
        Assert.AreEqual(new ImageShape(1, 28, 28).ToVectorType(NumberDataViewType.Byte), gray.Schema["Pixels"].Type);
        Assert.AreEqual(new ImageShape(3, 32, 32).ToVectorType(NumberDataViewType.Byte), color.Schema["Pixels"].Type);
        CollectionAssert.AreEqual(new[] { "arrow", "fork", "cross", "tee", "triangle", "square", "zed", "hourglass", "gate", "comb" }, ImageRow.ClassNames(gray));
    }

    [TestMethod]
    public void Every_ten_images_hold_every_class_once_in_mixed_order()
    {
        uint[] labels = [.. ImageRow.ReadAll(_ml.Data.LoadSyntheticImages(count: 205)).Select(r => r.Label)];
        uint[] all = [.. Enumerable.Range(1, 10).Select(c => (uint)c)];
        uint[][] tens = [.. labels.Chunk(10)];
        foreach (uint[] ten in tens[..^1])
        {
            CollectionAssert.AreEquivalent(all, ten);
        }

        Assert.HasCount(5, tens[^1].Distinct());
        Assert.IsGreaterThan(15, tens.Select(t => string.Join(" ", t)).Distinct().Count());
    }

    [TestMethod]
    public void An_image_does_not_depend_on_how_many_are_drawn()
    {
        List<ImageRow> few = ImageRow.ReadAll(_ml.Data.LoadSyntheticImages(count: 23));
        List<ImageRow> many = ImageRow.ReadAll(_ml.Data.LoadSyntheticImages(count: 57));
        for (int i = 0; i < few.Count; i++)
        {
            Assert.AreEqual(few[i].Label, many[i].Label);
            CollectionAssert.AreEqual(few[i].Pixels, many[i].Pixels);
        }
    }

    [TestMethod]
    public void No_two_images_are_equal_within_a_part_between_parts_or_between_seeds()
    {
        string[] images = [.. new[] { (Split.Train, 1), (Split.Test, 1), (Split.Train, 2), (Split.Test, 2) }
            .SelectMany(p => ImageRow.ReadAll(_ml.Data.LoadSyntheticImages(p.Item1, 200, seed: p.Item2)))
            .Select(r => Convert.ToHexString(SHA256.HashData(r.Pixels)))];
        Assert.HasCount(800, images.Distinct());
    }

    [TestMethod]
    public void The_mean_color_does_not_tell_the_class()
    {
        // Of 200 images a class, the mean over all pixels of a color has a standard deviation near 70 / sqrt(200) = 5 around the common
        // mean.
        var means = ImageRow.ReadAll(_ml.Data.LoadSyntheticImages(count: 2000, style: SyntheticStyle.Color32))
            .GroupBy(r => r.Label)
            .SelectMany(g => Enumerable.Range(0, 3).Select(c => g.Average(r => r.Pixels.Skip(c * 1024).Take(1024).Average(p => (double)p))))
            .ToArray();
        Assert.IsTrue(means.All(m => Math.Abs(m - 127.5) < 25), string.Join(" ", means));
    }

    [TestMethod]
    public void No_glyph_is_another_one_in_a_mirror()
    {
        string[] strokes = [.. Glyph.All.Select(g => Describe(g, 1))];
        string[] mirrored = [.. Glyph.All.Select(g => Describe(g, -1))];
        for (int i = 0; i < strokes.Length; i++)
        {
            for (int j = 0; j < strokes.Length; j++)
            {
                Assert.IsFalse(i != j && (strokes[i] == strokes[j] || strokes[i] == mirrored[j]), $"{Glyph.All[i].Name} and {Glyph.All[j].Name}");
            }
        }
    }

    [TestMethod]
    public void Options_out_of_range_are_named()
    {
        Assert.Contains("count is 0", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Data.LoadSyntheticImages(count: 0)).Message);
        Assert.Contains("style is 5; allowed are Gray28, Color32", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Data.LoadSyntheticImages(style: (SyntheticStyle)5)).Message);
        Assert.Contains("split is 5", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Data.LoadSyntheticImages((Split)5)).Message);
    }

    private static string Describe(Glyph glyph, int side)
    {
        IEnumerable<string> strokes = glyph.Strokes.Select(s =>
        {
            string[] ends = [.. new[] { s.From, s.To }.Select(p => $"{glyph.Points[p].X * side:+0.0;-0.0;0},{glyph.Points[p].Y}").Order(StringComparer.Ordinal)];
            return string.Join(">", ends);
        });
        return string.Join(" ", strokes.Order(StringComparer.Ordinal));
    }
}

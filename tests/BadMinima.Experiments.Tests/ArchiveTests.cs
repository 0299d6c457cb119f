using System.Formats.Tar;
using System.IO.Compression;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class ArchiveTests : IDisposable
{
    private static readonly byte[] Text = "content"u8.ToArray();

    private readonly TemporaryFolder _folder = new();

    private string Inside => _folder.File("inside");

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("set.tar.gz")]
    [DataRow("set.tgz")]
    [DataRow("set.zip")]
    public void Files_and_folders_come_out_with_their_checksums(string name)
    {
        byte[] large = TestSets.Random(200_000, seed: 1);
        byte[] archive = name.EndsWith(".zip", StringComparison.Ordinal)
            ? Zip(("a/", null), ("a/b/large.bin", large), ("text.txt", Text), ("empty", []))
            : TestSets.TarGz(new UstarTarEntry(TarEntryType.Directory, "./a/"), TestSets.Entry("a/b/large.bin", large), TestSets.Entry("./text.txt", Text), TestSets.Entry("empty", []));
        List<long> positions = [];
        IReadOnlyDictionary<string, string> files = Unpack(name, archive, positions.Add);

        CollectionAssert.AreEqual(new[] { "a/b/large.bin", "empty", "text.txt" }, files.Keys.Order(StringComparer.Ordinal).ToArray());
        CollectionAssert.AreEqual(large, File.ReadAllBytes(Path.Combine(Inside, "a", "b", "large.bin")));
        CollectionAssert.AreEqual(Text, File.ReadAllBytes(Path.Combine(Inside, "text.txt")));
        Assert.AreEqual(0, new FileInfo(Path.Combine(Inside, "empty")).Length);
        Assert.AreEqual(TestSets.ChecksumsOf(large).Sha256, files["a/b/large.bin"]);
        Assert.HasCount(3, positions);
    }

    [TestMethod]
    [DataRow("../outside")]
    [DataRow("a/../../outside")]
    [DataRow("/tmp/badminima-outside")]
    [DataRow("../inside-not/outside")]
    public void An_entry_that_leads_out_is_refused(string name)
    {
        foreach ((string archive, byte[] content) in new[] { ("evil.tar.gz", TestSets.TarGz(TestSets.Entry("good", Text), TestSets.Entry(name, Text))), ("evil.zip", Zip(("good", Text), (name, Text))) })
        {
            string message = Assert.ThrowsExactly<InvalidDataException>(() => Unpack(archive, content)).Message;
            Assert.Contains($"the entry '{name}' leads out of the folder", message);
            AssertNothingOutside(archive);
        }
    }

    [TestMethod]
    [DataRow(TarEntryType.SymbolicLink)]
    [DataRow(TarEntryType.HardLink)]
    public void A_link_is_refused_before_anything_is_written_through_it(TarEntryType kind)
    {
        byte[] archive = TestSets.TarGz(TestSets.Link(kind, "door", "../.."), TestSets.Entry("door/outside", Text));
        string message = Assert.ThrowsExactly<InvalidDataException>(() => Unpack("evil.tar.gz", archive)).Message;
        Assert.Contains($"the entry 'door' is a {kind} to '../..'", message);
        AssertNothingOutside("evil.tar.gz");
    }

    [TestMethod]
    public void A_link_in_a_zip_and_a_device_in_a_tar_are_refused()
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create))
        {
            ZipArchiveEntry link = zip.CreateEntry("door");
            link.ExternalAttributes = unchecked((int)0xA1FF0000);
            using Stream stream = link.Open();
            stream.Write("/etc"u8);
        }

        Assert.Contains("the entry 'door' is a link", Assert.ThrowsExactly<InvalidDataException>(() => Unpack("evil.zip", packed.ToArray())).Message);
        byte[] device = TestSets.TarGz(new UstarTarEntry(TarEntryType.Fifo, "pipe"));
        Assert.Contains("the entry 'pipe' is a Fifo", Assert.ThrowsExactly<InvalidDataException>(() => Unpack("evil.tar.gz", device)).Message);
    }

    [TestMethod]
    public void A_cut_or_damaged_archive_is_named()
    {
        byte[] tar = TestSets.TarGz(TestSets.Entry("large", TestSets.Random(300_000, seed: 1)));
        Assert.Throws<InvalidDataException>(() => Unpack("cut.tar.gz", tar[..(tar.Length / 2)]));
        Assert.Contains("damaged", Assert.ThrowsExactly<InvalidDataException>(() => Unpack("text.tar.gz", Text)).Message);
        Assert.Contains("damaged", Assert.ThrowsExactly<InvalidDataException>(() => Unpack("text.zip", Text)).Message);
    }

    private void AssertNothingOutside(string archive)
    {
        string[] expected = [archive, "inside/good"];
        CollectionAssert.IsSubsetOf(_folder.Files, expected);
        Assert.IsFalse(File.Exists("/tmp/badminima-outside"));
        File.Delete(_folder.File(archive));
    }

    private IReadOnlyDictionary<string, string> Unpack(string name, byte[] archive, Action<long>? position = null)
    {
        File.WriteAllBytes(_folder.File(name), archive);
        return Archive.Unpack(_folder.File(name), Inside, position ?? (_ => { }), CancellationToken.None);
    }

    private static byte[] Zip(params (string Name, byte[]? Content)[] entries)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create))
        {
            foreach ((string name, byte[]? content) in entries)
            {
                ZipArchiveEntry entry = zip.CreateEntry(name);
                if (content is not null)
                {
                    using Stream stream = entry.Open();
                    stream.Write(content);
                }
            }
        }

        return packed.ToArray();
    }
}

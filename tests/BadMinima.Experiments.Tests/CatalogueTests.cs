namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class CatalogueTests
{
    [TestMethod]
    public void Every_set_of_the_paper_and_of_the_quick_checks_is_there_once()
        => CollectionAssert.AreEquivalent(
            new[] { "cifar-10", "cifar-100", "cinic-10", "mnist", "fashion-mnist", "imagenette", "restricted-imagenet" }, Catalogue.All.Select(s => s.Name).ToArray());

    [TestMethod]
    public void Every_download_has_a_checksum_of_the_right_form_and_secure_or_verified_addresses()
    {
        foreach (DataFile file in Catalogue.All.SelectMany(s => s.Files))
        {
            Assert.IsTrue(file.Checksums.Known, file.Name);
            Assert.IsTrue(IsHex(file.Checksums.Md5, 32) && IsHex(file.Checksums.Sha256, 64), file.Name);
            Assert.IsNotEmpty(file.Urls);
            Assert.IsTrue(file.Urls.All(u => Uri.TryCreate(u, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"), file.Name);
            Assert.IsGreaterThan(0, file.Bytes);
        }

        Assert.AreEqual(Catalogue.All.SelectMany(s => s.Files).Count(), Catalogue.All.SelectMany(s => s.Files).Select(f => f.Checksums.Md5).Distinct().Count());
        foreach (ContentFile file in Catalogue.All.Select(s => s.Layout).OfType<FileLayout>().SelectMany(l => l.Files))
        {
            Assert.IsTrue(IsHex(file.Checksums.Md5, 32) && IsHex(file.Checksums.Sha256, 64), file.Name);
        }
    }

    [TestMethod]
    public void Sizes_are_those_of_the_formats()
    {
        long Bytes(string set) => ((FileLayout)Catalogue.All.Single(s => s.Name == set).Layout).Files.Sum(f => f.Bytes);
        Assert.AreEqual(60_000L * (1 + 3072), Bytes("cifar-10"));
        Assert.AreEqual(60_000L * (2 + 3072), Bytes("cifar-100"));
        foreach (string set in new[] { "mnist", "fashion-mnist" })
        {
            Assert.AreEqual((70_000L * (1 + 784)) + (2 * 8) + (2 * 16), Bytes(set));
        }
    }

    [TestMethod]
    public void What_can_not_be_downloaded_says_how_to_come_by_it()
    {
        foreach (DataSet set in Catalogue.All)
        {
            Assert.AreEqual(set.Files.Count == 0, set.HowToObtain is not null, set.Name);
        }
    }

    private static bool IsHex(string? checksum, int digits) => checksum is null || (checksum.Length == digits && checksum.All(char.IsAsciiHexDigitLower));
}

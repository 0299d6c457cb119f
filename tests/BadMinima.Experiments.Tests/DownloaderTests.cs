namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class DownloaderTests : DownloadTest
{
    [TestMethod]
    public async Task A_file_comes_whole_and_leaves_nothing_beside_it()
    {
        await using FileServer server = await Serve();
        await Get(server);
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
        CollectionAssert.AreEqual(new[] { Name }, Files);
        CollectionAssert.AreEqual(new[] { new Asked(Name, null, null) }, server.Requests.ToArray());
    }

    [TestMethod]
    public async Task A_wrong_checksum_is_named_and_nothing_is_put_in_place()
    {
        byte[] other = TestSets.Random(Content.Length, seed: 3);
        await using FileServer server = await Serve();
        server.Files[Name] = other;
        File.WriteAllText(Target, "an older file");
        string message = (await Assert.ThrowsExactlyAsync<IOException>(() => Get(server))).Message;
        Assert.Contains($"{server.Url}/{Name}: sha256 {TestSets.ChecksumsOf(Content).Sha256} expected, {TestSets.ChecksumsOf(other).Sha256} found", message);
        Assert.AreEqual("an older file", File.ReadAllText(Target));
        CollectionAssert.AreEqual(new[] { Name }, Files);
        Assert.HasCount(1, server.Requests);
    }

    [TestMethod]
    public async Task Each_published_checksum_counts()
    {
        await using FileServer server = await Serve();
        DataFile file = TestSets.FileOf(Name, Content);
        string md5 = new('0', 32);
        string message = (await Assert.ThrowsExactlyAsync<IOException>(() => Get(server, file: file with { Checksums = file.Checksums with { Md5 = md5 } }))).Message;
        Assert.Contains($"md5 {md5} expected, {file.Checksums.Md5} found", message);
        message = (await Assert.ThrowsExactlyAsync<IOException>(() => Get(server, file: file with { Checksums = Checksums.None, Bytes = 5 }))).Message;
        Assert.Contains("5 bytes expected, 3,000,000 found", message);
    }

    [TestMethod]
    public async Task Where_the_first_address_has_another_file_the_second_serves()
    {
        await using FileServer first = await Serve();
        first.Files[Name] = "<html>We have moved</html>"u8.ToArray();
        await using FileServer second = await Serve();
        await Get([first, second]);
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
    }

    [TestMethod]
    public async Task A_missing_file_is_told_at_once_and_a_busy_server_asked_again()
    {
        await using FileServer server = await Serve();
        server.Files.Clear();
        Assert.Contains($"{server.Url}/{Name}: the server answered 404 Not Found.", (await Assert.ThrowsExactlyAsync<IOException>(() => Get(server))).Message);
        Assert.HasCount(1, server.Requests);
        Assert.IsEmpty(Files);

        server.Files[Name] = Content;
        server.Requests.Clear();
        server.Faults.Enqueue(new(Status: 503));
        server.Faults.Enqueue(new(Status: 429));
        await Get(server);
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
        Assert.HasCount(3, server.Requests);
    }

    [TestMethod]
    public async Task Tries_are_bounded()
    {
        await using FileServer server = await Serve();
        foreach (int _ in Enumerable.Range(0, 10))
        {
            server.Faults.Enqueue(new(Status: 500));
        }

        Assert.Contains("the server answered 500 Internal Server Error. Given up after 4 tries in a row.", (await Assert.ThrowsExactlyAsync<IOException>(() => Get(server))).Message);
        Assert.HasCount(4, server.Requests);
        Assert.IsEmpty(Files);
    }

    [TestMethod]
    public async Task Nobody_listening_is_told()
    {
        FileServer server = await Serve();
        await server.DisposeAsync();
        Assert.Contains("Connection refused", (await Assert.ThrowsExactlyAsync<IOException>(() => Get(server, Quick with { Tries = 2 }))).Message);
    }

    [TestMethod]
    public async Task A_silent_server_is_left_and_asked_again()
    {
        await using FileServer server = await Serve();
        server.Faults.Enqueue(new(EndAfter: 1_500_000, Silence: true));
        await Get(server, Quick with { Stall = TimeSpan.FromSeconds(0.3) });
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
        Assert.AreEqual(1_500_000, server.Requests.Last().From);
        Assert.Contains("the server was silent for 0.3 s", Log);
    }
}

using BadMinima.Reporting;
using Spectre.Console;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class DownloaderTests : IDisposable
{
    private const string Name = "data.bin";

    private static readonly byte[] Content = TestSets.Random(3_000_000, seed: 1);

    private static readonly DownloadOptions Quick = new(Tries: 4, FirstDelay: TimeSpan.FromMilliseconds(1), Stall: TimeSpan.FromSeconds(30));

    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _log = new();

    private string Target => _folder.File(Name);

    public void Dispose()
    {
        _folder.Dispose();
        _log.Dispose();
    }

    [TestMethod]
    public async Task A_file_comes_whole_and_leaves_nothing_beside_it()
    {
        await using FileServer server = await Serve();
        await Get(server);
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
        CollectionAssert.AreEqual(new[] { Name }, _folder.Files);
        CollectionAssert.AreEqual(new[] { new Asked(Name, null, null) }, server.Requests.ToArray());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(5)]
    public async Task After_a_cut_at_any_byte_only_the_rest_is_asked_for(int seed)
    {
        long cut = new Random(seed).Next(1, Content.Length);
        await using FileServer server = await Serve();
        server.Faults.Enqueue(new(EndAfter: cut));
        await Get(server);
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
        CollectionAssert.AreEqual(new[] { new Asked(Name, null, null), new Asked(Name, cut, server.ETag) }, server.Requests.ToArray());
        Assert.Contains("Trying again in", _log.ToString());
    }

    [TestMethod]
    public async Task Another_call_goes_on_where_the_last_one_gave_up()
    {
        await using FileServer server = await Serve();
        server.Faults.Enqueue(new(EndAfter: 1_234_567));
        string message = (await Assert.ThrowsExactlyAsync<IOException>(() => Get(server, Quick with { Tries = 1 }))).Message;
        Assert.Contains("Given up after 1 tries in a row. 1,234,567 bytes are kept; the same command goes on from there.", message);
        CollectionAssert.AreEqual(new[] { Name + ".part", Name + ".part.info" }, _folder.Files);
        CollectionAssert.AreEqual(Content[..1_234_567], File.ReadAllBytes(Target + ".part"));

        await Get(server);
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
        Assert.AreEqual(new Asked(Name, 1_234_567, server.ETag), server.Requests.Last());
        CollectionAssert.AreEqual(new[] { Name }, _folder.Files);
    }

    [TestMethod]
    public async Task A_server_that_cuts_every_megabyte_is_worn_down()
    {
        await using FileServer server = await Serve();
        foreach (int _ in Enumerable.Range(0, 2))
        {
            server.Faults.Enqueue(new(EndAfter: 1_100_000));
        }

        await Get(server, Quick with { Tries = 2 });
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
        CollectionAssert.AreEqual(new long?[] { null, 1_100_000, 2_200_000 }, server.Requests.Select(r => r.From).ToArray());
    }

    [TestMethod]
    public async Task A_server_without_ranges_sends_the_whole_again()
    {
        await using FileServer server = await Serve();
        server.KnowsRanges = false;
        server.Faults.Enqueue(new(EndAfter: 1_000_000));
        await Get(server);
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
        Assert.HasCount(2, server.Requests);
    }

    [TestMethod]
    public async Task A_file_that_changed_meanwhile_is_fetched_from_its_beginning()
    {
        await using FileServer server = await Serve();
        server.Faults.Enqueue(new(EndAfter: 2_000_000));
        await Assert.ThrowsExactlyAsync<IOException>(() => Get(server, Quick with { Tries = 1 }));

        byte[] changed = TestSets.Random(2_500_000, seed: 2);
        (server.Files[Name], server.ETag) = (changed, "\"version 2\"");
        await Get(server, file: TestSets.FileOf(Name, changed));
        CollectionAssert.AreEqual(changed, File.ReadAllBytes(Target));
        Assert.AreEqual(new Asked(Name, 2_000_000, "\"version 1\""), server.Requests.Last());
    }

    [TestMethod]
    public async Task A_date_serves_as_a_version_and_a_weak_tag_does_not()
    {
        await using FileServer server = await Serve();
        (server.ETag, server.LastModified) = ("W/\"1\"", new DateTimeOffset(2020, 5, 23, 12, 0, 0, TimeSpan.Zero));
        server.Faults.Enqueue(new(EndAfter: 2_000_000));
        await Get(server);
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
        Assert.AreEqual(new Asked(Name, 2_000_000, "Sat, 23 May 2020 12:00:00 GMT"), server.Requests.Last());

        File.Delete(Target);
        server.LastModified = null;
        server.Faults.Enqueue(new(EndAfter: 2_000_000));
        await Get(server);
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
        Assert.AreEqual(new Asked(Name, null, null), server.Requests.Last());
    }

    [TestMethod]
    public async Task A_range_that_was_not_asked_for_is_not_appended()
    {
        await using FileServer server = await Serve();
        server.Faults.Enqueue(new(EndAfter: 2_000_000));
        server.Faults.Enqueue(new(RangeOff: -1));
        await Get(server);
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
        CollectionAssert.AreEqual(new long?[] { null, 2_000_000, null }, server.Requests.Select(r => r.From).ToArray());
    }

    [TestMethod]
    public async Task A_part_that_is_longer_than_the_file_is_dropped()
    {
        await using FileServer server = await Serve();
        server.Faults.Enqueue(new(EndAfter: 2_000_000));
        await Assert.ThrowsExactlyAsync<IOException>(() => Get(server, Quick with { Tries = 1 }));
        File.AppendAllText(Target + ".part", new string('x', 2_000_000));
        await Get(server);
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
    }

    [TestMethod]
    public async Task A_part_that_was_damaged_meanwhile_is_found_out_and_fetched_again()
    {
        await using FileServer server = await Serve();
        server.Faults.Enqueue(new(EndAfter: 2_000_000));
        await Assert.ThrowsExactlyAsync<IOException>(() => Get(server, Quick with { Tries = 1 }));
        byte[] part = File.ReadAllBytes(Target + ".part");
        part[1_000_000] ^= 1;
        File.WriteAllBytes(Target + ".part", part);

        await Get(server);
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
        CollectionAssert.AreEqual(new long?[] { null, 2_000_000, null }, server.Requests.Select(r => r.From).ToArray());
        Assert.Contains("getting the whole file again", _log.ToString());
    }

    [TestMethod]
    public async Task A_part_without_its_version_is_not_gone_on_with()
    {
        await using FileServer server = await Serve();
        File.WriteAllBytes(Target + ".part", Content[..1_000_000]);
        File.WriteAllText(Target + ".part.info", "{ damaged");
        await Get(server);
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
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
        CollectionAssert.AreEqual(new[] { Name }, _folder.Files);
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
        Assert.IsEmpty(_folder.Files);

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
        Assert.IsEmpty(_folder.Files);
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
        Assert.Contains("the server was silent for 0.3 s", _log.ToString());
    }

    [TestMethod]
    public async Task Cancelling_keeps_what_has_arrived()
    {
        await using FileServer server = await Serve();
        server.Slow = TimeSpan.FromMilliseconds(20);
        using var cancellation = new CancellationTokenSource();
        Task download = Get(server, cancellation: cancellation.Token);
        await Until(() => File.Exists(Target + ".part") && new FileInfo(Target + ".part").Length > 300_000);
        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => download);
        long kept = new FileInfo(Target + ".part").Length;
        Assert.IsLessThan(Content.Length, kept);

        server.Slow = null;
        await Get(server);
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
        Assert.AreEqual(kept, server.Requests.Last().From);
    }

    [TestMethod]
    public async Task Two_downloads_of_one_file_do_not_mix()
    {
        await using FileServer server = await Serve();
        server.Slow = TimeSpan.FromMilliseconds(20);
        Task first = Get(server);
        await Until(() => File.Exists(Target + ".part"));
        Assert.Contains("used by another process", (await Assert.ThrowsExactlyAsync<IOException>(() => Get(server))).Message);
        server.Slow = null;
        await first;
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
    }

    public static async Task Until(Func<bool> condition)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.IsLessThan(2000, i, "waited too long");
            await Task.Delay(10);
        }
    }

    private static Task<FileServer> Serve() => FileServer.Start(KeyValuePair.Create(Name, Content));

    private Task Get(FileServer server, DownloadOptions? options = null, DataFile? file = null, CancellationToken cancellation = default) => Get([server], options, file, cancellation);

    private async Task Get(FileServer[] servers, DownloadOptions? options = null, DataFile? file = null, CancellationToken cancellation = default)
    {
        using ConsoleProgress progress = new(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_log), Ansi = AnsiSupport.No }), "MB");
        using Downloader downloader = new(new TransferProgress(progress), options ?? Quick);
        await downloader.Get(file ?? TestSets.FileOf(Name, Content), [.. servers.Select(s => $"{s.Url}/{Name}")], Target, cancellation);
    }
}

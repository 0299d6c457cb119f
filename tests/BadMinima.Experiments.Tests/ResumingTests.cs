namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class ResumingTests : DownloadTest
{
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
        Assert.Contains("Trying again in", Log);
    }

    [TestMethod]
    public async Task Another_call_goes_on_where_the_last_one_gave_up()
    {
        await using FileServer server = await Serve();
        server.Faults.Enqueue(new(EndAfter: 1_234_567));
        string message = (await Assert.ThrowsExactlyAsync<IOException>(() => Get(server, Quick with { Tries = 1 }))).Message;
        Assert.Contains("Given up after 1 tries in a row. 1,234,567 bytes are kept; the same command goes on from there.", message);
        CollectionAssert.AreEqual(new[] { Name + ".part", Name + ".part.info" }, Files);
        CollectionAssert.AreEqual(Content[..1_234_567], File.ReadAllBytes(Target + ".part"));

        await Get(server);
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
        Assert.AreEqual(new Asked(Name, 1_234_567, server.ETag), server.Requests.Last());
        CollectionAssert.AreEqual(new[] { Name }, Files);
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
        Assert.Contains("getting the whole file again", Log);
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
    public async Task Cancelling_keeps_what_has_arrived()
    {
        await using FileServer server = await Serve();
        server.Slow = TimeSpan.FromMilliseconds(20);
        using var cancellation = new CancellationTokenSource();
        Task download = Get(server, cancellation: cancellation.Token);
        await Waiting.Until(() => File.Exists(Target + ".part") && new FileInfo(Target + ".part").Length > 300_000);
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
        await Waiting.Until(() => File.Exists(Target + ".part"));
        Assert.Contains("used by another process", (await Assert.ThrowsExactlyAsync<IOException>(() => Get(server))).Message);
        server.Slow = null;
        await first;
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(Target));
    }
}

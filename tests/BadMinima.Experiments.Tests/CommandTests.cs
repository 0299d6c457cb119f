using System.Text.Json;

namespace BadMinima.Experiments.Tests;

/// <summary>The command as its users run it.</summary>
[TestClass]
public sealed class CommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Archive => _folder.File("tiny-binary.tar.gz");

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task A_set_is_got_listed_and_checked()
    {
        await using FileServer server = await FileServer.Start(TestSets.Cifar.Files);
        Dictionary<string, string> home = new() { ["BADMINIMA_DATA"] = _folder.File("sets") };
        using (Command get = Command.Start(environment: home, arguments: ["data", "get", "tiny", "--from", server.Url + "/"]))
        {
            Result result = get.Wait();
            Assert.AreEqual(0, result.Code, result.All);
            Assert.Contains("Licence: MIT. Cite: none", result.Output);
            Assert.IsFalse(result.Output.Any(c => char.IsControl(c) && c != '\n'), "control characters in a log");
        }

        using (Command list = Command.Start(environment: home, arguments: ["data", "list", "--json"]))
        {
            JsonElement[] sets = [.. JsonDocument.Parse(list.Wait().Output).RootElement.EnumerateArray()];
            CollectionAssert.AreEqual(new[] { "tiny" }, sets.Where(s => s.GetProperty("here").GetBoolean()).Select(s => s.GetProperty("name").GetString()).ToArray());
            JsonElement cifar = sets.Single(s => s.GetProperty("name").GetString() == "cifar-10");
            Assert.AreEqual(50_000, cifar.GetProperty("images").GetProperty("train").GetInt32());
            Assert.StartsWith("c4a38c50", cifar.GetProperty("files")[0].GetProperty("sha256").GetString());
        }

        Result check = Command.Run("data", "check", _folder.File("sets", "tiny"), "--name", "tiny");
        Assert.AreEqual(0, check.Code, check.All);
        Assert.Contains("tiny: all is well.", check.Output);
    }

    [TestMethod]
    public async Task Killed_at_any_moment_the_next_call_completes_the_set()
    {
        await using FileServer server = await FileServer.Start(TestSets.Cifar.Files);
        server.Slow = TimeSpan.FromMilliseconds(30);
        long length = TestSets.Cifar.Files["tiny-binary.tar.gz"].Length;
        foreach (long enough in new[] { 1, length / 3, 2 * length / 3 })
        {
            using Command get = Get(server);
            await Waiting.Until(() => File.Exists(Archive + ".part") && new FileInfo(Archive + ".part").Length >= enough);
            get.Kill();
            Assert.AreNotEqual(0, get.Wait().Code);
            Assert.IsFalse(File.Exists(Archive));
        }

        long kept = new FileInfo(Archive + ".part").Length;
        server.Slow = null;
        using (Command get = Get(server))
        {
            Result result = get.Wait();
            Assert.AreEqual(0, result.Code, result.All);
        }

        Assert.AreEqual(kept, server.Requests.Last().From);
        CollectionAssert.AreEqual(new[] { "SHA256SUMS", "readme.txt", "test.bin", "train.bin" }, _folder.Files);
        Assert.AreEqual(0, Command.Run("data", "check", _folder.FullPath, "--name", "tiny").Code);
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public async Task Interrupted_it_says_so_and_keeps_what_has_arrived()
    {
        await using FileServer server = await FileServer.Start(TestSets.Cifar.Files);
        server.Slow = TimeSpan.FromMilliseconds(30);
        using (Command get = Get(server))
        {
            await Waiting.Until(() => File.Exists(Archive + ".part") && new FileInfo(Archive + ".part").Length > 200_000);
            get.Interrupt();
            Result result = get.Wait();
            Assert.AreEqual(130, result.Code, result.All);
            Assert.Contains("Interrupted. What has arrived is kept", result.Error);
        }

        long kept = new FileInfo(Archive + ".part").Length;
        Assert.IsGreaterThan(200_000, kept);
        server.Slow = null;
        using Command again = Get(server);
        Assert.AreEqual(0, again.Wait().Code);
        Assert.AreEqual(kept, server.Requests.Last().From);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task A_disk_that_fills_up_while_downloading_gives_one_message_and_the_next_call_goes_on()
    {
        await using FileServer server = await FileServer.Start(TestSets.Cifar.Files);
        Result result = OnSmallDisk("1m", $"echo earlier > {_folder.FullPath}/earlier; \"$@\"; code=$?; cat earlier; ls; mount -o remount,size=20m {_folder.FullPath}; \"$@\"; echo second $?; ls; exit $code", server);
        Assert.AreEqual(2, result.Code, result.All);
        string[] errors = result.Error.Trim().Split('\n');
        Assert.HasCount(1, errors);
        Assert.StartsWith($"error: {_folder.FullPath}: the disk is full (0.0 MB free). Free some space", errors[0]);
        Assert.Contains("earlier\n", result.Output);
        Assert.Contains("tiny-binary.tar.gz.part\n", result.Output);
        Assert.Contains("second 0\nSHA256SUMS\nearlier\nreadme.txt\ntest.bin\ntrain.bin\n", result.Output);
        Assert.IsInRange(900_000, 1 << 20, server.Requests.Last().From!.Value);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task A_disk_that_fills_up_while_unpacking_keeps_the_archive_and_nothing_half()
    {
        await using FileServer server = await FileServer.Start(TestSets.Cifar.Files);
        Result result = OnSmallDisk("4m", $"\"$@\"; code=$?; ls -A; mount -o remount,size=20m {_folder.FullPath}; \"$@\"; echo second $?; exit $code", server);
        Assert.AreEqual(2, result.Code, result.All);
        Assert.Contains("the disk is full", result.Error);
        Assert.Contains("tiny-binary.tar.gz\ntiny-binary.tar.gz is there already.\n", result.Output[result.Output.LastIndexOf("\ntiny-binary.tar.gz\n", StringComparison.Ordinal)..]);
        Assert.Contains("second 0", result.Output);
        Assert.HasCount(1, server.Requests);
    }

    [TestMethod]
    public void Wrong_input_ends_with_code_2_and_one_message()
    {
        foreach ((string[] arguments, string expected) in new (string[], string)[]
        {
            (["data", "get", "nothing"], "Argument 'nothing' not recognized"),
            (["data", "get", "mnist", "--from", "ftp://here"], "--from is ftp://here; allowed is an address that begins with http:// or https://."),
            (["data", "get", "restricted-imagenet", "--out", _folder.FullPath], "error: Restricted ImageNet cannot be downloaded"),
            (["data", "check", _folder.File("nowhere")], "nowhere: no such folder"),
            (["data", "check", _folder.FullPath], "no image set found. Looked for CIFAR-10"),
            (["data"], "Required command was not provided"),
        })
        {
            Result result = Command.Run(arguments);
            Assert.AreEqual(2, result.Code, result.All);
            Assert.Contains(expected, result.Error);
        }
    }

    [TestMethod]
    public void The_exit_codes_are_told_by_help()
    {
        foreach (string[] arguments in new[] { new[] { "--help" }, ["data", "get", "--help"], ["data", "check", "--help"] })
        {
            Result result = Command.Run(arguments);
            Assert.AreEqual(0, result.Code);
            Assert.Contains("Exit codes: 0", result.Output);
        }
    }

    [TestMethod]
    public void The_networks_are_listed_with_their_parameters()
    {
        JsonElement[] models = [.. JsonDocument.Parse(Command.Run("models", "--json").Output).RootElement.EnumerateArray()];
        JsonElement resnet = models.Single(m => m.GetProperty("name").GetString() == "resnet18");
        Assert.AreEqual(11_173_962, resnet.GetProperty("parameters").GetInt64());
        foreach (JsonElement model in models)
        {
            Assert.IsGreaterThan(0, model.GetProperty("parameters").GetInt64());
            Assert.IsGreaterThan(0, model.GetProperty("source").GetString()!.Length, model.ToString());
        }

        Assert.Contains("11,173,962", Command.Run("models").Output);
    }

    private Command Get(FileServer server) => Command.Start(arguments: ["data", "get", "tiny", "--from", server.Url, "--out", _folder.FullPath]);

    private Result OnSmallDisk(string size, string script, FileServer server)
        => SmallDisk.Run(_folder, size, script, "data", "get", "tiny", "--from", server.Url, "--out", _folder.FullPath);
}

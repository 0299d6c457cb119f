using System.Text.Json.Nodes;
using BadMinima.Reporting;

namespace BadMinima.Experiments.Tests;

/// <summary>`badminima show`, without a torch that could be loaded.</summary>
[TestClass]
public sealed class ShowTests : IDisposable
{
    private static readonly string[] Options = ["--train", "60", "--test", "40", "--start", "adversarial", "--random-label-epochs", "3", "--epochs", "2", "--momentum", "0.5", "--schedule", "step:0.5@1", "--escape", "sam:rho=0.1"];

    private static readonly TemporaryFolder Finished = new();

    private readonly TemporaryFolder _folder = new();

    [ClassInitialize]
    public static void Train(TestContext context)
    {
        Result run = Command.Run(["run", "--out", Finished.FullPath, .. Options]);
        Assert.AreEqual(0, run.Code, run.All);
    }

    [ClassCleanup]
    public static void Clean() => Finished.Dispose();

    [TestInitialize]
    public void Copy()
    {
        foreach (string file in Finished.Files)
        {
            File.Copy(Finished.File(file), _folder.File(file));
        }
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void A_finished_run_is_told_to_people()
    {
        string text = Show().Output;
        Assert.StartsWith($"{_folder.FullPath}: finished.\n", text);
        foreach (string expected in new[]
        {
            @"Test accuracy +\d", @"Random labels fitted +\d.* in 3 epochs of 180 images, to the end", @"Network +cnn", @"Start +adversarial", @"Momentum +- +0\.5", @"Escape +- +sam:rho=0\.1", @"Replicas +3 +-",
            @"Schedule +constant +step:0\.5@1", @"training +2 +\d", @"random labels +3 +\d", @"badminima 0\.1\.0, commit", @"Images a second +\d", @"Memory at most +\d+ MiB",
        })
        {
            Assert.MatchesRegex(expected, text);
        }
    }

    [TestMethod]
    public void With_json_it_is_all_that_the_folder_knows()
    {
        JsonNode shown = Json();
        Assert.AreEqual("finished", $"{shown["state"]}");
        foreach (string name in new[] { "config", "result" })
        {
            Assert.IsTrue(JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(_folder.File(name + ".json"))), shown[name]), name);
        }

        string[] rows = File.ReadAllLines(_folder.File("metrics.csv"));
        string[] names = rows[0].Split(',');
        string[] shownRows = [.. shown["metrics"]!.AsArray().Select(row => string.Join(',', names.Select(name => $"{row![name]}")))];
        CollectionAssert.AreEqual(rows[1..].Select(Normal).ToArray(), shownRows.Select(Normal).ToArray());

        static string Normal(string row) => string.Join(',', row.Split(',').Select(v => double.TryParse(v, out double number) ? $"{number:R}" : v));
    }

    [TestMethod]
    public void Its_command_makes_the_same_run()
    {
        string[] command = $"{Json()["command"]}".Split(' ');
        CollectionAssert.IsSubsetOf(new[] { "--device", "--threads" }, command, "the result's");
        Assert.AreEqual("badminima run", string.Join(' ', command[..2]));
        using var again = new TemporaryFolder();
        Result run = Command.Run([.. command[1..], "--out", again.FullPath]);
        Assert.AreEqual(0, run.Code, run.All);
        Assert.AreEqual($"{Result(Finished)["weightsSha256"]}", $"{Result(again)["weightsSha256"]}");

        static JsonNode Result(TemporaryFolder folder) => JsonNode.Parse(File.ReadAllText(folder.File("result.json")))!;
    }

    [TestMethod]
    public void A_run_without_a_result_runs_was_interrupted_or_failed()
    {
        File.Delete(_folder.File("result.json"));
        Assert.AreEqual("interrupted", $"{Json()["state"]}");
        string text = Show().Output;
        Assert.StartsWith($"{_folder.FullPath}: interrupted after 3 of 3 epochs of random labels and 2 of 2 epochs of training.\n", text);
        Assert.MatchesRegex($"To continue it:\nbadminima run --data synthetic .* --out {_folder.FullPath}\nThe same run:\nbadminima run .*\n$", text);

        File.AppendAllText(_folder.File("log.txt"), "2026-01-01T00:00:00.000Z error: it broke\n");
        Assert.AreEqual("failed it broke", $"{Json()["state"]} {Json()["error"]}");
        Assert.Contains("of training: it broke\n", Show().Output);

        using (RunFolder.Open(_folder.FullPath))
        {
            Assert.AreEqual("running", $"{Json()["state"]}");
            Assert.IsNull(Json()["error"]);
        }
    }

    [TestMethod]
    public void A_run_of_a_sweep_is_continued_by_the_sweep()
    {
        string cell = _folder.File("cells", "0123");
        Directory.CreateDirectory(cell);
        foreach (string file in new[] { "config.json", "metrics.csv" })
        {
            File.Copy(_folder.File(file), Path.Combine(cell, file));
        }

        File.WriteAllText(_folder.File("cells.json"), "{}");
        JobFolder.Fail(cell, "it broke");
        JsonNode shown = JsonNode.Parse(Run(cell, "--json").Output)!;
        Assert.AreEqual("failed it broke", $"{shown["state"]} {shown["error"]}");
        Assert.MatchesRegex(@"^badminima sweep \S+/sweep\.json --out \S+ --retry-failed$", $"{shown["continuedBy"]}");

        File.Delete(Path.Combine(cell, "config.json"));
        AssertError(cell, "0123: the run failed before it began: it broke");
    }

    [TestMethod]
    public void A_run_that_ends_with_the_adversarial_start_has_no_training()
    {
        JsonObject result = JsonNode.Parse(File.ReadAllText(_folder.File("result.json")))!.AsObject();
        result["training"] = null;
        File.WriteAllText(_folder.File("result.json"), result.ToJsonString());
        JsonObject config = JsonNode.Parse(File.ReadAllText(_folder.File("config.json")))!.AsObject();
        config["settings"]!["training"] = null;
        config["command"] = new JsonArray();
        File.WriteAllText(_folder.File("config.json"), config.ToJsonString());
        string text = Show().Output;
        Assert.Contains("Random labels fitted", text);
        Assert.DoesNotContain("badminima run", text);
    }

    [TestMethod]
    public void A_long_run_is_shown_by_twenty_epochs_the_last_one_included()
    {
        string[] rows = File.ReadAllLines(_folder.File("metrics.csv"));
        foreach ((string[] phases, int count) in new[] { (new[] { "training" }, 1000), (["randomLabels", "training"], 1000), (["training"], 7) })
        {
            File.WriteAllLines(_folder.File("metrics.csv"),
                [rows[0], .. from phase in phases from epoch in Enumerable.Range(1, count) select $"{phase},{epoch},{count},0.1,1.5,0.5,{(epoch % 5 == 0 ? "0.5" : "")},,100.0,{epoch}.000"]);
            string[] shown = [.. Show().Output.Split('\n').Where(line => line.StartsWith("  training ", StringComparison.Ordinal) || line.StartsWith("  random labels ", StringComparison.Ordinal))];
            Assert.IsInRange(1, 20, shown.Length);
            foreach (string phase in phases)
            {
                string last = shown.Last(line => line.StartsWith(phase == "training" ? "  training " : "  random labels ", StringComparison.Ordinal));
                Assert.MatchesRegex($@"^  \D+ {count:N0} ", last);
            }
        }
    }

    [TestMethod]
    public void Foreign_and_damaged_folders_give_one_message()
    {
        AssertError(_folder.File("nothing"), "nothing: no such folder.");
        Directory.CreateDirectory(_folder.File("empty"));
        AssertError(_folder.File("empty"), "is no run's folder: it has no config.json.");
        foreach ((string file, string content, string expected) in new[]
        {
            ("metrics.csv", "phase,epoch\ntraining,1\n", "metrics.csv, line 2: not the numbers of an epoch: training,1"),
            ("result.json", "{}", "result.json: no JSON of a run ("),
            ("result.json", "{ \"data\": ", "result.json: no JSON of a run ("),
            ("result.json", "null", "result.json: no JSON of a run ("),
            ("config.json", "{ \"name\": 1 }", "config.json: no JSON of a run (it has no settings)"),
            ("config.json", "[]", "config.json: no JSON of a run (it has no settings)"),
            ("config.json", "", "config.json: no JSON of a run ("),
        })
        {
            string whole = File.ReadAllText(_folder.File(file));
            File.WriteAllText(_folder.File(file), content);
            AssertError(_folder.FullPath, expected);
            File.WriteAllText(_folder.File(file), whole);
        }

        // A configuration that another version wrote says what it can.
        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder.File("config.json")))!;
        config["settings"]!["training"]!["schedule"]!["shape"] = "spiral";
        File.WriteAllText(_folder.File("config.json"), config.ToJsonString());
        string text = Show().Output;
        Assert.Contains("spiral", text);
        Assert.MatchesRegex(@"Replicas +3", text);
        File.WriteAllText(_folder.File("config.json"), "{ \"settings\": {} }");
        Assert.Contains("finished.", Show().Output);
        Assert.IsNull(Json()["command"]);
    }

    private static void AssertError(string folder, string expected)
    {
        Result result = Run(folder);
        Assert.AreEqual(2, result.Code, result.All);
        Assert.AreEqual("", result.Output);
        Assert.HasCount(2, result.Error.Split('\n'), result.Error);
        Assert.Contains(expected, result.Error);
    }

    private Result Show(params string[] more)
    {
        Result result = Run(_folder.FullPath, more);
        Assert.AreEqual(ConsoleProgram.Done, result.Code, result.All);
        Assert.IsFalse(result.Output.Any(c => char.IsControl(c) && c != '\n'), "control characters in a log");
        return result;
    }

    private JsonNode Json() => JsonNode.Parse(Show("--json").Output)!;

    private static Result Run(string folder, params string[] more)
    {
        using Command command = Command.Start(environment: new Dictionary<string, string> { ["BADMINIMA_LIBTORCH"] = "/nowhere" }, arguments: ["show", folder, .. more]);
        return command.Wait();
    }
}

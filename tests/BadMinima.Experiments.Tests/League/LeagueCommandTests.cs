using System.Text.Json;

namespace BadMinima.Experiments.Tests;

/// <summary>The command `escape`, on a league of a few seconds.</summary>
[TestClass]
public sealed class LeagueCommandTests : IDisposable
{
    private const string Tiny = "escape --data synthetic --train 100 --test 60 --architecture mlp-100-100 --epochs 4 --seeds 1-2 --tuning-seeds 9 "
        + "--random-label-epochs 10 --random-label-batch-size 20 --replicas 1 --parallel 2 --threads 1";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task Killed_and_called_again_it_comes_to_the_same_tables_and_once_done_it_trains_nothing()
    {
        Result whole = Command.Run(Arguments("whole"));
        Assert.AreEqual(0, whole.Code, whole.All);
        Assert.Contains("The league of escapes: synthetic mlp-100-100, 2 seeds", whole.Output);

        // Once in the tuning, once in the ranking.
        foreach ((string part, int enough) in new[] { ("tuning", 3), ("ranking", 4) })
        {
            using Command killed = Command.Start(arguments: Arguments("killed"));
            await Waiting.Until(() => Finished(_folder.File("killed", part)) >= enough || killed.HasExited);
            Assert.IsFalse(killed.HasExited, part);
            killed.Kill();
            killed.Wait();
        }

        Result resumed = Command.Run(Arguments("killed"));
        Assert.AreEqual(0, resumed.Code, resumed.All);
        foreach (string table in new[] { "tables/seeds.csv", "tables/tuning.csv", "tables/against-plain-sgd.csv", "distances.json", "league.json" })
        {
            Assert.AreEqual(File.ReadAllText(_folder.File("whole", table)), File.ReadAllText(_folder.File("killed", table)), table);
        }

        Dictionary<string, DateTime> before = Times();
        Result again = Command.Run([.. Arguments("killed"), "--json"]);
        Assert.AreEqual(0, again.Code, again.All);
        CollectionAssert.AreEqual(before, Times());
        JsonElement results = JsonDocument.Parse(again.Output).RootElement;
        Assert.AreEqual(4, results.GetProperty("standings").GetArrayLength());
        Assert.IsTrue(results.GetProperty("standings").EnumerateArray().All(s => s.GetProperty("distance").GetDouble() > 0));
        Assert.Contains("jobs, ", again.Error);

        // What the tuning has chosen is there already; the first settings in its place would be missing.
        Result estimate = Command.Run([.. Arguments("killed"), "--dry-run"]);
        Assert.AreEqual(0, estimate.Code, estimate.All);
        Assert.AreEqual(3, estimate.Output.Split("\n0 of ").Length, estimate.Output);

        Result report = Command.Run("report", _folder.File("killed"), "--confidence", "0.9");
        Assert.AreEqual(0, report.Code, report.All);
        Assert.Contains("90 %", report.Output);
        Result show = Command.Run("show", _folder.File("killed"));
        Assert.AreEqual(0, show.Code, show.All);
        Assert.Contains("momentum 0.9", show.Output);

        Result other = Command.Run([.. Arguments("killed"), "--learning-rate", "0.03"]);
        Assert.AreEqual((2, $"error: {_folder.File("killed")} holds another league: training.learningRate: 0.02 there, 0.03 now. Give the same options "
            + "(more seeds and more mechanisms may be added), or another folder with --out.\n"), (other.Code, other.Error));
        Result fewer = Command.Run([.. Tiny.Split(' '), "--mechanisms", "momentum,sam", "--out", _folder.File("killed")]);
        Assert.Contains("mechanisms: batch-1 there, not among them now", fewer.Error);
        Result more = Command.Run([.. Tiny.Replace("1-2", "1-3", StringComparison.Ordinal).Split(' '), "--mechanisms", "momentum,sam,batch-1,ema", "--out", _folder.File("killed")]);
        Assert.AreEqual(0, more.Code, more.All);
        Assert.IsTrue(before.All(file => File.GetLastWriteTimeUtc(file.Key) == file.Value));

        Dictionary<string, DateTime> Times() => Directory.GetFiles(_folder.File("killed"), "result.json", SearchOption.AllDirectories)
            .ToDictionary(file => file, File.GetLastWriteTimeUtc);
    }

    [TestMethod]
    [DataRow("--mechanisms sam,nope", "'nope' is no mechanism of the league; allowed is any of momentum, ")]
    [DataRow("--mechanisms all,sam", "--mechanisms is all,sam; allowed is all by itself, or names joined by commas.")]
    [DataRow("--random-label-batch-size 1", "The phase that fits random labels cannot begin: Option RandomLabels.BatchSize is 1; allowed ")]
    [DataRow("--seeds 3", "The seeds are 3; allowed are at least 2 different ones: one has no interval.")]
    [DataRow("--seeds 1-3 --tuning-seeds 3-4", "The seeds are 1, 2, 3 and the tuning seeds 3, 4: 3 in both.")]
    [DataRow("--mechanisms batch-1", "batch-1 cannot take part: Option Training.BatchSize is 1; allowed is 2 or more for 'cnn'")]
    [DataRow("--epochs 0", "\"epochs\" is 0; allowed is at least 1.")]
    [DataRow("--learning-rate 0", "\"learningRate\" is 0; allowed is more than 0.")]
    [DataRow("--replicas few", "--replicas is few; allowed is a whole number.")]
    [DataRow("--random-label-period 4", "--random-label-period is given, but that phase's average is off, without which it changes nothing;")]
    [DataRow("--random-label-momentum x", "--random-label-momentum is x; allowed is a number.")]
    [DataRow("--data nowhere", "\"data\" is nowhere; that is no folder")]
    [DataRow("--architecture nn", "There is no architecture 'nn'.")]
    [DataRow("--test 0", "--test is 0; allowed is a whole number from 1 on.")]
    [DataRow("--parallel 0", "--parallel is 0; allowed is a whole number from 1 on.")]
    public void What_is_wrong_is_said_before_anything_is_made(string options, string message)
    {
        Result result = Command.Run(["escape", .. options.Split(' '), "--out", _folder.File("league")]);
        Assert.AreEqual(2, result.Code, result.All);
        Assert.StartsWith($"error: {message}", result.Error);
        Assert.IsEmpty(_folder.Files);
    }

    [TestMethod]
    public void Data_without_a_test_set_are_refused()
    {
        string data = _folder.File("idx");
        Directory.CreateDirectory(data);
        File.WriteAllBytes(Path.Combine(data, "train-images-idx3-ubyte"), [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0, 8, .. new byte[128]]);
        File.WriteAllBytes(Path.Combine(data, "train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 2, 0, 1]);
        Result result = Command.Run("escape", "--data", data, "--out", _folder.File("league"));
        Assert.AreEqual(2, result.Code, result.All);
        Assert.Contains("t10k", result.Error);
        Assert.IsFalse(Directory.Exists(_folder.File("league")));
    }

    [TestMethod]
    public void The_mechanisms_are_listed_and_the_time_is_estimated_without_a_trace()
    {
        Result list = Command.Run("escape", "--list", "--mechanisms", "sam");
        Assert.StartsWith("plain-sgd: plain SGD at its best rate (Robbins, Monro 1951)\n    learning-rate=x1\n", list.Output);
        Assert.Contains("sam: the gradient at the worst weights nearby (Foret et al. 2021)\n    escape=sam:rho=0.05\n", list.Output);
        Assert.AreEqual(1 + Entrants.All.Length, JsonDocument.Parse(Command.Run("escape", "--list", "--json").Output).RootElement.GetArrayLength());
        Result estimate = Command.Run([.. Arguments("league"), "--dry-run"]);
        Assert.AreEqual(0, estimate.Code, estimate.All);
        Assert.Contains("synthetic mlp-100-100, tuning: 12 cells, 1 adversarial start", estimate.Output);
        Assert.Contains("plain SGD, rate 0.128", estimate.Output);
        Assert.IsEmpty(_folder.Files);
    }

    private string[] Arguments(string folder) => [.. Tiny.Split(' '), "--mechanisms", "momentum,sam,batch-1", "--out", _folder.File(folder)];

    private static int Finished(string sweep)
        => Directory.Exists(sweep) ? Directory.GetFiles(sweep, "result.json", SearchOption.AllDirectories).Length : 0;
}

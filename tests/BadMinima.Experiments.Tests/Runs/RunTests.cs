using System.Text.Json;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments.Tests;

/// <summary>`badminima run` as its users run it.</summary>
[TestClass]
public sealed class RunTests : IDisposable
{
    private static readonly string[] Tiny = ["--train", "60", "--test", "40", "--epochs", "2", "--threads", "1", "--device", "cpu"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("'lenet' has none", "--architecture", "lenet", "--escape", "reset-statistics")]
    [DataRow("such as airbench94; 'cnn' has none", "--protocol", "airbench")]
    public void What_cannot_be_trained_leaves_no_folder(string message, params string[] options)
    {
        Result run = Run("refused", options);
        Assert.AreEqual(2, run.Code);
        Assert.Contains(message, run.All);
        Assert.IsFalse(Directory.Exists(_folder.File("refused")));
    }

    [TestMethod]
    public void A_run_leaves_configuration_metrics_result_and_model_in_its_folder()
    {
        Result run = Run("a", "--start", "adversarial", "--random-label-epochs", "3", "--random-label-measure-every", "2");
        Assert.AreEqual(0, run.Code, run.All);
        Assert.IsFalse(run.Output.Any(c => char.IsControl(c) && c != '\n'), "control characters in a log");
        CollectionAssert.AreEqual(new[] { "a/.lock", "a/.owner.1", "a/config.json", "a/events.out.tfevents", "a/log.txt", "a/metrics.csv", "a/model.zip", "a/result.json" },
            _folder.Files.Select(f => f.Contains("tfevents") ? string.Join('.', f.Split('.')[..3]) : f).ToArray());

        JsonElement config = Json("a", "config.json");
        Assert.AreEqual("60 40", $"{config.GetProperty("data").GetProperty("train")} {config.GetProperty("data").GetProperty("test")}");
        Assert.AreEqual(3, config.GetProperty("settings").GetProperty("randomLabels").GetProperty("epochs").GetInt32());
        Assert.IsGreaterThan(0, config.GetProperty("machine").GetProperty("cores").GetInt32());
        Assert.AreEqual("0.107.0", config.GetProperty("versions").GetProperty("torchSharp").GetString());
        Assert.MatchesRegex("^([0-9a-f]{40}|unknown)$", config.GetProperty("versions").GetProperty("commit").GetString());

        CollectionAssert.AreEqual(new[] { "randomLabels,1", "randomLabels,2", "randomLabels,3", "training,1", "training,2" }, ShortRun.Epochs(_folder, "a"));
        string[][] rows = [.. File.ReadLines(_folder.File("a", "metrics.csv")).Select(row => row.Split(','))];
        int accuracy = Array.IndexOf(rows[0], "trainAccuracy");
        Assert.AreEqual("", rows[1][accuracy], "not measured");
        Assert.AreNotEqual("", rows[2][accuracy]);

        JsonElement result = Json("a", "result.json");
        Assert.AreEqual("3 2", $"{result.GetProperty("randomLabels").GetProperty("epochs")} {result.GetProperty("training").GetProperty("epochs")}");
        Assert.AreEqual(180, result.GetProperty("randomLabels").GetProperty("examples").GetInt32());
        Assert.AreEqual(double.Parse(rows[^1][accuracy]), result.GetProperty("train").GetProperty("accuracy").GetDouble(), 1e-12);
        Assert.IsGreaterThan(0, result.GetProperty("imagesPerSecond").GetDouble());

        var ml = new MLContext();
        using TwoPhaseTransformer model = ml.Model.LoadTwoPhase(_folder.File("a", "model.zip"), out _);
        double test = ml.MulticlassClassification.Evaluate(model.Transform(ml.Data.LoadSyntheticImages(Split.Test, 40))).MicroAccuracy;
        Assert.AreEqual(test, result.GetProperty("test").GetProperty("accuracy").GetDouble());
        Assert.AreEqual(WeightsDigest.Of(model.Network), result.GetProperty("weightsSha256").GetString());
    }

    [TestMethod]
    public void A_finished_run_prints_its_result_and_trains_nothing()
    {
        Assert.AreEqual(0, Run("a").Code);
        DateTime written = File.GetLastWriteTimeUtc(_folder.File("a", "model.zip"));
        Result again = Run("a", "--json");
        Assert.AreEqual(0, again.Code, again.All);
        Assert.AreEqual(File.ReadAllText(_folder.File("a", "result.json")), again.Output);
        Assert.Contains("was finished before; nothing was trained. Test accuracy", again.Error);
        Assert.AreEqual(written, File.GetLastWriteTimeUtc(_folder.File("a", "model.zip")));

        Result other = Run("a", "--momentum", "0.5");
        Assert.AreEqual(2, other.Code);
        Assert.Contains("training.momentum: 0 there, 0.5 now.", other.Error);
    }

    [TestMethod]
    public void With_json_the_standard_output_holds_nothing_else()
    {
        Result run = Run("a", "--json");
        Assert.AreEqual(File.ReadAllText(_folder.File("a", "result.json")), run.Output);
        Assert.Contains("epoch 2/2", run.Error);
    }

    [TestMethod]
    public void Recipes_that_share_a_saved_start_end_where_runs_with_a_start_of_their_own_do()
    {
        string[] first = ["--start", "adversarial", "--random-label-epochs", "2"];
        string[] recipe = ["--regularizers", "all", "--mixup", "0.2"];
        string start = _folder.File("starts", "start.zip");
        Assert.AreEqual(0, Run("own", [.. first, .. recipe]).Code);
        Assert.AreEqual(0, Run("saved", [.. first, "--save-start", start]).Code);
        Result from = Run("from", ["--from", start, .. recipe]);
        Assert.AreEqual(0, from.Code, from.All);
        Assert.AreEqual($"{Json("own", "result.json").GetProperty("weightsSha256")}", $"{Json("from", "result.json").GetProperty("weightsSha256")}");
        Assert.AreEqual("model", Json("from", "result.json").GetProperty("start").GetString());
        CollectionAssert.AreEqual(new[] { "training,1", "training,2" }, ShortRun.Epochs(_folder, "from"));

        // The same path with another model is another run.
        File.Copy(_folder.File("own", "model.zip"), start, overwrite: true);
        Assert.Contains("holds another run: start.model: ", Run("from", ["--from", start, .. recipe]).Error);
    }

    [TestMethod]
    public async Task Sets_of_the_catalogue_are_taken_from_where_data_get_leaves_them()
    {
        foreach ((Served set, string size) in new[] { (TestSets.Cifar, "3x32x32"), (TestSets.Idx, "1x5x4"), (TestSets.Pictures, "3x16x16") })
        {
            await using FileServer server = await FileServer.Start(set.Files);
            Dictionary<string, string> home = new() { ["BADMINIMA_DATA"] = _folder.File("sets") };
            string[] run = ["run", "--data", set.Set.Name, "--architecture", "mlp-100-100", "--epochs", "1", "--train", "7", "--test", "5", "--out", _folder.File(set.Set.Name)];
            Result missing = In(home, run);
            Assert.AreEqual(2, missing.Code);
            Assert.AreEqual($"error: {set.Set.Title} is not in {_folder.File("sets", set.Set.Name)}. To get it: badminima data get {set.Set.Name}\n", missing.Error);
            Assert.AreEqual(0, In(home, "data", "get", set.Set.Name, "--from", server.Url).Code);
            Result result = In(home, run);
            Assert.AreEqual(0, result.Code, result.All);
            JsonElement config = Json(set.Set.Name, "config.json");
            Assert.AreEqual($"{size} 7 5", $"{config.GetProperty("settings").GetProperty("data").GetProperty("shape")} {config.GetProperty("data").GetProperty("train")} {config.GetProperty("data").GetProperty("test")}");

            // The same folder, recognized by its content.
            Result byContent = Run("folder-" + set.Set.Name, ["--data", _folder.File("sets", set.Set.Name), "--architecture", "mlp-100-100", .. size == "3x16x16" ? new[] { "--size", "16" } : []]);
            Assert.AreEqual(0, byContent.Code, byContent.All);
            Assert.AreEqual(size, Json("folder-" + set.Set.Name, "config.json").GetProperty("settings").GetProperty("data").GetProperty("shape").GetString());
        }
    }

    [TestMethod]
    public void The_two_dimensional_case_is_a_run_like_any_other()
    {
        Result run = Command.Run("run", "--data", "points", "--start", "adversarial", "--regularizers", "all", "--random-label-epochs", "5", "--epochs", "30", "--out", _folder.File("points"));
        Assert.AreEqual(0, run.Code, run.All);
        JsonElement result = Json("points", "result.json");
        Assert.AreEqual(1.0, result.GetProperty("test").GetProperty("accuracy").GetDouble());
        Assert.AreEqual(300, result.GetProperty("training").GetProperty("examples").GetInt32(), "100 points and two jittered copies of each");
        Assert.AreEqual("mlp-100-100 paper2d", $"{result.GetProperty("architecture")} {result.GetProperty("protocol")}".Trim());
    }

    [TestMethod]
    public void Where_nothing_can_be_written_is_said_before_training()
    {
        File.WriteAllText(_folder.File("file"), "");
        Result below = Run(Path.Combine("file", "below"));
        Assert.AreEqual(2, below.Code);
        Assert.StartsWith($"error: {_folder.File("file", "below")}: cannot be written to: ", below.Error);
        Assert.DoesNotContain("epoch", below.All);

        Directory.CreateDirectory(_folder.File("a"));
        File.WriteAllText(_folder.File("a", "checkpoints"), "");
        Result checkpoints = Run("a");
        Assert.AreEqual(2, checkpoints.Code);
        Assert.StartsWith($"error: Checkpoint folder '{_folder.File("a", "checkpoints")}' cannot be written to: ", checkpoints.Error);
        Assert.DoesNotContain("epoch", checkpoints.All);
    }

    [TestMethod]
    public void Training_that_diverges_is_one_message_and_leaves_no_result()
    {
        Result run = Run("a", "--learning-rate", "1e30", "--checkpoint-every", "0.00001", "--batch-size", "4");
        Assert.AreEqual(2, run.Code, run.All);
        Assert.StartsWith("error: Training epoch 1: the training loss is NaN: training diverged. Lower the learning rate (1E+30).", run.Error);
        Assert.IsFalse(File.Exists(_folder.File("a", "result.json")));
    }

    private Result Run(string name, params string[] more) => Command.Run(["run", "--out", _folder.File(name), .. Tiny, .. more]);

    private static Result In(Dictionary<string, string> environment, params string[] arguments)
    {
        using Command command = Command.Start(environment: environment, arguments: arguments);
        return command.Wait();
    }

    private JsonElement Json(string name, string file) => JsonDocument.Parse(File.ReadAllText(_folder.File(name, file))).RootElement;
}

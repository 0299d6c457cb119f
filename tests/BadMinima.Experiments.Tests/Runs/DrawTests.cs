using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Experiments.Tests;

/// <summary>Which training images are taken: the first, or drawn by seed.</summary>
[TestClass]
public sealed class DrawTests : IDisposable
{
    // Six images of two classes to draw from: any four have both.
    private static readonly string[] Four = ["--train", "4", "--draw", "by-seed"];

    private static readonly string[] Short = ["--architecture", "mlp-100-100", "--epochs", "2", "--batch-size", "2", "--stop-at", "off", "--threads", "1", "--device", "cpu"];

    private readonly TemporaryFolder _folder = new();
    private readonly string _images;

    public DrawTests() => _images = OwnImages.Make(_folder, "images");

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void A_seed_has_images_of_its_own_whatever_starts_there()
    {
        string[] all = Rows(Planning.Plan("--data", _images));
        Assert.HasCount(6, all);
        HashSet<string> sets = [];
        for (int seed = 1; seed <= 10; seed++)
        {
            string[] drawn = Rows(Draw(seed));
            Assert.HasCount(4, drawn);
            CollectionAssert.IsSubsetOf(drawn, all);
            CollectionAssert.AreEqual(drawn, Rows(Draw(seed)));
            CollectionAssert.AreEqual(drawn, Rows(Draw(seed, "--start", "adversarial")));
            CollectionAssert.AreEqual(drawn, Rows(Draw(seed, "--start", "adversarial").AdversarialStart!));
            sets.Add(string.Join(' ', drawn));
        }

        Assert.IsGreaterThan(3, sets.Count);
        CollectionAssert.AreEqual(all[..4], Rows(Planning.Plan("--data", _images, "--train", "4", "--seed", "2")));
        CollectionAssert.AreEqual(all, Rows(Planning.Plan("--data", _images, "--train", "7", "--draw", "by-seed")), "no more than there are");
        Assert.HasCount(2, Draw(3).Data.Load(new MLContext()).Test.GetColumn<uint>("Label"));

        string[] Rows(RunPlan plan)
        {
            IDataView train = plan.Data.Load(new MLContext()).Train;
            return [.. train.GetColumn<uint>("Label").Zip(train.GetColumn<byte[]>("Pixels"), (label, pixels) => $"{label}:{pixels[0]}")];
        }
    }

    [TestMethod]
    public void The_draw_is_part_of_what_a_run_and_its_start_are_and_the_default_is_not()
    {
        RunPlan first = Planning.Plan("--data", _images, "--train", "4", "--start", "adversarial");
        Assert.AreEqual(CellId.Of(first), CellId.Of(Planning.Plan("--data", _images, "--train", "4", "--start", "adversarial", "--draw", "first")));
        Assert.IsNull(first.Settings["data"]!["draw"]);
        RunPlan drawn = Draw(1, "--start", "adversarial");
        Assert.AreEqual("by-seed", (string?)drawn.Settings["data"]!["draw"]);
        Assert.AreNotEqual(CellId.Of(first), CellId.Of(drawn));
        Assert.AreNotEqual(CellId.Of(first.AdversarialStart!), CellId.Of(drawn.AdversarialStart!));
        CollectionAssert.IsSubsetOf(new[] { "--draw", "by-seed" }, RunOptions.Of(drawn));
        CollectionAssert.DoesNotContain(RunOptions.Of(first), "--draw");

        // What lies in the folder is the same for all seeds, so that it is read once and its problem is one.
        Assert.AreEqual(Planning.Plan("--data", _images).Data.Content, drawn.Data.Content);
        Assert.AreEqual(drawn.Data.Content, Draw(2).Data.Content);
        Assert.IsTrue(JsonNode.DeepEquals(drawn.Data.Describe(), Draw(2).Data.Describe()));
        string idx = """{ "data": { "name": "mnist", "train": 100{0} }, "starts": "adversarial", "recipes": "none", "seeds": 2 }""";
        SweepPlan[] sweeps = [Sweeping.Read(idx.Replace("{0}", "")), Sweeping.Read(idx.Replace("{0}", ", \"draw\": \"first\"")), Sweeping.Read(idx.Replace("{0}", ", \"draw\": \"by-seed\""))];
        CollectionAssert.AreEqual(sweeps[0].Cells.Select(c => c.Id).ToArray(), sweeps[1].Cells.Select(c => c.Id).ToArray());
        Assert.HasCount(4, sweeps[0].Cells.Concat(sweeps[2].Cells).Select(c => c.Id).Distinct());
        Assert.HasCount(4, sweeps[0].Starts.Concat(sweeps[2].Starts).Select(s => s.Id).Distinct());
    }

    [TestMethod]
    [DataRow("synthetic", "", "--draw is by-seed; allowed for synthetic is first: it lies in no files")]
    [DataRow("points", "--train 10", "--draw is by-seed; allowed for points is first: it lies in no files")]
    [DataRow("mnist", "", "--draw is by-seed, but the number of training images (train) is not given: all are taken, and none is drawn.")]
    public void Where_nothing_can_be_drawn_it_is_refused(string data, string more, string message)
        => Assert.Contains(message, Assert.ThrowsExactly<SettingException>(() => Planning.Plan(["--data", data, "--draw", "by-seed", .. more.Split(' ', StringSplitOptions.RemoveEmptyEntries)])).Message);

    [TestMethod]
    public void A_sweep_says_what_is_wrong_with_a_draw()
    {
        Assert.Contains("\"draw\" is last; allowed is first, by-seed", Sweeping.ErrorOf("""{ "data": { "name": "mnist", "train": 9, "draw": "last" } }"""));
        Assert.Contains("\"draw\" is by-seed; allowed for synthetic is first", Sweeping.ErrorOf("""{ "data": { "train": 9, "draw": "by-seed" } }"""));
        Sweep sweep = new("drawn", new SweepGrid { Data = [new DataChoice("mnist") { Train = 9, Draw = Experiments.Draw.BySeed }, new DataChoice("mnist") { Train = 9 }], Recipes = ["none"], Seeds = [1] });
        Assert.HasCount(4, Sweeping.Read(sweep.ToJson()).Cells);
    }

    [TestMethod]
    public void What_is_diagnosed_is_measured_on_the_images_that_its_seed_has_drawn()
    {
        using TinySweep sweep = new($$"""
            { "data": { "name": {{JsonValue.Create(_images).ToJsonString()}}, "train": 4, "draw": "by-seed" }, "architectures": "mlp-100-100", "starts": "random", "recipes": "none", "seeds": 4,
              "training": { "epochs": 2, "batchSize": 2, "stopAt": "off" } }
            """);
        sweep.Finish();
        Assert.AreEqual(0, Command.Run("diagnose", sweep.FullPath, "--measures", "margin").Code);
        FinishedCell[] cells = [.. SweepResults.Read(sweep.FullPath).Cells];
        Assert.HasCount(4, cells);
        foreach (FinishedCell cell in cells)
        {
            JsonNode diagnosis = JsonNode.Parse(File.ReadAllText(Path.Combine(cell.Run.Folder, "diagnosis", "diagnosis.json")))!;
            Assert.AreEqual(cell.Run.Result.Train.LogLoss!.Value, (double)diagnosis["models"]![0]!["loss"]!, 1e-4, "of the cell's own images");
        }

        // A run by itself: not without the seed.
        string run = cells[2].Run.Folder, seed = $"{cells[2].Run.Result.Seed}", into = _folder.File("diagnosis");
        string[] diagnose = ["diagnose", run, "--data", _images, "--train", "4", "--measures", "margin", "--out", into];
        Assert.Contains($"give --draw-seed {seed}", Command.Run(diagnose).All);
        Result done = Command.Run([.. diagnose, "--draw-seed", seed]);
        Assert.AreEqual(0, done.Code, done.All);
        JsonNode own = JsonNode.Parse(File.ReadAllText(Path.Combine(into, "diagnosis.json")))!;
        Assert.AreEqual(cells[2].Run.Result.Train.LogLoss!.Value, (double)own["models"]![0]!["loss"]!, 1e-4);
    }

    [TestMethod]
    public void A_cell_of_a_sweep_is_the_run_of_its_seed_and_both_say_what_they_were_trained_on()
    {
        using TinySweep sweep = new($$"""
            { "data": { "name": {{JsonValue.Create(_images).ToJsonString()}}, "train": 4, "draw": "by-seed" }, "architectures": "mlp-100-100", "recipes": "none", "seeds": 2,
              "training": { "epochs": 2, "batchSize": 2, "stopAt": "off" }, "randomLabels": { "epochs": 3, "replicas": 1, "batchSize": 2, "stopAt": "off" } }
            """);
        Assert.Contains("6 jobs, 0 of them done before.", sweep.Finish().Output);
        SweepResults results = SweepResults.Read(sweep.FullPath, withEpochs: true);
        Assert.HasCount(4, results.Cells);
        foreach (FinishedCell cell in results.Cells.Where(c => c.Cell.StartId is null))
        {
            string name = $"seed{cell.Run.Result.Seed}";
            Result run = Command.Run(["run", "--data", _images, "--out", _folder.File(name), "--seed", $"{cell.Run.Result.Seed}", .. Four, .. Short]);
            Assert.AreEqual(0, run.Code, run.All);
            Assert.AreEqual(cell.Run.Result.WeightsSha256, (string?)JsonNode.Parse(File.ReadAllText(_folder.File(name, "result.json")))!["weightsSha256"]);
        }

        Condition[] conditions = [.. Conditions.Of(results)];
        Assert.HasCount(2, conditions);
        Assert.AreEqual("images, 4 images drawn by seed, mlp-100-100", conditions[0].Problem.Name);
        new Report(results).Write();
        Assert.Contains("Trained on 4 images drawn by seed, others for each seed", File.ReadAllText(sweep.InFolder("report.md")));
        string shown = string.Join('\n', StoredRunTables.Of(StoredRun.Read(_folder.File("seed1"))).SelectMany(t => t.Rows.Select(r => string.Join(' ', r))));
        Assert.Contains("4 images drawn by seed to train and 2 to test", shown);
        Assert.MatchesRegex(@"[0-9a-f]{16}\.\.\. to draw from, ", shown);
    }

    [TestMethod]
    public void A_start_that_was_trained_on_images_of_another_seed_is_told_so()
    {
        string start = _folder.File("start.zip");
        string[] run = ["run", "--data", _images, .. Four, .. Short];
        Assert.AreEqual(0, Command.Run([.. run, "--start", "adversarial", "--random-label-epochs", "1", "--save-start", start, "--out", _folder.File("one")]).Code);
        Assert.DoesNotContain("warning: ", Command.Run([.. run, "--from", start, "--out", _folder.File("same")]).All);
        string other = Command.Run([.. run, "--from", start, "--seed", "2", "--out", _folder.File("other")]).All;
        Assert.MatchesRegex(@"was trained on other data: images \(SHA-256 [0-9a-f]{8}\.\.\., 4 images drawn by seed 1\) there, images \(SHA-256 [0-9a-f]{8}\.\.\., 4 images drawn by seed 2\) now", other.Replace(_images, "images", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Words_tell_the_first_images_from_drawn_ones_and_from_all()
    {
        Assert.AreEqual("the first 5,000 images", TrainingImages.InWords(JsonNode.Parse("""{ "train": 5000 }"""), 5000));
        Assert.AreEqual("5,000 images drawn by seed", TrainingImages.InWords(JsonNode.Parse("""{ "train": 5000, "draw": "by-seed" }"""), 5000));
        Assert.AreEqual("60 images", TrainingImages.InWords(JsonNode.Parse("""{ "train": 100, "draw": "by-seed" }"""), 60));
        Assert.AreEqual("60,000 images", TrainingImages.InWords(JsonNode.Parse("""{ "train": "all" }"""), 60_000));
        Assert.AreEqual("2,000 images", TrainingImages.InWords(JsonNode.Parse("""{ "train": 2000, "seed": 1 }"""), 2000));
        Assert.Contains("speak of that one set", TrainingImages.Population(JsonNode.Parse("""{ "train": 5000 }"""), 5000)!);
        Assert.IsNull(TrainingImages.Population(JsonNode.Parse("""{ "train": "all" }"""), 60_000));
    }

    private RunPlan Draw(int seed, params IEnumerable<string> more) => Planning.Plan(["--data", _images, "--seed", $"{seed}", .. Four, .. more]);
}

using System.Text.Json;

namespace BadMinima.Experiments.Tests;

/// <summary>Sweeps that nobody disturbs.</summary>
[TestClass]
public sealed class SweepTests : IDisposable
{
    // For an mlp of these sizes: the first step makes every weight infinite.
    private const string Diverging = """
        { "name": "tiny", "data": { "train": 100, "test": 40 }, "architectures": "mlp-100-100", "starts": "random", "seeds": 2,
          "recipes": ["none", { "regularizers": "none", "learningRate": 1e30 }], "training": { "epochs": 2, "batchSize": 20 } }
        """;

    private readonly TinySweep _sweep = new();

    public void Dispose() => _sweep.Dispose();

    [TestMethod]
    public void Every_cell_has_its_result_and_every_start_is_trained_once()
    {
        Result result = _sweep.Finish();
        Assert.HasCount(15, _sweep.Jobs);
        foreach (string job in _sweep.Jobs)
        {
            Assert.AreEqual((1, 1), (_sweep.BeginningsOf(job), _sweep.FinishesOf(job)), job);
            CollectionAssert.IsSubsetOf(new[] { "config.json", "log.txt", "metrics.csv", "model.zip", "result.json" }, Directory.GetFiles(_sweep.InFolder(job)).Select(Path.GetFileName).ToArray());
            Assert.IsFalse(Directory.Exists(_sweep.InFolder(job, "checkpoints")));
        }

        // A line for each job and no more: none that another worker saw first is left out.
        Assert.HasCount(15, result.Output.Split('\n').Where(line => line.Contains("done, ", StringComparison.Ordinal)), result.Output);
        Assert.Contains("15 of 15 jobs are finished.", result.Output);
        foreach (SweepCell cell in Sweeping.Read(_sweep.Text).Cells.Where(c => c.StartId is not null))
        {
            JsonElement itself = _sweep.ResultOf(Path.Combine("cells", cell.Id)), start = _sweep.ResultOf(Path.Combine("starts", cell.StartId!));
            Assert.AreEqual(start.GetProperty("randomLabels").ToString(), itself.GetProperty("randomLabels").ToString(), "the phase that it did not do itself");
            Assert.AreEqual((400, 300), (itself.GetProperty("images").GetInt32(), start.GetProperty("images").GetInt32()), "100 images, 4 and 3 epochs");
        }
    }

    [TestMethod]
    public void A_cell_ends_where_the_same_run_does_alone()
    {
        _sweep.Finish();
        string[] phases = ["--epochs", "4", "--batch-size", "20", "--stop-at", "off"];
        string[] labels = ["--start", "adversarial", "--random-label-epochs", "3", "--replicas", "1", "--random-label-batch-size", "20", "--random-label-stop-at", "off"];
        foreach (SweepCell cell in Sweeping.Read(_sweep.Text).Cells.Where(c => c.Plan.Request.Seed == 2))
        {
            string folder = _sweep.Folder.File("alone", cell.Id);
            Result run = Command.Run(["run", "--data", "synthetic", "--train", "100", "--test", "40", "--architecture", "mlp-100-100", "--seed", "2", "--threads", "1", "--out", folder,
                "--regularizers", cell.Plan.Request.Regularizers.ToString() == "All" ? "all" : "none", .. phases, .. cell.StartId is null ? [] : labels]);
            Assert.AreEqual(0, run.Code, run.All);
            string there = _sweep.InFolder("cells", cell.Id);
            foreach (string property in new[] { "weightsSha256", "train", "test", "data", "architecture", "protocol", "start", "regularizers", "seed", "device", "threads", "parameters" })
            {
                Assert.AreEqual(Json(folder, "result.json").GetProperty(property).ToString(), Json(there, "result.json").GetProperty(property).ToString(), $"{property} of {cell.Id}");
            }

            Assert.AreEqual(Json(folder, "config.json").GetProperty("settings").ToString(), Json(there, "config.json").GetProperty("settings").ToString(), cell.Id);
        }
    }

    [TestMethod]
    public void What_is_finished_is_never_trained_again_also_by_a_longer_file()
    {
        _sweep.Finish();
        Dictionary<string, DateTime> before = _sweep.Times();
        Assert.Contains("15 jobs, 15 of them done before.", _sweep.Finish().Output);
        _sweep.Text = TinySweep.Twelve.Replace("\"seeds\": 3", "\"seeds\": 4", StringComparison.Ordinal).Replace("[\"none\"", "[\"momentum\", \"none\"", StringComparison.Ordinal);
        Assert.Contains("28 jobs, 15 of them done before.", _sweep.Finish().Output);
        Assert.HasCount(28, _sweep.Results);
        foreach ((string file, DateTime time) in before)
        {
            Assert.AreEqual(time, File.GetLastWriteTimeUtc(file), file);
        }

        // A shorter file again: the folder keeps what it has, and lists what belongs to the file.
        _sweep.Text = TinySweep.Twelve;
        string shorter = _sweep.Finish().Output;
        Assert.Contains("15 jobs, 15 of them done before.", shorter);
        Assert.MatchesRegex(@"note: .*: \d+ of its cells are not in this sweep file \(synthetic mlp-100-100 .*\)\. They stay in their folders", shorter);
        Assert.DoesNotContain("not in this sweep file", _sweep.Finish().Output);
        Assert.HasCount(12, SweepResults.Read(_sweep.FullPath).Cells);
        Assert.HasCount(28, _sweep.Results);
    }

    [TestMethod]
    public void A_cell_that_fails_is_on_record_and_the_others_finish()
    {
        _sweep.Text = Diverging;
        Result result = _sweep.Run();
        Assert.AreEqual(1, result.Code, result.All);
        Assert.Contains("2 of 4 jobs are finished, 2 failed (--retry-failed runs them again).", result.Output);
        string[] failed = [.. Sweeping.Read(Diverging).Cells.Where(c => c.Plan.Options.Training!.LearningRate > 1).Select(c => c.Id)];
        Assert.HasCount(2, failed);
        foreach (string id in failed)
        {
            Assert.Contains("training diverged. Lower the learning rate (1E+30).", Json(_sweep.InFolder("cells", id), "error.json").GetProperty("error").GetString()!);
            Assert.Contains($"failed: synthetic mlp-100-100 random vanilla seed ", result.Error);
        }

        SweepResults read = SweepResults.Read(_sweep.FullPath);
        Assert.AreEqual((2, 2, 0), (read.Cells.Length, read.Failed.Length, read.Missing.Length));
        CollectionAssert.AreEquivalent(failed, read.Failed.Select(f => f.Cell.Id).ToArray());

        // Not without being told to.
        Result again = _sweep.Run();
        Assert.AreEqual(1, again.Code);
        Assert.Contains("4 jobs, 2 of them done before, 2 failed (--retry-failed tries them again).", again.Output);
        Assert.AreEqual(2, failed.Sum(id => _sweep.BeginningsOf(Path.Combine("cells", id))));
        Result retried = _sweep.Run("--retry-failed");
        Assert.AreEqual(1, retried.Code);
        Assert.Contains("4 jobs, 2 of them done before.", retried.Output);
        Assert.AreEqual(4, failed.Sum(id => _sweep.BeginningsOf(Path.Combine("cells", id))));

        // Whatever was wrong before: cells that were never begun have nothing to be forgiven.
        _sweep.Text = Diverging.Replace("\"seeds\": 2", "\"seeds\": 3", StringComparison.Ordinal).Replace("1e30", "1e-3", StringComparison.Ordinal);
        Assert.AreEqual(0, _sweep.Run("--retry-failed").Code);
    }

    [TestMethod]
    public void What_begins_at_a_start_that_failed_fails_with_its_reason()
    {
        _sweep.Text = TinySweep.Twelve.Replace("\"randomLabels\": { ", "\"randomLabels\": { \"learningRate\": 1e30, ", StringComparison.Ordinal);
        Result result = _sweep.Run();
        Assert.AreEqual(1, result.Code, result.All);
        Assert.Contains("6 of 15 jobs are finished, 9 failed", result.Output);
        foreach ((ManifestCell cell, string failure) in SweepResults.Read(_sweep.FullPath).Failed)
        {
            Assert.IsNotNull(cell.StartId);
            Assert.StartsWith("Its adversarial start failed: Random-label epoch 1", failure.Replace("RandomLabels", "Random-label", StringComparison.Ordinal));
            Assert.Contains("training diverged", failure);
        }
    }

    [TestMethod]
    public void Figures_are_part_of_it()
    {
        _sweep.Text = """{ "boundary": [3, 8] }""";
        foreach (int seed in new[] { 3, 8 })
        {
            Directory.CreateDirectory(_sweep.InFolder("boundary", $"seed{seed}"));
            File.WriteAllText(_sweep.InFolder("boundary", $"seed{seed}", "result.json"), "{}");
        }

        Assert.Contains("2 jobs, 2 of them done before.", _sweep.Finish().Output);
        CollectionAssert.AreEqual(new[] { 3, 8 }, SweepResults.Read(_sweep.FullPath).Manifest.AskedOf(new BoundaryKind()).Select(seed => (int)seed!).ToArray());
    }

    [TestMethod]
    public void A_cell_whose_process_dies_again_and_again_is_on_record_and_the_others_finish()
    {
        _sweep.Text = TinySweep.Twelve.Replace("\"mlp-100-100\"", $"[\"{Program.Fatal}\", \"mlp-100-100\"]", StringComparison.Ordinal)
            .Replace("\"seeds\": 3", "\"seeds\": 1, \"starts\": \"random\"", StringComparison.Ordinal);
        Result result = _sweep.Run();
        Assert.AreEqual(1, result.Code, result.All);
        Assert.Contains("2 of 4 jobs are finished, 2 failed", result.Output);
        foreach ((ManifestCell cell, string failure) in SweepResults.Read(_sweep.FullPath).Failed)
        {
            Assert.Contains($" {Program.Fatal} ", cell.Title);
            Assert.StartsWith("3 times its process ended with code 134: ", failure);
            Assert.Contains("as a native fault does", failure);
            Assert.AreEqual(3, _sweep.BeginningsOf(Path.Combine("cells", cell.Id)));
        }
    }

    [TestMethod]
    public void Data_that_are_not_there_end_it_with_one_message()
    {
        _sweep.Text = """{ "seeds": 1, "recipes": "none", "data": "tiny", "architectures": "mlp-100-100" }""";
        using Command command = _sweep.Start(new Dictionary<string, string> { ["BADMINIMA_DATA"] = _sweep.Folder.File("sets") });
        Result result = command.Wait();
        Assert.AreEqual(2, result.Code, result.All);
        Assert.AreEqual($"error: tiny is not in {_sweep.Folder.File("sets", "tiny")}. To get it: badminima data get tiny\n", result.Error);
    }

    private static JsonElement Json(string folder, string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, file))).RootElement;
}

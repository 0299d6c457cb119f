using System.Text.Json.Nodes;

namespace BadMinima.Experiments.Tests;

/// <summary>Sweeps whose images were moved, changed, or are known by their path from earlier versions.</summary>
[TestClass]
public sealed class SweepDataTests : IDisposable
{
    private readonly TinySweep _sweep = new();
    private readonly Dictionary<string, string> _sets;

    public SweepDataTests() => _sets = new() { ["BADMINIMA_DATA"] = _sweep.Folder.File("sets") };

    public void Dispose() => _sweep.Dispose();

    [TestMethod]
    public void The_same_images_elsewhere_are_the_same_cells_and_changed_ones_are_others()
    {
        string images = Own("images");
        Assert.Contains("3 jobs, 0 of them done before.", _sweep.Finish().Output);
        string moved = Own("moved");
        Assert.Contains("3 jobs, 3 of them done before.", _sweep.Finish().Output);
        File.Delete(Path.Combine(moved, "train", "a", "4.png"));
        Assert.Contains("3 jobs, 0 of them done before.", _sweep.Finish().Output);
        Assert.HasCount(6, _sweep.Results);

        // The first ones are there still; and what is there is listed without the images.
        Own("images");
        Assert.Contains("3 jobs, 3 of them done before.", _sweep.Finish().Output);
        Directory.Delete(images, recursive: true);
        SweepResults results = SweepResults.Read(_sweep.FullPath);
        Assert.AreEqual(("images", 2), (results.Cells[0].Run.DataName, results.Cells.Length));
    }

    [TestMethod]
    public void Cells_named_after_a_path_are_taken_as_they_are_and_a_note_says_so()
    {
        string images = Own("images");
        _sweep.Finish();

        // As earlier versions left them.
        SweepCell[] cells = [.. Sweeping.Read(_sweep.Text).Cells];
        foreach (SweepCell cell in cells)
        {
            Rename("cells", cell.Id, CellId.FormerOf(cell.Plan)!, images);
        }

        Rename("starts", cells[1].StartId!, CellId.FormerOf(cells[1].Plan.AdversarialStart!)!, images);
        string outcome = _sweep.OutcomeOf(Path.Combine("cells", CellId.FormerOf(cells[1].Plan)!));
        Result again = _sweep.Finish();
        Assert.Contains($"note: {_sweep.FullPath}: 3 cells and starts are from before the content of data was recorded: they are taken for trained on the images that {images} holds now.\n", again.Output);
        Assert.Contains("3 jobs, 3 of them done before.", again.Output);

        // A longer sweep: new cells beside them, which the report takes for the same problem.
        _sweep.Text = _sweep.Text.Replace("\"seeds\": 1", "\"seeds\": 2", StringComparison.Ordinal);
        Assert.Contains("6 jobs, 3 of them done before.", _sweep.Finish().Output);
        SweepResults results = SweepResults.Read(_sweep.FullPath);
        Assert.HasCount(4, results.Cells);
        Assert.HasCount(1, Conditions.Of(results).Select(c => c.Problem.Key).Distinct());
        Assert.AreEqual(outcome, _sweep.OutcomeOf(Path.Combine("cells", CellId.FormerOf(cells[1].Plan)!)));

        // Named after its path, the folder elsewhere is another one.
        Own("moved");
        Assert.Contains("3 jobs, 0 of them done before.", _sweep.Finish().Output);
    }

    [TestMethod]
    public void An_interrupted_cell_named_after_a_path_is_continued()
    {
        string images = Own("images");
        _sweep.Finish();
        SweepCell cell = Sweeping.Read(_sweep.Text).Cells[0];
        Rename("cells", cell.Id, CellId.FormerOf(cell.Plan)!, images);
        string former = Path.Combine("cells", CellId.FormerOf(cell.Plan)!);
        File.Delete(_sweep.InFolder(former, "result.json"));
        Assert.Contains("3 jobs, 2 of them done before.", _sweep.Finish().Output);
        Assert.AreEqual(2, _sweep.FinishesOf(former));
        Assert.IsFalse(Directory.Exists(_sweep.InFolder("cells", cell.Id)));
    }

    [TestMethod]
    public void Cells_on_a_set_of_the_catalogue_are_not_handed_out_for_other_images()
    {
        string folder = _sweep.Folder.File("sets", "tiny-idx");
        Directory.CreateDirectory(folder);
        foreach ((string file, byte[] content) in TestSets.Idx.Files)
        {
            File.WriteAllBytes(Path.Combine(folder, file), content);
        }

        Describe("\"tiny-idx\"");
        Assert.Contains("3 jobs, 0 of them done before.", Run(0).Output);
        Assert.Contains("3 jobs, 3 of them done before.", Run(0).Output);
        string labels = Path.Combine(folder, "train-labels-idx1-ubyte.gz");
        File.WriteAllBytes(labels, TestSets.Gzip([0, 0, 8, 1, 0, 0, 0, 60, .. Enumerable.Range(0, 60).Select(i => (byte)(9 - (i % 10)))], System.IO.Compression.CompressionLevel.Fastest));
        string error = Run(2).Error;
        Assert.StartsWith($"error: {_sweep.FullPath}: 3 of its cells and starts were made on other images than {folder} holds now, such as {_sweep.InFolder("starts")}", error);
        Assert.EndsWith("now). Put the images back, or give another folder with --out.\n", error);

        // Without the images, and without a record of them, what is finished is finished.
        Directory.Move(folder, folder + "-gone");
        Assert.Contains("3 jobs, 3 of them done before.", Run(0).Output);
        Directory.Move(folder + "-gone", folder);
        foreach (string result in _sweep.Results)
        {
            Edit(Path.GetDirectoryName(result)!, config => config["data"]!.AsObject().Remove("content"));
        }

        Assert.Contains("3 cells and starts are from before the content of data was recorded", Run(0).Output);
    }

    [TestMethod]
    public void Data_in_files_are_looked_into_once_for_all_cells()
    {
        Own("images");
        _sweep.Text = _sweep.Text.Replace("\"seeds\": 1", "\"seeds\": 30", StringComparison.Ordinal);
        SweepPlan sweep = Sweeping.Read(_sweep.Text);
        Assert.HasCount(60, sweep.Cells);
        Assert.HasCount(1, sweep.Cells.Select(c => c.Plan.Data).Distinct(ReferenceEqualityComparer.Instance));
    }

    /// <summary>A sweep of two cells and a start on a folder of the user's.</summary>
    /// <returns>The folder.</returns>
    private string Own(string name)
    {
        string images = OwnImages.Make(_sweep.Folder, name);
        Describe(JsonValue.Create(images).ToJsonString());
        return images;
    }

    private void Describe(string data) => _sweep.Text = $$"""
        { "name": "tiny", "data": {{data}}, "architectures": "mlp-100-100", "recipes": "none", "seeds": 1,
          "training": { "epochs": 1, "batchSize": 20, "stopAt": "off" }, "randomLabels": { "epochs": 1, "replicas": 1, "batchSize": 20, "stopAt": "off" } }
        """;

    private Result Run(int code)
    {
        using Command command = _sweep.Start(_sets);
        Result result = command.Wait();
        Assert.AreEqual(code, result.Code, result.All);
        return result;
    }

    private void Rename(string kind, string from, string to, string images)
    {
        Directory.Move(_sweep.InFolder(kind, from), _sweep.InFolder(kind, to));
        Edit(_sweep.InFolder(kind, to), config =>
        {
            config["settings"]!["data"]!.AsObject().Remove("content");
            config["settings"]!["data"]!["name"] = images;
            config["data"]!.AsObject().Remove("content");
        });
    }

    private static void Edit(string folder, Action<JsonObject> change)
    {
        JsonObject config = RunFolder.ReadConfig(folder);
        change(config);
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
    }
}

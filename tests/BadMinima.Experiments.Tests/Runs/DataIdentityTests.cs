using System.Text.Json.Nodes;

namespace BadMinima.Experiments.Tests;

/// <summary>Which data count as the same: for runs that are finished, continued, or begin at a saved start.</summary>
[TestClass]
public sealed class DataIdentityTests : IDisposable
{
    private static readonly string[] Tiny = ["--architecture", "mlp-100-100", "--epochs", "1", "--threads", "1", "--device", "cpu"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void A_folder_of_ones_own_is_known_by_its_content()
    {
        string images = OwnImages.Make(_folder, "images");
        RunPlan plan = Planning.Plan("--data", images);
        Assert.AreEqual(CellId.Of(plan), CellId.Of(Planning.Plan("--data", OwnImages.Make(_folder, "the same elsewhere"))));
        HashSet<string> ids = [CellId.Of(plan), CellId.Of(Planning.Plan("--data", images, "--train", "4"))];

        // Beyond the rows that are taken nothing matters.
        File.Delete(Path.Combine(images, "train", "b", "5.png"));
        Assert.IsFalse(ids.Add(CellId.Of(Planning.Plan("--data", images, "--train", "4"))));
        Assert.IsTrue(ids.Add(CellId.Of(Planning.Plan("--data", images))), "one image less");
        File.Move(Path.Combine(images, "train", "a", "0.png"), Path.Combine(images, "train", "b", "0.png"));
        Assert.IsTrue(ids.Add(CellId.Of(Planning.Plan("--data", images))), "one image in another class");

        Assert.AreEqual(images, plan.Data.Folder);
        Assert.DoesNotContain(images, plan.Settings.ToJsonString(), "the result does not depend on where it lies");
    }

    [TestMethod]
    public void A_finished_run_is_handed_out_for_the_same_images_alone()
    {
        string images = OwnImages.Make(_folder, "images");
        Run("run", images);
        Result moved = Command.Run(Arguments("run", OwnImages.Make(_folder, "moved")));
        Assert.AreEqual(0, moved.Code, moved.All);
        Assert.Contains("was finished before; nothing was trained.", moved.Output);
        Assert.DoesNotContain("note: ", moved.Output);

        File.Move(Path.Combine(images, "train", "a", "0.png"), Path.Combine(images, "train", "b", "9.png"));
        Result changed = Command.Run(Arguments("run", images));
        Assert.AreEqual(2, changed.Code, changed.All);
        Assert.MatchesRegex($"^error: {_folder.File("run")} holds another run: data content differs: other training images \\(SHA-256 [0-9a-f]{{8}}... there, [0-9a-f]{{8}}... now\\). "
            + "Give the same options and data, or another folder with --out.\n$", changed.Error);

        // The folder says what it was, also without the images.
        Directory.Delete(images, recursive: true);
        Assert.Contains($"{images} 3x32x32, 6 images to train and 2 to test", string.Join('\n', StoredRunTables.Of(StoredRun.Read(_folder.File("run"))).SelectMany(t => t.Rows.Select(r => string.Join(' ', r)))));
    }

    [TestMethod]
    public void A_run_from_before_content_was_recorded_is_told_by_its_path_and_a_note_says_so()
    {
        string images = OwnImages.Make(_folder, "images");
        Run("run", images);
        Edit("run", config =>
        {
            JsonObject data = config["settings"]!["data"]!.AsObject();
            data.Remove("content");
            data["name"] = images;
            config["data"]!.AsObject().Remove("content");
        });
        Result finished = Command.Run(Arguments("run", images));
        Assert.AreEqual(0, finished.Code, finished.All);
        Assert.Contains($"note: {_folder.File("run")}: from before the content of data was recorded: the images in {images} were not compared with those of then.\n", finished.Output);
        Assert.Contains($"data.name: \"{images}\" there, ", Command.Run(Arguments("run", OwnImages.Make(_folder, "moved"))).Error);
    }

    [TestMethod]
    public void Sets_of_the_catalogue_are_compared_by_content_beside_their_name()
    {
        string sets = _folder.File("sets");
        foreach ((string file, byte[] content) in TestSets.Idx.Files)
        {
            Directory.CreateDirectory(Path.Combine(sets, "tiny-idx"));
            File.WriteAllBytes(Path.Combine(sets, "tiny-idx", file), content);
        }

        Result Again()
        {
            using Command command = Command.Start(environment: new Dictionary<string, string> { ["BADMINIMA_DATA"] = sets }, arguments: Arguments("run", "tiny-idx"));
            return command.Wait();
        }

        Assert.Contains("begins.", Again().Output);
        JsonObject config = RunFolder.ReadConfig(_folder.File("run"));
        Assert.IsNotNull(DataContent.In(config));
        Assert.AreEqual("""{"name":"tiny-idx","shape":"1x5x4","train":"all","test":"all"}""", config["settings"]!["data"]!.ToJsonString(), "what cells are named after");
        Assert.AreEqual("", Again().Error);

        // Unpacked they are the same.
        string labels = Path.Combine(sets, "tiny-idx", "t10k-labels-idx1-ubyte");
        using (var packed = new System.IO.Compression.GZipStream(File.OpenRead(labels + ".gz"), System.IO.Compression.CompressionMode.Decompress))
        using (FileStream plain = File.Create(labels))
        {
            packed.CopyTo(plain);
        }

        File.Delete(labels + ".gz");
        Assert.Contains("was finished before", Again().Output);
        byte[] bytes = File.ReadAllBytes(labels);
        File.WriteAllBytes(labels, [.. bytes[..^2], bytes[^1], bytes[^2]]);
        Assert.Contains("holds another run: data content differs: other test images (SHA-256 ", Again().Error);

        // Gone, or of a run that recorded nothing, they cannot be compared.
        Directory.Move(Path.Combine(sets, "tiny-idx"), Path.Combine(sets, "elsewhere"));
        Assert.Contains($"note: {_folder.File("run")}: {Path.Combine(sets, "tiny-idx")} is not there now: its images were not compared with those of then.\n", Again().Output);
        Directory.Move(Path.Combine(sets, "elsewhere"), Path.Combine(sets, "tiny-idx"));
        Edit("run", c => c["data"]!.AsObject().Remove("content"));
        Assert.Contains("from before the content of data was recorded: the images in ", Again().Output);
    }

    [TestMethod]
    public void A_start_knows_what_it_was_trained_on()
    {
        string images = OwnImages.Make(_folder, "images"), other = OwnImages.Make(_folder, "other", shade: 3), start = _folder.File("start.zip");
        Run("made", images, "--start", "adversarial", "--random-label-epochs", "1", "--save-start", start);
        Assert.DoesNotContain("other data", Run("same", OwnImages.Make(_folder, "moved"), "--from", start).All);
        string said = Run("another", other, "--from", start).Output;
        Assert.MatchesRegex($"warning: {start} was trained on other data: {images} \\(SHA-256 [0-9a-f]{{8}}...\\) there, {other} \\(SHA-256 [0-9a-f]{{8}}...\\) now.\n", said);
        Assert.AreEqual($"{DataContent.In(RunFolder.ReadConfig(_folder.File("made")))!.Train}", $"{RunFolder.ReadConfig(_folder.File("another"))["fromData"]!["content"]!["train"]}");

        // A run's model says it by the folder that it lies in; of drawn data the settings say it; a model in the place of another says
        // nothing.
        Assert.Contains("was trained on other data", Run("from model", other, "--from", _folder.File("made", "model.zip")).Output);
        File.Copy(_folder.File("another", "model.zip"), start, overwrite: true);
        Assert.IsNull(StartModel.Read(start).MadeBy);
    }

    [TestMethod]
    public void A_start_on_drawn_images_is_told_by_what_they_were_drawn_from()
    {
        string start = _folder.File("start.zip");
        Run("made", "synthetic", "--train", "40", "--test", "20", "--start", "adversarial", "--random-label-epochs", "1", "--save-start", start);
        StartModel model = StartModel.Read(start);
        Assert.IsNull(model.OtherDataThan(Planning.Plan("--train", "40", "--test", "10").Data, seed: 1));
        Assert.Contains("\"seed\":1} there, ", model.OtherDataThan(Planning.Plan("--train", "40", "--data-seed", "2").Data, seed: 1)!);
        Assert.Contains("was trained on other data", model.OtherDataThan(Planning.Plan("--data", OwnImages.Make(_folder, "images")).Data, seed: 1)!);
    }

    private string[] Arguments(string folder, string data, params string[] more) => ["run", "--data", data, "--out", _folder.File(folder), .. Tiny, .. more];

    private Result Run(string folder, string data, params string[] more)
    {
        Result result = Command.Run(Arguments(folder, data, more));
        Assert.AreEqual(0, result.Code, result.All);
        return result;
    }

    private void Edit(string folder, Action<JsonObject> change)
    {
        JsonObject config = RunFolder.ReadConfig(_folder.File(folder));
        change(config);
        File.WriteAllText(_folder.File(folder, "config.json"), config.ToJsonString());
    }
}

using System.Text.Json;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class DiagnoseCommandTests
{
    [TestMethod]
    public void Two_runs_are_measured_beside_each_other_and_the_page_says_which_is_worse_first()
    {
        using TemporaryFolder folder = new();
        foreach (string seed in (string[])["1", "2"])
        {
            Assert.AreEqual(0, Command.Run("run", "--train", "60", "--test", "60", "--architecture", "mlp", "--epochs", "2", "--seed", seed, "--threads", "1", "--out", folder.File($"run{seed}")).Code);
        }

        string[] diagnose =
        [
            "diagnose", folder.File("run1"), Path.Combine(folder.File("run2"), "model.zip"), "--train", "60", "--test", "60",
            "--measures", "weight-norm,margin,mixup,boundary,distance,calibration", "--out", folder.File("diagnosis"),
        ];
        Result done = Command.Run([.. diagnose, "--json", "--from", folder.File("run1")]);
        Assert.AreEqual(0, done.Code, done.All);
        using var json = JsonDocument.Parse(done.Output);
        JsonElement[] models = [.. json.RootElement.GetProperty("models").EnumerateArray()];
        Assert.HasCount(2, models);
        Assert.HasCount(6, models[0].GetProperty("measures").EnumerateArray());
        Assert.AreEqual(0, models[0].GetProperty("measures").EnumerateArray().Single(m => m.GetProperty("name").GetString() == "distance").GetProperty("numbers")[0].GetProperty("value").GetDouble());
        JsonElement pair = json.RootElement.GetProperty("pairs").EnumerateArray().Single();
        Assert.HasCount(11, pair.GetProperty("points").EnumerateArray());
        Assert.IsTrue(pair.GetProperty("disagreement").GetDouble() is > 0 and <= 1 && pair.GetProperty("barrier").GetDouble() >= 0);
        string page = File.ReadAllText(Path.Combine(folder.File("diagnosis"), "report.md"));
        foreach (string picture in (string[])["Reliability: accuracy against", "frobenius, layer by layer", "l2, layer by layer", "Training loss along the straight line"])
        {
            Assert.Contains(picture, page);
        }

        Assert.Contains("of 4 measures that saw no test label: ", page[..page.IndexOf("| Measure", StringComparison.Ordinal)]);
        Assert.IsTrue(File.Exists(Path.Combine(folder.File("diagnosis"), "report.html")));

        // Other data than they were trained on, and another network beside them, are said.
        Assert.AreEqual(0, Command.Run("run", "--train", "60", "--test", "60", "--architecture", "cnn", "--epochs", "1", "--threads", "1", "--out", folder.File("cnn")).Code);
        Result other = Command.Run("diagnose", folder.File("run1"), folder.File("cnn"), "--train", "50", "--test", "60", "--measures", "margin", "--out", folder.File("other"));
        Assert.Contains("was trained on 60 examples and measured on 50", other.All);
        Assert.Contains("They are other networks (mlp, cnn)", other.All);
        Assert.Contains("The models' networks are mlp and cnn; a line takes the same.", File.ReadAllText(Path.Combine(folder.File("other"), "report.md")));

        // A second time replaces what is there, and nothing else is.
        Assert.AreEqual(0, Command.Run(diagnose).Code);
        File.Delete(Path.Combine(folder.File("diagnosis"), "diagnosis.json"));
        Assert.Contains("where something else lies; name another folder.", Command.Run(diagnose).All);
    }

    [TestMethod]
    public void What_was_measured_is_kept_measure_by_measure_and_what_is_damaged_is_measured_again()
    {
        using TemporaryFolder folder = new();
        Assert.AreEqual(0, Command.Run("run", "--train", "60", "--test", "60", "--architecture", "mlp-100-100", "--epochs", "2", "--threads", "1", "--out", folder.File("run")).Code);
        string[] diagnose = ["diagnose", folder.File("run"), "--train", "60", "--test", "60", "--out", folder.File("diagnosis"), "--measures"];
        Result first = Command.Run([.. diagnose, "weight-norm,margin"]);
        Assert.Contains(", margin: ", first.Output);
        string[] kept = Directory.GetFiles(folder.File("diagnosis", "measured"));
        Assert.HasCount(2, kept);
        Result second = Command.Run([.. diagnose, "weight-norm,margin,mixup"]);
        Assert.AreEqual(0, second.Code, second.All);
        Assert.DoesNotContain(", margin: ", second.Output);
        Assert.Contains(", mixup: ", second.Output);
        Assert.Contains("margin", File.ReadAllText(Path.Combine(folder.File("diagnosis"), "report.md")));

        File.WriteAllText(kept.Single(file => File.ReadAllText(file).Contains("\"margin\"", StringComparison.Ordinal)), "{");
        Assert.Contains(", margin: ", Command.Run([.. diagnose, "margin"]).Output);

        // Of other data, another seed or another model nothing is known.
        Assert.Contains(", margin: ", Command.Run([.. diagnose, "margin", "--seed", "2"]).Output);
        Assert.Contains(", margin: ", Command.Run([.. diagnose, "margin", "--data-seed", "2"]).Output);
    }

    [TestMethod]
    public void A_run_whose_path_was_recorded_is_looked_at_along_the_way_and_on_the_plane()
    {
        using TemporaryFolder folder = new();
        string[] run = ["run", "--train", "60", "--test", "60", "--architecture", "mlp-100-100", "--batch-size", "20", "--epochs", "3", "--threads", "1", "--record-path"];
        Assert.AreEqual(0, Command.Run([.. run, "--start", "adversarial", "--random-label-epochs", "4", "--save-start", folder.File("start.zip"), "--out", folder.File("bad")]).Code);
        Assert.AreEqual(0, Command.Run([.. run, "--from", folder.File("start.zip"), "--learning-rate", "0.2", "--out", folder.File("good")]).Code);
        string[] diagnose = ["diagnose", folder.File("bad"), folder.File("good"), "--train", "60", "--test", "60", "--measures", "margin", "--plane", "--out", folder.File("diagnosis")];
        Result refused = Command.Run(diagnose);
        Assert.Contains("--plane goes through three models or around one; 2 are given.", refused.All);
        Assert.Contains("--draws is -1; allowed is at least 0.", Command.Run([.. diagnose, "--draws", "-1"]).All);
        Assert.IsFalse(Directory.Exists(folder.File("diagnosis")));
        Result done = Command.Run([.. diagnose, "--from", folder.File("start.zip"), "--draws", "1", "--json"]);
        Assert.AreEqual(0, done.Code, done.All);
        using var json = JsonDocument.Parse(done.Output);
        JsonElement plane = json.RootElement.GetProperty("plane");
        Assert.AreEqual(15, plane.GetProperty("rows").GetArrayLength());
        Assert.AreEqual(2, plane.GetProperty("paths").GetArrayLength());
        JsonElement path = json.RootElement.GetProperty("paths")[0];
        Assert.AreEqual(4, path.GetProperty("points").GetArrayLength());
        Assert.AreEqual(60, path.GetProperty("learnedAfter").GetArrayLength());
        Assert.AreEqual(JsonValueKind.Number, path.GetProperty("points")[0].GetProperty("randomLabelAccuracy").ValueKind);
        string page = File.ReadAllText(Path.Combine(folder.File("diagnosis"), "report.md"));
        foreach (string part in (string[])["## The plane", "## Along the way", "Learned last, by row of the data from 0 on: ", "Least s around, to its end"])
        {
            Assert.Contains(part, page);
        }

        // Around one, along random directions.
        Assert.AreEqual(0, Command.Run("diagnose", folder.File("bad"), "--train", "60", "--test", "60", "--measures", "margin", "--plane", "--out", folder.File("around")).Code);
        Assert.Contains("along two random directions with its filters' lengths", File.ReadAllText(Path.Combine(folder.File("around"), "report.md")));
        Assert.IsTrue(File.Exists(folder.File("around", "charts", "plane.svg")));

        // What was stopped before its first checkpoint begins anew, and its path with it; what goes on keeps its path without the option.
        string[] again = [.. run, "--out", folder.File("again")];
        Directory.CreateDirectory(folder.File("again", "path"));
        File.Copy(Path.Combine(folder.File("good"), "path", "Training-000000.weights"), folder.File("again", "path", "Training-000000.weights"));
        Assert.AreEqual(0, Command.Run(again).Code);
        Assert.HasCount(4, Directory.GetFiles(folder.File("again", "path")));

        // What was begun without a path has none later on.
        Assert.AreEqual(0, Command.Run([.. run[..^1], "--out", folder.File("plain")]).Code);
        Assert.Contains("was begun without its path recorded", Command.Run([.. run, "--out", folder.File("plain")]).All);
    }

    [TestMethod]
    public void Of_a_sweep_each_cell_is_measured_and_the_report_says_what_goes_with_test_error()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("sweep.json"), """
            { "name": "measured", "grids": [ { "data": [ { "name": "synthetic", "train": 60, "test": 60 } ], "architectures": ["mlp-100-100"], "starts": ["random"],
              "recipes": ["none"], "seeds": 4, "training": { "epochs": 40, "batchSize": 10, "learningRate": 0.05 } } ] }
            """);
        Assert.AreEqual(0, Command.Run("sweep", folder.File("sweep.json"), "--out", folder.File("sweep"), "--parallel", "1").Code);
        Assert.DoesNotContain("Measures and test error", Report());
        Assert.Contains("Leave out --train.", Command.Run("diagnose", folder.File("sweep"), "--train", "5").All);
        Assert.Contains("Leave out the other models.", Command.Run("diagnose", folder.File("sweep"), "a.zip").All);
        Result done = Command.Run("diagnose", folder.File("sweep"), "--measures", "weight-norm,margin");
        Assert.AreEqual(0, done.Code, done.All);
        Assert.Contains("4 cells are diagnosed. Next: badminima report", done.Output);
        Assert.Contains("3 measures, 2 of them known before", Command.Run("diagnose", folder.File("sweep"), "--measures", "mixup").Output);
        string report = Report();
        Assert.Contains("Measures and test error", report);
        foreach (string measure in (string[])["weight-norm", "margin", "mixup"])
        {
            Assert.Contains($"| {measure} | 4 |", report);
        }

        Assert.HasCount(5, File.ReadAllLines(folder.File("sweep", "tables", "measures-of-runs.csv")));
        Assert.HasCount(4, File.ReadAllLines(folder.File("sweep", "tables", "measure-correlations.csv")));
        string cell = Directory.GetDirectories(folder.File("sweep", "cells"))[0];
        Assert.IsTrue(File.Exists(Path.Combine(cell, "diagnosis", "report.html")));
        File.WriteAllText(Path.Combine(cell, "diagnosis", "diagnosis.json"), "[]");
        Assert.Contains("is no diagnosis of a run: delete it", Command.Run("report", folder.File("sweep")).All);

        string Report()
        {
            Result made = Command.Run("report", folder.File("sweep"));
            Assert.AreEqual(0, made.Code, made.All);
            return File.ReadAllText(folder.File("sweep", "report.md"));
        }
    }

    [TestMethod]
    public void What_cannot_be_done_is_refused_with_what_to_do()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("empty"));
        File.WriteAllText(folder.File("text.zip"), "no model");
        Refuses("There is no model file or run '", "none.zip");
        Refuses("has no model.zip: it is no folder of a finished run.", folder.File("empty"));
        Refuses("cannot be loaded", folder.File("text.zip"));
        Refuses("a model is given twice; give each once.", "a.zip", "a.zip");

        void Refuses(string message, params string[] models)
        {
            Result refused = Command.Run(["diagnose", .. models, "--train", "20", "--test", "20", "--out", folder.File("out")]);
            Assert.AreEqual(2, refused.Code);
            Assert.Contains(message, refused.All);
            Assert.IsFalse(Directory.Exists(folder.File("out")));
        }
    }

    [TestMethod]
    public void Measures_are_listed()
    {
        Result listed = Command.Run("measures", "--json");
        using var json = JsonDocument.Parse(listed.Output);
        CollectionAssert.AreEqual(DiagnosticMeasures.All.Select(m => m.Name).ToArray(), json.RootElement.EnumerateArray().Select(m => m.GetProperty("name").GetString()).ToArray());
        Assert.Contains("pac-bayes", Command.Run("measures").Output);
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "diagnostics.md"));
        Assert.IsEmpty(DiagnosticMeasures.All.Where(m => !page.Contains($"| `{m.Name}` |", StringComparison.Ordinal)).Select(m => m.Name));
    }

    /// <summary>Where networks fit alike and one is said to be worse by all measures.</summary>
    [TestMethod]
    public void Sentences_name_the_worse_one_and_say_what_does_not_compare()
    {
        MLContext ml = new(seed: 1);
        IDataView data = ml.Data.LoadSyntheticImages(Split.Train, 60);
        using TwoPhaseTransformer fits = Fit(60), not = Fit(1);
        Diagnosing options = new() { Measures = ["margin", "mixup"] };
        ModelDiagnoses both = new([("a", ml.Model.Diagnose(fits, data, options)), ("b", ml.Model.Diagnose(not, data, options))]);
        Assert.Contains("b is the worst by 2 of 2 measures that saw no test label: margin, mixup.", both.Sentences[0]);
        Assert.Contains("They do not fit the training set alike", both.Sentences[1]);
        Assert.HasCount(2, both.Table.Rows);
        ModelDiagnoses one = new([("a", ml.Model.Diagnose(fits, data, options))]);
        Assert.Contains("give a second", one.Sentences.Single());
        Assert.Throws<ArgumentException>(() => new ModelDiagnoses([]));

        TwoPhaseTransformer Fit(int epochs) => ml.MulticlassClassification.Trainers.TwoPhase(
            new TwoPhaseTrainer.Options { Architecture = "mlp", RandomLabels = null, Training = Recipe.Vanilla with { Epochs = epochs, BatchSize = 20, LearningRate = 0.1 } }).Fit(data);
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class ZooTests
{
    private static readonly ZooSettings Small = new()
    {
        Data = ["synthetic"],
        Networks = ["mlp-100-100"],
        Train = 60,
        Test = 40,
        Recipes = ["none", "augmentation"],
        Rates = [0.05],
        Epochs = 2,
        FinishEpochs = 60,
        Replicas = 2,
        RandomLabelEpochs = 20,
        Measures = ["weight-norm", "margin"],
        KeepNetworks = true,
    };

    [TestMethod]
    public void Networks_of_either_start_fit_are_measured_and_kept_and_what_is_there_is_not_made_again()
    {
        using TemporaryFolder folder = new();
        ZooNumbers numbers = Run(Small, folder.FullPath);
        CollectionAssert.AreEqual(
            new[] { "random vanilla", "random augmentation", "adversarial vanilla", "adversarial augmentation" },
            numbers.Networks.Select(n => $"{n.Start} {n.Recipe}").ToArray());
        Assert.IsGreaterThan(0.5, numbers.RandomLabelsFitted);
        foreach (ZooNetwork network in numbers.Networks)
        {
            Assert.IsGreaterThanOrEqualTo(0.99, network.End!.TrainAccuracy);
            CollectionAssert.AreEqual(Small.Measures, network.End.Measures.Keys.ToArray());
        }

        // A model file is the network that the numbers are of.
        string networks = folder.File("networks");
        MLContext ml = new();
        using (TwoPhaseTransformer kept = ml.Model.LoadTwoPhase(Path.Combine(networks, "adversarial-vanilla-0.05.zip"), out _))
        {
            (IDataView train, IDataView test) = Small.DataOf("synthetic", 1).Load(ml);
            Assert.AreEqual(numbers.Networks[2].End!.TestAccuracy, ml.MulticlassClassification.Evaluate(kept.Transform(test)).MicroAccuracy);
            Assert.AreEqual(numbers.Networks[2].End!.Measures["margin"], ml.Model.Diagnose(kept, train, new() { Measures = ["margin"], Seed = 1 })["margin"].Value);
        }

        // One is changed by hand, one damaged, one missing, one has lost its model.
        string changed = Path.Combine(networks, "random-vanilla-0.05.json");
        File.WriteAllText(changed, File.ReadAllText(changed).Replace("\"finishingEpochs\": ", "\"finishingEpochs\": 9", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(networks, "random-augmentation-0.05.json"), "{");
        File.Delete(Path.Combine(networks, "adversarial-vanilla-0.05.json"));
        File.Delete(Path.Combine(networks, "adversarial-augmentation-0.05.zip"));
        ZooNumbers again = Run(Small, folder.FullPath);
        Assert.IsGreaterThan(90, again.Networks[0].End!.FinishingEpochs);
        Assert.AreEqual(JsonSerializer.Serialize(numbers.Networks.Skip(1)), JsonSerializer.Serialize(again.Networks.Skip(1)));
    }

    [TestMethod]
    public void What_is_canceled_goes_on_where_it_was()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource source = new();
        Assert.Throws<OperationCanceledException>(() => new Zoo(Small, 1, folder.FullPath).Run(share => source.Cancel(), source.Token));
        Assert.HasCount(1, Directory.GetFiles(folder.File("networks"), "*.json"));
        using TemporaryFolder other = new();
        Assert.AreEqual(JsonSerializer.Serialize(Run(Small, other.FullPath)), JsonSerializer.Serialize(Run(Small, folder.FullPath)));
    }

    [TestMethod]
    public void A_network_that_does_not_fit_is_not_measured()
    {
        using TemporaryFolder folder = new();
        ZooNumbers numbers = Run(Small with { FinishEpochs = 1, FinishRate = 1e-6, Rates = [1e-6], KeepNetworks = false }, folder.FullPath);
        Assert.IsTrue(numbers.Networks.All(n => n.End is { TrainAccuracy: < 0.99, Measures.Count: 0 }));
    }

    [TestMethod]
    public void A_job_takes_one_data_set_one_network_and_one_seed_and_the_report_has_all_of_them_in_one_table()
    {
        using TemporaryFolder folder = new();
        ZooKind kind = new();
        JsonArray asked = kind.Resolve(JsonNode.Parse("""{ "data": ["synthetic", "synthetic-color"], "networks": ["lenet", "mlp-100-100"], "seeds": [4, 9] }"""));
        SweepJob[] jobs = [.. kind.Jobs(folder.File("sweep"), asked)];
        Assert.HasCount(8, jobs);
        Assert.HasCount(8, jobs.Select(j => j.Folder).Distinct());
        Assert.AreEqual("zoo synthetic lenet seed 4", jobs[0].Title);
        foreach ((int i, SweepJob job) in jobs.Index().SkipLast(1))
        {
            ZooSettings settings = new() { Data = [i < 4 ? "synthetic" : "synthetic-color"], Networks = [i % 4 < 2 ? "lenet" : "mlp-100-100"] };
            ZooNetwork[] networks =
            [
                .. Enumerable.Range(0, 6).Select(n => new ZooNetwork(
                    n < 2 ? "random" : "adversarial", n < 2 ? "vanilla" : "l2", 0.1,
                    new(1, 0.1, n < 3 ? 0.8 : 0.6, 2, new Dictionary<string, double> { ["weight-norm"] = n < 3 ? 1 : 2 }))),
                new("adversarial", "momentum", 0.1, null),
            ];
            Directory.CreateDirectory(job.Folder);
            File.WriteAllText(JobFolder.ResultOf(job.Folder), JsonSerializer.Serialize(
                new StudyResult<ZooSettings, ZooNumbers>(settings, i % 2 == 0 ? 4 : 9, new(1, networks), 1, Machine.Describe(), Machine.Versions()), JsonOutput.Options));
        }

        KindReport report = kind.Read(folder.File("sweep"), asked);
        Assert.HasCount(1, report.Sections);
        Assert.HasCount(42, report.Tables.Single(t => t.Name == "zoo").Table.Rows);
        Assert.AreEqual(Decision.Supported, report.Verdicts.Single().Decision);
        Assert.AreEqual(("zoo synthetic-color mlp-100-100 seed 9", "not finished"), report.Missing.Single());
    }

    [TestMethod]
    [DataRow("\"data\": []", "data are ; allowed are sets of images, each once, at least one")]
    [DataRow("\"data\": [\"points\"]", "data is points; allowed are images")]
    [DataRow("\"data\": [\"nowhere\"]", "data is nowhere; that is no folder")]
    [DataRow("\"networks\": [\"lenet\", \"lenet\"]", "networks are lenet, lenet; allowed are some of `badminima models`, each once")]
    [DataRow("\"networks\": [\"elman\"]", "elman cannot be trained so: ")]
    [DataRow("\"recipes\": [\"luck\"]", "recipes are luck; allowed are none, all")]
    [DataRow("\"recipes\": [\"none\", \"vanilla\"]", "recipes are none, vanilla; allowed is each once")]
    [DataRow("\"rates\": [0]", "rates are 0; allowed are numbers above 0")]
    [DataRow("\"measures\": [\"luck\"]", "measures are luck; allowed are some of `badminima measures`")]
    [DataRow("\"train\": 5", "train is 5; allowed is at least 20")]
    [DataRow("\"test\": 5", "test is 5; allowed is at least 20")]
    [DataRow("\"finishRate\": -1", "cannot be trained so: ")]
    [DataRow("\"replicas\": 0", "cannot be trained so: ")]
    public void What_cannot_be_done_is_refused_with_what_is_allowed(string setting, string message)
        => Assert.Contains(message, Assert.Throws<NotAllowedException>(() => new ZooKind().Resolve(
            JsonNode.Parse(setting.StartsWith("\"data", StringComparison.Ordinal) ? $"{{ {setting} }}" : $"{{ \"data\": [\"synthetic\"], {setting} }}"))).Allowed);

    private static ZooNumbers Run(ZooSettings settings, string folder) => new Zoo(settings, 1, folder).Run(_ => { }, CancellationToken.None);
}

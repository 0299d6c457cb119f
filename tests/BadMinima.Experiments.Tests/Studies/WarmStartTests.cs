using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.Reporting;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class WarmStartTests
{
    private static readonly WarmStartSettings Small = new()
    {
        Data = "synthetic",
        Networks = ["mlp-100-100"],
        Train = [60],
        Test = 40,
        BatchSize = 10,
        Rate = 0.01,
        Epochs = 100,
        StopAt = 0.9,
    };

    [TestMethod]
    public void Each_optimizer_learns_a_part_then_all_from_there_and_all_from_a_random_start()
    {
        WarmStartNumbers numbers = Run(1);
        CollectionAssert.AreEqual(new[] { "SGD", "Adam" }, numbers.Cells.Select(c => c.Optimizer).ToArray());
        foreach (WarmStartCell cell in numbers.Cells)
        {
            foreach (WarmStartEnd end in (WarmStartEnd[])[cell.Random, cell.Warm, cell.Part])
            {
                Assert.IsTrue(end.TestAccuracy is > 0 and < 1 && end.Epochs is >= 2 and <= 100);
                Assert.IsGreaterThanOrEqualTo(0.9, end.TrainAccuracy);
            }

            Assert.IsLessThanOrEqualTo(cell.Random.Epochs, cell.Warm.Epochs, "half of it is known already");
        }

        Assert.AreEqual(JsonSerializer.Serialize(numbers), JsonSerializer.Serialize(Run(1)));
        Assert.AreNotEqual(JsonSerializer.Serialize(numbers), JsonSerializer.Serialize(Run(2)));

        static WarmStartNumbers Run(int seed) => new WarmStart(Small, seed).Run(_ => { }, CancellationToken.None);
    }

    [TestMethod]
    [DataRow("\"networks\": [\"mlp\", \"mlp\"]", "networks are mlp, mlp; allowed are some of `badminima models`, each once")]
    [DataRow("\"networks\": [\"mlp\"]", "train is 33333, 33333; allowed is a number of at least 20 for each of the 1 networks")]
    [DataRow("\"train\": [33333, 10]", "train is 33333, 10; allowed is a number of at least 20")]
    [DataRow("\"train\": [33333, 60000]", "train is 60000; allowed for cifar-10 is at most 50000")]
    [DataRow("\"warmShare\": 1", "warmShare is 1; allowed is more than 0 and less than 1")]
    [DataRow("\"rate\": 0", "rate is 0; allowed is more than 0")]
    [DataRow("\"stopAt\": 0", "stopAt is 0; allowed is more than 0 and at most 1")]
    [DataRow("\"epochs\": 1", "epochs is 1; allowed is at least 2")]
    [DataRow("\"test\": 0", "test is 0; allowed is at least 20")]
    [DataRow("\"batchSize\": 0", "batchSize is 0; allowed is at least 1")]
    [DataRow("\"networks\": [\"elman\"], \"train\": [100]", "elman cannot be trained so: ")]
    public void What_cannot_be_done_is_refused_with_what_is_allowed(string setting, string message)
        => Assert.Contains(message, Assert.Throws<NotAllowedException>(() => new WarmStartKind().Resolve(JsonNode.Parse($"{{ {setting} }}"))).Allowed);

    [TestMethod]
    [DataRow(0.03, 0.99, Decision.Supported)]
    [DataRow(-0.03, 0.99, Decision.Contradicted)]
    [DataRow(0.0, 0.99, Decision.NotDecided)]
    [DataRow(0.03, 0.95, Decision.NotDecided)]
    public void A_warm_start_costs_accuracy_does_not_or_is_not_decided(double cost, double trainAccuracy, Decision decision)
    {
        using TemporaryFolder folder = new();
        WarmStartKind kind = new();
        JsonArray asked = kind.Resolve(JsonNode.Parse("{ \"networks\": [\"mlp-100-100\"], \"train\": [100], \"seeds\": 4 }"));
        foreach ((int i, SweepJob job) in kind.Jobs(folder.File("sweep"), asked).Index())
        {
            double noise = 0.001 * (i - 1.5);
            WarmStartEnd random = new(0.4, trainAccuracy, 20), warm = new(0.4 - cost + noise, trainAccuracy, 8);
            Directory.CreateDirectory(job.Folder);
            File.WriteAllText(JobFolder.ResultOf(job.Folder), JsonSerializer.Serialize(
                new StudyResult<WarmStartSettings, WarmStartNumbers>(
                    new() { Networks = ["mlp-100-100"], Train = [100] }, i + 1,
                    new([new("mlp-100-100", "SGD", random, warm, warm), new("mlp-100-100", "Adam", random, warm, warm)]), 1, Machine.Describe(), Machine.Versions()),
                JsonOutput.Options));
        }

        KindReport report = kind.Read(folder.File("sweep"), asked);
        Verdict verdict = report.Verdicts.Single();
        Assert.AreEqual(decision, verdict.Decision);
        Table table = report.Tables.Single().Table;
        CollectionAssert.IsSubsetOf(new[] { "39.0 %", "37.4 %", "40.1 %" }, table.Rows[0].Select(cell => cell.ToString()).ToArray());
        Assert.IsEmpty(report.Missing);
    }
}

using System.Text.Json.Nodes;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class WorksTests
{
    [TestMethod]
    public void Every_work_is_a_sweep_that_can_be_planned()
    {
        foreach (Work work in Work.All)
        {
            SweepPlan plan = Sweeping.Read(work.SweepText);
            Assert.AreEqual(work.Name, plan.Name);
            Assert.IsTrue(plan.Cells.Length > 0 || plan.Asked.Any(a => a.Items.Count > 0), work.Name);
        }
    }

    [TestMethod]
    public void Other_data_and_another_network_take_the_place_of_the_works_own()
    {
        SweepPlan plan = Sweeping.Read(Work.Named("special-neurons").SweepOf("synthetic-color", 50, "lenet"));
        Assert.IsTrue(plan.Cells.All(c => c.Plan.Request.Architecture == "lenet"));
        Assert.IsTrue(plan.Cells.All(c => c.Plan.Request.Data == "synthetic-color" && c.Plan.Request.Train == 50));
        JsonNode study = Sweeping.Read(Work.Named("heavy-tails-fashion").SweepOf("synthetic", 400, "mlp-100-100")).Asked.Single(a => a.Items.Count > 0).Items[0]!;
        Assert.AreEqual(("synthetic", 400, "mlp-100-100"), ((string)study["data"]!, (int)study["train"]!, (string)study["architecture"]!));
        Assert.Contains("fig1, heavy-tails-fashion, special-neurons only", Assert.ThrowsExactly<ArgumentException>(() => Work.Named("heavy-tails").SweepOf("synthetic", null, null)).Message);
        Assert.Contains("allowed is fig1, boundary", Assert.ThrowsExactly<ArgumentException>(() => Work.Named("fig2")).Message);
    }

    [TestMethod]
    public void The_command_lists_the_works_and_runs_one()
    {
        JsonArray listed = JsonNode.Parse(Command.Run("reproduce", "--json").Output)!.AsArray();
        CollectionAssert.AreEqual(Work.All.Select(w => w.Name).ToArray(), listed.Select(w => (string)w!["name"]!).ToArray());
        using TemporaryFolder folder = new();
        Result run = Command.Run("reproduce", "heavy-tails", "--out", folder.File("out"), "--dry-run");
        Assert.AreEqual(0, run.Code, run.All);
        Assert.Contains("10 of 10 are missing", run.Output);
        File.WriteAllText(folder.File("spikes.json"), """{ "spikes": { "seeds": 3, "starts": 5, "steps": 4000 } }""");
        run = Command.Run("sweep", folder.File("spikes.json"), "--out", folder.File("out"), "--parallel", "2", "--threads", "1");
        Assert.AreEqual(0, run.Code, run.All);
        run = Command.Run("report", folder.File("out"));
        Assert.Contains("Supported. Mean distance from the minimum: gradient descent", run.Output);
        Assert.IsTrue(File.Exists(folder.File("out", "report.html")));
        foreach ((string[] arguments, string message) in new (string[], string)[]
        {
            (["fig2"], "'fig2' is no work that can be reproduced; allowed is fig1, boundary, heavy-tails, heavy-tails-fashion, one-point, special-neurons, recurrent."),
            (["--train", "5"], "--train is given without a work; allowed is one of"),
            (["one-point", "--data", "synthetic"], "one-point does not train on images; allowed are --data, --train and --architecture with fig1, heavy-tails-fashion, special-neurons only."),
            (["special-neurons", "--train", "0"], "\"train\" is 0; allowed is a whole number from 2 on."),
        })
        {
            Result refused = Command.Run(["reproduce", .. arguments]);
            Assert.AreEqual(2, refused.Code, refused.All);
            Assert.Contains(message, refused.All);
        }
    }
}

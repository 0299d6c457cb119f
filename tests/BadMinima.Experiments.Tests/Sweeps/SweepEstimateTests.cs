using System.Collections.Immutable;
using System.Text.Json;
using BadMinima.MLNet;

namespace BadMinima.Experiments.Tests;

/// <summary>What `sweep --dry-run` says.</summary>
[TestClass]
public sealed class SweepEstimateTests : IDisposable
{
    private readonly TinySweep _sweep = new();

    public void Dispose() => _sweep.Dispose();

    [TestMethod]
    public void Every_job_is_listed_and_nothing_is_made()
    {
        Result result = _sweep.Run("--dry-run", "--json");
        Assert.AreEqual(0, result.Code, result.All);
        Assert.IsFalse(Directory.Exists(_sweep.FullPath));
        JsonElement[] jobs = [.. JsonDocument.Parse(result.Output).RootElement.EnumerateArray()];
        CollectionAssert.AreEquivalent(_sweep.Jobs.Select(Path.GetFileName).ToArray(), jobs.Select(j => j.GetProperty("id").GetString()).ToArray());
        foreach (JsonElement job in jobs)
        {
            bool start = job.GetProperty("kind").GetString() == "start";
            Assert.AreEqual(100 * (start ? 3 : 4), job.GetProperty("images").GetInt32());
            Assert.IsFalse(job.GetProperty("finished").GetBoolean());
            Assert.IsGreaterThan(0, job.GetProperty("seconds").GetDouble());
            Assert.AreEqual(start ? JsonValueKind.Null : JsonValueKind.Object, job.GetProperty("settings").GetProperty("training").ValueKind);
        }
    }

    [TestMethod]
    public void Starts_of_the_workers_own_are_counted_for_each_worker()
    {
        _sweep.Text = TinySweep.Twelve.Replace("\"training\": {", "\"training\": { \"average\": \"local\", \"workers\": 4, \"ownStarts\": true,", StringComparison.Ordinal);
        Result result = _sweep.Run("--dry-run", "--json");
        Assert.AreEqual(0, result.Code, result.All);
        foreach (JsonElement job in JsonDocument.Parse(result.Output).RootElement.EnumerateArray())
        {
            Assert.AreEqual("cell", job.GetProperty("kind").GetString(), "there is no start to share");
            int labels = job.GetProperty("settings").GetProperty("start").GetString() == "adversarial" ? 100 * 3 : 0;
            Assert.AreEqual((100 * 4) + (4 * labels), job.GetProperty("images").GetInt32());
        }
    }

    [TestMethod]
    public void A_row_stands_for_all_seeds_and_says_what_is_missing()
    {
        _sweep.Finish();
        _sweep.Text = TinySweep.Twelve.Replace("\"seeds\": 3", "\"seeds\": 5, \"boundary\": 2", StringComparison.Ordinal)
            .Replace("\"all\"]", "{ \"regularizers\": \"all\", \"learningRate\": [0.02, 0.04] }, { \"name\": \"called so\", \"dropout\": 0.1 }]", StringComparison.Ordinal);
        Result result = _sweep.Run("--dry-run");
        Assert.AreEqual(0, result.Code, result.All);
        string[][] rows = [.. result.Output.Split('\n').Where(line => line.Contains("mlp-100-100", StringComparison.Ordinal)).Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        string[] names = [.. rows.Select(row => string.Join('|', row[..^1]))];
        CollectionAssert.AreEquivalent(new[]
        {
            "synthetic|mlp-100-100|adversarial|(the start itself)|5|3|2|1,500",
            "synthetic|mlp-100-100|random|vanilla|5|3|2|2,000",
            "synthetic|mlp-100-100|adversarial|vanilla|5|3|2|2,000",
            "synthetic|mlp-100-100|random|regularized learning-rate 0.02|5|0|5|2,000",
            "synthetic|mlp-100-100|adversarial|regularized learning-rate 0.02|5|0|5|2,000",
            "synthetic|mlp-100-100|random|regularized learning-rate 0.04|5|0|5|2,000",
            "synthetic|mlp-100-100|adversarial|regularized learning-rate 0.04|5|0|5|2,000",
            "synthetic|mlp-100-100|random|called so|5|0|5|2,000",
            "synthetic|mlp-100-100|adversarial|called so|5|0|5|2,000",
            "points|mlp-100-100|2-D figure|2|0|2|0",
        }, names, result.Output);
        Assert.Contains("40 cells, 5 adversarial starts, 2 2-D figures", result.Output);
        Assert.Contains("38 of 47 are missing: ", result.Output);
        Assert.Contains("with 2 workers of 1 thread about", result.Output);
        Assert.Contains("may end it earlier", result.Output);
    }

    [TestMethod]
    public void Measuring_and_replicas_cost_their_share()
    {
        SweepPlan sweep = Sweeping.Read("""
            { "seeds": 1, "recipes": "none", "starts": "adversarial", "data": { "train": 100, "test": 50 }, "architectures": "lenet",
              "training": { "epochs": 10, "measureEvery": 4 }, "randomLabels": { "epochs": 6, "replicas": 3, "measureEvery": 6 } }
            """);
        ImmutableArray<SweepJob> jobs = sweep.Jobs(new("out"));
        var speeds = Workload.All(jobs).ToImmutableDictionary(w => w.Work, _ => new Speed(1, 0.1));
        JobCost start = jobs[0].Cost(speeds), cell = jobs[1].Cost(speeds);
        double evaluation = (100 + 50) * 0.1;
        Assert.AreEqual((1800, 1000), (start.Images, cell.Images));
        Assert.AreEqual((6 * 300) + ((300 + 50) * 0.1) + evaluation, start.Seconds, 1);
        Assert.AreEqual((10 * 100) + (3 * (100 + 50) * 0.1) + evaluation, cell.Seconds, 1);
    }

    [TestMethod]
    public void Workers_share_the_time_and_wait_for_starts()
    {
        SweepJob start = new BoundaryJob("s", 1), cell = new BoundaryJob("c", 2) { Needs = start }, alone = new BoundaryJob("a", 3);
        (SweepJob, JobCost)[] jobs = [(start, new(0, 10)), (alone, new(0, 3)), (cell, new(0, 5))];
        Assert.AreEqual(TimeSpan.FromSeconds(18), JobCost.Together(jobs, 1));
        Assert.AreEqual(TimeSpan.FromSeconds(15), JobCost.Together(jobs, 2), "the cell begins when its start is there");
        Assert.AreEqual(TimeSpan.FromSeconds(8), JobCost.Together(jobs[1..], 1), "a start that is there already is not waited for");
    }

    [TestMethod]
    public void Any_network_is_measured_within_seconds()
    {
        SweepPlan sweep = Sweeping.Read("""{ "seeds": 1, "recipes": ["none", "all"], "starts": "random", "data": "synthetic-color", "architectures": ["mlp-100-100", "resnet50"], "precision": "f32" }""");
        Workload[] seen = [];
        foreach ((Workload work, RunPlan plan, Phase phase) in Workload.All(sweep.Jobs(new("out"))))
        {
            Speed speed = SpeedMeter.Measure(work, plan with { Request = plan.Request with { Threads = 1 } }, phase, CancellationToken.None);
            Assert.IsGreaterThan(0, speed.Training, $"{work}");
            Assert.IsGreaterThanOrEqualTo(0, speed.Measuring, $"{work}");
            seen = [.. seen, work];
        }

        Assert.HasCount(4, seen.Distinct(), "with augmentation and without");
    }
}

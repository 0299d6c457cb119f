using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using BadMinima.Reporting.Tests;

namespace BadMinima.Experiments.Tests;

/// <summary>What `badminima report` writes.</summary>
[TestClass]
public sealed class ReportFolderTests
{
    private static readonly double[] Good = [0.90, 0.91, 0.92], Bad = [0.70, 0.715, 0.725];

    [TestMethod]
    public void Twice_the_same_files()
    {
        using StudyFolder folder = Study.Create();
        folder.Report().Write();
        Dictionary<string, string> first = folder.Files.ToDictionary(f => f, f => folder.Text(f));
        folder.Report().Write();
        CollectionAssert.AreEqual(first.Keys, folder.Files);
        foreach ((string file, string text) in first)
        {
            Assert.AreEqual(text, folder.Text(file), file);
        }

        CollectionAssert.IsSubsetOf(
            new[] { "report.html", "report.md", "claims.json", "tables/claims.csv", "tables/accuracies.csv", "tables/gaps.csv", "tables/momentum.csv", "tables/epochs-to-fit.csv", "tables/starts.csv", "tables/runs.csv" },
            folder.Files);
    }

    [TestMethod]
    public void CSV_files_give_back_the_numbers()
    {
        using StudyFolder folder = Study.Create();
        folder.Report().Write();
        Dictionary<string, string> gap = folder.Rows("gaps").Single(row => row["recipe"] == "l2");
        double[] expected = Study.Expected["l2"];
        foreach ((string name, double value) in new[] { ("gap", expected[0]), ("t", expected[2]), ("p", expected[3]), ("pAdjusted", expected[4]), ("gapLow", expected[5]), ("gapHigh", expected[6]), ("effectSize", expected[7]) })
        {
            Assert.AreEqual(value, double.Parse(gap[name], CultureInfo.InvariantCulture), 1e-9 * Math.Abs(value), name);
        }

        foreach ((string name, double value) in new[] { "tWelch", "degreesOfFreedomWelch", "pWelch", "pWelchAdjusted", "hedgesG" }.Zip(Study.ExpectedWelch["l2"]))
        {
            Assert.AreEqual(value, double.Parse(gap[name], CultureInfo.InvariantCulture), 1e-8 * Math.Abs(value), name);
        }

        Assert.AreEqual("drawn 1000 cnn l2 l2 0.03 0 adversarial 3 0.1 5", string.Join(' ', new[] { "data", "trainImages", "network", "recipe", "regularizers", "learningRate", "momentum", "start", "replicas", "zeroOutRatio", "seeds" }.Select(name => gap[name])));
        Dictionary<string, string>[] runs = folder.Rows("runs");
        Assert.HasCount(5 + 40, runs, "starts and cells");
        Dictionary<string, string> cell = runs.Single(row => row["id"] == folder.Ids[7]);
        Assert.AreEqual("cell 3 0.802 1 10 20000 0.123456789012 13333.3", string.Join(' ', new[] { "kind", "seed", "testAccuracy", "trainAccuracy", "epochsToFit", "imagesSeen", "teraFlop", "imagesPerSecond" }.Select(name => cell[name])));
        Assert.AreEqual("5 10 0", string.Join(' ', new[] { "fittedBy", "epochs", "deviation" }.Select(name => folder.Rows("epochs-to-fit")[0][name])));
        Assert.HasCount(1 + 1 + 3 + 1, folder.Rows("claims"));
    }

    [TestMethod]
    public void Markdown_has_every_table_and_shows_the_charts()
    {
        using StudyFolder folder = Study.Create();
        Report report = folder.Report();
        report.Write();
        string markdown = folder.Text("report.md");
        foreach (string caption in new[] { "Gap: test accuracy", "Momentum and plain SGD", "Accuracies", "Epochs until", "Adversarial starts", "Cost of each run", "Machines", "sweep.json" })
        {
            Assert.Contains($"**{caption}", markdown, caption);
        }

        Assert.Contains("| l2 | 86.3 % | 79.7 % | +6.6 | 5.8 to 7.3 | 11.4 | 0.0002 |", markdown);
        string[] charts = [.. folder.Files.Where(f => f.StartsWith("charts/", StringComparison.Ordinal))];
        Assert.IsGreaterThan(4, charts.Length);
        foreach (string chart in charts)
        {
            Assert.Contains($"](<{chart}>)", markdown, chart);
            string text = folder.Text(chart);
            XElement svg = XElement.Parse(text);
            Assert.IsGreaterThan(100, (double)svg.Attribute("width")!);
            Assert.DoesNotContain("var(", text, chart);
            Assert.Contains("#0072b2", text, "a real color");
        }
    }

    [TestMethod]
    public void A_recipe_is_named_by_what_differs()
    {
        using StudyFolder folder = new();
        folder.AddBoth(new("vanilla", 0.01), Good, Bad);
        folder.AddBoth(new("vanilla", 0.1), Good, Bad);
        folder.AddBoth(new("l2", 0.05), Good, Bad);
        folder.AddBoth(new("all", 0.1, 0.9) { Name = "everything" }, Good, Bad);
        CollectionAssert.AreEqual(new[] { "vanilla, rate 0.01", "vanilla, rate 0.1", "l2", "everything" }, folder.Save().Report().Conditions.Select(c => c.Recipe.Name).Distinct().ToArray());
    }

    [TestMethod]
    [DataRow(new[] { 1, 3, 10 }, new[] { 0.1 }, "gap-replicas")]
    [DataRow(new[] { 3 }, new[] { 0, 0.3 }, "gap-zero-out")]
    [DataRow(new[] { 1, 3 }, new[] { 0, 0.3 }, "gap-replicas gap-zero-out")]
    [DataRow(new[] { 3 }, new[] { 0.1 }, "gap")]
    public void The_gap_is_drawn_over_R_and_q_where_they_vary(int[] replicas, double[] ratios, string expected)
    {
        using StudyFolder folder = new();
        foreach ((int i, double random) in Good.Index())
        {
            folder.Add(new() { Seed = i + 1, Test = random });
            foreach ((int r, double q) in from r in replicas from q in ratios select (r, q))
            {
                folder.Add(new() { Seed = i + 1, Test = Bad[i] - (0.01 * r), Replicas = r, ZeroOut = q });
            }
        }

        folder.Save().Report().Write();
        Assert.AreEqual(expected, string.Join(' ', Charts(folder).Where(c => c.StartsWith("gap", StringComparison.Ordinal))));
    }

    [TestMethod]
    public void The_gap_is_drawn_over_the_effective_rate_where_rates_vary()
    {
        using StudyFolder folder = new();
        folder.AddBoth(new("vanilla", 0.03), Good, Bad);
        folder.AddBoth(new("vanilla", 0.3), Good, Good);
        folder.AddBoth(new("momentum", 0.03, 0.9), Good, Good);
        folder.Save().Report().Write();
        CollectionAssert.IsSubsetOf(new[] { "gap-rate", "accuracy-rate" }, Charts(folder));
        Assert.Contains("0.3", folder.Report().Momentum.Single().Second.Recipe.Name);
    }

    [TestMethod]
    public void What_parts_of_the_step_measured_stands_in_a_table_of_means()
    {
        using StudyFolder folder = Study.Create();
        foreach ((int i, string id) in folder.Ids.Take(5).Index())
        {
            string[] lines = folder.Text("cells", id, "metrics.csv").TrimEnd('\n').Split('\n');
            File.WriteAllText(
                folder.File("cells", id, "metrics.csv"),
                string.Concat(lines.Select((line, epoch) => $"{line},{(epoch == 0 ? "measures" : $"averaging/consensusDistance={epoch * (i + 1)}")}\n")));
        }

        folder.Report().Write();
        Dictionary<string, string> row = folder.Rows("step-measures").Single();
        Assert.AreEqual(("vanilla", "random", "averaging/consensusDistance"), (row["recipe"], row["start"], row["measure"]));
        Assert.AreEqual(("5", "15", "5"), (row["seeds"], row["first"], row["firstEpoch"]), "5, 10, 15, 20, 25 at epoch 5");
        Assert.AreEqual(("60", "20"), (row["last"], row["lastEpoch"]));
        Assert.Contains("## What parts of the step measured", folder.Text("report.md"));
    }

    [TestMethod]
    public void Missing_failed_and_damaged_cells_are_named_and_the_others_count()
    {
        using StudyFolder folder = Study.Create();
        string missing = folder.Ids[0], failed = folder.Ids[1], half = folder.Ids[6], noJson = folder.Ids[12], metrics = folder.Ids[18], config = folder.Ids[30];
        Directory.Delete(folder.File("cells", missing), recursive: true);
        File.Delete(folder.File("cells", failed, "result.json"));
        JobFolder.Fail(folder.File("cells", failed), "The loss is no number any more.");
        File.WriteAllText(folder.File("cells", half, "result.json"), folder.Text("cells", half, "result.json")[..100]);
        File.WriteAllText(folder.File("cells", noJson, "result.json"), folder.Text("cells", noJson, "result.json").Replace("0.905", "90.5"));
        File.AppendAllText(folder.File("cells", metrics, "metrics.csv"), "training,x\n");
        File.WriteAllText(folder.File("cells", config, "config.json"), """{ "settings": { "data": 3 } }""");
        Report report = folder.Report();
        report.Write();
        Assert.HasCount(34, report.Results.Cells);
        CollectionAssert.AreEqual(new[] { missing }, report.Results.Missing.Select(c => c.Id).ToArray());
        CollectionAssert.AreEqual(new[] { failed, half, noJson, metrics, config }, report.Results.Failed.Select(c => c.Cell.Id).ToArray());
        Assert.AreEqual(3, report.Gaps.Single(g => g.Subject == "vanilla").Seeds, "seeds 1 and 2 have no random start, seed 2 no adversarial one");
        Assert.AreEqual(3, report.Gaps.Single(g => g.Subject == "all").Seeds, "seed 3 has no random start, seed 4 no adversarial one");
        string markdown = folder.Text("report.md");
        foreach (string text in new[] { "The loss is no number any more.", "not finished", half, metrics, "Of 40 cells 1 not finished, 5 failed." })
        {
            Assert.Contains(text, markdown);
        }
    }

    [TestMethod]
    public void An_empty_sweep_has_a_report()
    {
        using StudyFolder folder = new();
        folder.List(new());
        folder.Save();
        File.Delete(folder.File("sweep.json"));
        folder.Report().Write();
        Assert.Contains("This sweep has no comparison that concerns it.", folder.Text("report.md"));
        Assert.IsEmpty(folder.Rows("gaps"));
    }

    [TestMethod]
    public void A_thousand_cells_take_seconds()
    {
        using StudyFolder folder = new();
        for (int recipe = 0; recipe < 100; recipe++)
        {
            folder.AddBoth(new("vanilla", 0.001 * (recipe + 1)), [0.90, 0.91, 0.92, 0.93, 0.94], [0.80, 0.815, 0.825, 0.83, 0.84]);
        }

        folder.Save();
        var clock = Stopwatch.StartNew();
        folder.Report().Write();
        Assert.HasCount(100, folder.Rows("gaps"));

        // Not a measurement: what is quadratic takes minutes.
        Assert.IsLessThan(60, clock.Elapsed.TotalSeconds);
    }

    [TestMethod]
    public async Task The_page_looks_right_on_phones_desks_and_paper()
    {
        using StudyFolder folder = Study.Create();
        folder.AddBoth(new("vanilla") { Network = "lenet" }, Good, Bad);
        folder.AddBoth(new("vanilla", 0.3) { Network = "lenet" }, Good, Good);
        folder.List(new("l2") { Network = "lenet", Seed = 4 });
        BoundaryFiles.Write(folder.File("boundary", "seed1"), 1);
        folder.Save().Report().Write();
        await using PageCheck check = await PageCheck.StartAsync();
        IReadOnlyList<string> problems = await check.ProblemsAsync(folder.File("report.html"));
        Assert.IsEmpty(problems, string.Join('\n', problems));
    }

    [TestMethod]
    public void Figures_in_the_folder_are_in_the_report_whoever_made_them()
    {
        using StudyFolder folder = new();
        folder.AddBoth(new(), Good, Bad);
        folder.BoundarySeeds.Add(1);
        folder.BoundarySeeds.Add(2);
        BoundaryFiles.Write(folder.File("boundary", "seed1"), 1);
        BoundaryFiles.Write(folder.File("boundary", "seed9"), 9);
        Report report = folder.Save().Report();
        report.Write();
        CollectionAssert.AreEqual(new[] { 1, 9 }, Figures(report).Figures.Select(b => b.Seed).ToArray());
        CollectionAssert.AreEqual(new[] { 2 }, Figures(report).Open.Select(b => b.Seed).ToArray());
        string markdown = folder.Text("report.md");
        Assert.Contains("](<boundary/seed1/figure.svg>)", markdown);
        Assert.Contains("](<boundary/seed9/figure.svg>)", markdown);
        Assert.Contains("2-D figure seed 2", markdown);
        Assert.AreEqual("3.5", folder.Rows("boundary")[2]["jaggednessOverRandomStart"]);

        File.WriteAllText(folder.File("boundary", "seed9", "result.json"), "{");
        Assert.Contains("result.json", Figures(folder.Report()).Open.Single(f => f.Seed == 9).Why);
    }

    private static BoundaryReport Figures(Report report) => report.Others.OfType<BoundaryReport>().Single();

    private static string[] Charts(StudyFolder folder)
        => [.. folder.Files.Where(f => f.StartsWith("charts/", StringComparison.Ordinal)).Select(f => Path.GetFileNameWithoutExtension(f).Split("-cnn-")[1])];
}

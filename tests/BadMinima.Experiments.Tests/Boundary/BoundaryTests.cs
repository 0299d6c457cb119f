using System.Text.Json;
using System.Xml.Linq;
using BadMinima.MLNet;
using BadMinima.Reporting;
using SkiaSharp;
using TorchSharp;

namespace BadMinima.Experiments.Tests;

/// <summary>`badminima boundary`, with few epochs and a coarse grid.</summary>
[TestClass]
[DoNotParallelize]
public sealed class BoundaryTests : IDisposable
{
    private static readonly BoundarySettings Quick = new()
    {
        Columns = 62,
        Rows = 41,
        RandomStart = Protocol.Paper2D.RandomStart! with { Epochs = 100, LearningRate = 0.1 },
        RandomLabels = BoundarySettings.QuickRandomLabels with { Epochs = 20 },
        Vanilla = Protocol.Paper2D.Vanilla with { Epochs = 100 },
        Regularized = Protocol.Paper2D.Regularized with { Epochs = 60 },
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void The_command_writes_the_figure_twice_and_the_numbers_beside_it()
    {
        File.WriteAllText(_folder.File("notes.txt"), "mine");
        Assert.AreEqual(0, Boundary("--seed", "3", "--points", "20"));
        CollectionAssert.AreEqual(new[] { "figure.png", "figure.svg", "notes.txt", "result.json" }, _folder.Files);

        JsonElement result = Result();
        JsonElement[] panels = [.. result.GetProperty("panels").EnumerateArray()];
        CollectionAssert.AreEqual(
            new[] { "(a) random start, vanilla", "(b) after random labels", "(c) vanilla from (b)", "(d) regularized from (b)" }, panels.Select(p => p.GetProperty("name").GetString()).ToArray());
        CollectionAssert.AreEqual(new[] { 100, 20, 100, 60 }, panels.Select(p => p.GetProperty("epochs").GetInt32()).ToArray());
        Assert.AreEqual(1.0, panels[0].GetProperty("trainAccuracy").GetDouble());
        Assert.AreEqual(1.0, panels[0].GetProperty("jaggedness").GetDouble(), 0.1, "two clouds from a random start: a straight line");
        Assert.AreEqual(0, panels[0].GetProperty("islands").GetInt32());
        Assert.IsLessThan(0.9, panels[1].GetProperty("trainAccuracy").GetDouble(), "(b) is scored on the true labels, or coin flips were fitted in 20 epochs");
        Assert.AreEqual(0.9, panels[3].GetProperty("settings").GetProperty("momentum").GetDouble());
        Assert.AreEqual("3 20", $"{result.GetProperty("settings").GetProperty("seed")} {result.GetProperty("settings").GetProperty("pointsPerClass")}");
        Assert.IsGreaterThan(0, result.GetProperty("seconds").GetDouble());
        Assert.IsGreaterThan(0, result.GetProperty("machine").GetProperty("cores").GetInt32());

        using SKBitmap png = SKBitmap.Decode(_folder.File("figure.png"));
        XElement svg = XElement.Load(_folder.File("figure.svg"));
        Assert.AreEqual((double)svg.Attribute("width")! / (double)svg.Attribute("height")!, (double)png.Width / png.Height, 1e-3);
        Assert.AreEqual(5, svg.Descendants().Count(e => e.Name.LocalName == "image"), "four panels and the color scale");
        Assert.IsGreaterThan(20, png.Pixels.Distinct().Take(100).Count());
    }

    [TestMethod]
    public void One_seed_gives_one_figure_and_a_second_run_replaces_it()
    {
        string[] Numbers() => [.. Result().GetProperty("panels").EnumerateArray().Select(p => $"{p.GetProperty("trainAccuracy")} {p.GetProperty("jaggedness")} {p.GetProperty("islands")}")];
        Assert.AreEqual(0, Boundary("--points", "10"));
        string[] first = Numbers();
        byte[] picture = File.ReadAllBytes(_folder.File("figure.png"));
        Assert.AreEqual(0, Boundary("--points", "10"));
        CollectionAssert.AreEqual(first, Numbers());
        CollectionAssert.AreEqual(picture, File.ReadAllBytes(_folder.File("figure.png")));
        Assert.AreEqual(0, Boundary("--points", "10", "--seed", "2"));
        CollectionAssert.AreNotEqual(first, Numbers());
    }

    [TestMethod]
    public void Two_trainings_at_a_time_give_the_networks_of_one_after_the_other_bit_for_bit()
    {
        int before = torch.get_num_threads();
        Panel[] alone = Panels(threads: 1), together = Panels(threads: 2);
        for (int i = 0; i < alone.Length; i++)
        {
            CollectionAssert.AreEqual(alone[i].LogOdds.Values, together[i].LogOdds.Values, alone[i].Numbers.Name);
            Assert.AreEqual(alone[i].Numbers with { Seconds = 0 }, together[i].Numbers with { Seconds = 0 });
        }

        Assert.AreEqual(before, torch.get_num_threads());

        static Panel[] Panels(int threads) => [.. new BoundaryExperiment(Quick, threads, (_, _) => { }).Run(CancellationToken.None)];
    }

    [TestMethod]
    public void Several_seeds_give_a_folder_each_the_same_as_one_by_one()
    {
        Assert.AreEqual(0, Boundary("--points", "10", "--seed", "4"));
        byte[] alone = File.ReadAllBytes(_folder.File("figure.png"));
        Assert.AreEqual(0, Boundary("--points", "10", "--seeds", "2,4-5"));
        foreach (int seed in new[] { 2, 4, 5 })
        {
            string[] files = [.. Directory.EnumerateFiles(_folder.File($"seed{seed}")).Select(f => Path.GetFileName(f)!).Order()];
            CollectionAssert.AreEqual(new[] { "figure.png", "figure.svg", "result.json" }, files);
        }

        CollectionAssert.AreEqual(alone, File.ReadAllBytes(_folder.File(Path.Combine("seed4", "figure.png"))));
        CollectionAssert.AreNotEqual(alone, File.ReadAllBytes(_folder.File(Path.Combine("seed5", "figure.png"))));
    }

    [TestMethod]
    public void The_table_of_several_figures_ends_with_mean_and_range()
    {
        Table table = BoundaryTables.Of([Figure(seed: 1, 1, 7, 2, 1), Figure(seed: 2, 1, 6, 4, 1.5), Figure(seed: 3, 0, 5, 3, 0)]);
        string[] rows = [.. table.Rows.Select(r => string.Join(' ', r.Take(7)))];
        CollectionAssert.AreEqual(
            new[]
            {
                "1 1.00 7.00 2.00 1.00 2.00 1.00",
                "2 1.00 6.00 4.00 1.50 4.00 1.50",
                "3 0.00 5.00 3.00 0.00 - -",
                "mean 0.67 6.00 3.00 0.83 3.00 1.25",
                "least 0.00 5.00 2.00 0.00 2.00 1.00",
                "most 1.00 7.00 4.00 1.50 4.00 1.50",
            }, rows);

        static BoundaryResult Figure(int seed, params double[] jaggedness) => BoundaryResult.Of(new() { Seed = seed },
            [.. jaggedness.Select((j, i) => new Panel(new($"{i}", 1, j, 0, 1, 1, Recipe.Vanilla), new(Frame.Paper, 2, 2, new float[4]), [], []))], threads: 1, seconds: 1);
    }

    [TestMethod]
    [DataRow("5", "5")]
    [DataRow("1-3", "1 2 3")]
    [DataRow("7,0-1,4", "7 0 1 4")]
    public void Seeds_are_numbers_and_ranges(string list, string seeds) => Assert.AreEqual(seeds, string.Join(' ', SeedList.Parse("--seeds", list)));

    [TestMethod]
    [DataRow("")]
    [DataRow("1,")]
    [DataRow("3-1")]
    [DataRow("-1")]
    [DataRow("1-2-3")]
    [DataRow("one")]
    [DataRow("1 - 3")]
    [DataRow("0-2147483647")]
    public void A_list_that_is_none_is_refused(string list)
        => Assert.Contains($"--seeds is '{list}'; allowed are", Assert.ThrowsExactly<ArgumentException>(() => SeedList.Parse("--seeds", list)).Message);

    [TestMethod]
    public void A_seed_given_twice_is_refused()
    {
        Assert.AreEqual("--seeds is '1-3,2'; seed 2 comes twice.", Assert.ThrowsExactly<ArgumentException>(() => SeedList.Parse("--seeds", "1-3,2")).Message);
        Result both = Command.Run("boundary", "--seed", "1", "--seeds", "1-2", "--out", _folder.File("x"));
        Assert.AreEqual("2 error: --seed and --seeds are given; allowed is one of the two.\n", $"{both.Code} {both.Error}");
    }

    [TestMethod]
    public void Wrong_input_is_said_before_training()
    {
        Result none = Command.Run("boundary", "--points", "0", "--out", _folder.File("x"));
        Assert.AreEqual("2 error: --points is 0; allowed is a whole number from 1 on.\n", $"{none.Code} {none.Error}");
        Result threads = Command.Run("boundary", "--threads", "0", "--out", _folder.File("x"));
        Assert.AreEqual("2 error: --threads is 0; allowed is a whole number from 1 on.\n", $"{threads.Code} {threads.Error}");
        File.WriteAllText(_folder.File("file"), "");
        Result file = Command.Run("boundary", "--out", _folder.File("file"));
        Assert.AreEqual(2, file.Code, file.All);
        Assert.DoesNotContain("epoch", file.All);
    }

    [TestMethod]
    public async Task Interrupted_it_ends_with_130_and_leaves_no_file()
    {
        using Command command = Command.Start(arguments: ["boundary", "--out", _folder.File("x")]);
        await Waiting.Until(() => Directory.Exists(_folder.File("x")));
        await Task.Delay(500);
        command.Interrupt();
        Result result = command.Wait();
        Assert.AreEqual(130, result.Code, result.All);
        Assert.Contains("Interrupted; of the figure at hand nothing was written.", result.Error);
        Assert.IsEmpty(_folder.Files);
    }

    private int Boundary(params string[] arguments) => ConsoleProgram.Run([BoundaryCommand.Create(Quick)], ["boundary", "--out", _folder.FullPath, .. arguments]);

    private JsonElement Result() => JsonDocument.Parse(File.ReadAllText(_folder.File("result.json"))).RootElement;
}

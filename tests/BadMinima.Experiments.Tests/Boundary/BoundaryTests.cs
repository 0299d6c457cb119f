using System.Text.Json;
using System.Xml.Linq;
using BadMinima.MLNet;
using BadMinima.Reporting;
using SkiaSharp;

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
        Assert.AreEqual(5, svg.Descendants().Count(e => e.Name.LocalName == "image"), "four panels and the colour scale");
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
    public void Wrong_input_is_said_before_training()
    {
        Result none = Command.Run("boundary", "--points", "0", "--out", _folder.File("x"));
        Assert.AreEqual("2 error: --points is 0; allowed is a whole number from 1 on.\n", $"{none.Code} {none.Error}");
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
        Assert.Contains("Interrupted; nothing was written.", result.Error);
        Assert.IsEmpty(_folder.Files);
    }

    private int Boundary(params string[] arguments) => ConsoleProgram.Run([BoundaryCommand.Create(Quick)], ["boundary", "--out", _folder.FullPath, .. arguments]);

    private JsonElement Result() => JsonDocument.Parse(File.ReadAllText(_folder.File("result.json"))).RootElement;
}

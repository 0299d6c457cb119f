using System.Text.Json;

namespace BadMinima.Experiments.Tests;

/// <summary>`badminima report` as a command.</summary>
[TestClass]
public sealed class ReportCommandTests
{
    [TestMethod]
    public void It_prints_the_verdicts_or_claims_json()
    {
        using StudyFolder folder = Study.Create();
        Result text = Command.Run("report", folder.FullPath);
        Assert.AreEqual(0, text.Code, text.All);
        Assert.Contains("Supported. Vanilla: gap +8.2 points (+6.9 to +9.5), adjusted p 0.0005, 5 seeds.", text.Output);
        Assert.Contains("40 cells. ", text.Output);
        Result json = Command.Run("report", folder.FullPath, "--json", "--margin", "3", "--confidence", "0.9");
        Assert.AreEqual(0, json.Code, json.All);
        JsonElement rule = JsonDocument.Parse(json.Output).RootElement.GetProperty("rule");
        Assert.AreEqual("3 0.9", $"{rule.GetProperty("margin")} {rule.GetProperty("level")}");
        Assert.AreEqual(json.Output.Trim(), folder.Text("claims.json").Trim());
    }

    [TestMethod]
    [DataRow("--margin", "-1", "--margin is -1; allowed is 0 or more")]
    [DataRow("--margin", "NaN", "--margin is NaN")]
    [DataRow("--confidence", "0", "--confidence is 0; allowed is more than 0 and less than 1")]
    [DataRow("--confidence", "1", "--confidence is 1")]
    [DataRow("--confidence", "much", "much")]
    public void Options_out_of_range_are_refused_before_anything_is_written(string option, string value, string message)
    {
        using StudyFolder folder = Study.Create();
        string[] before = folder.Files;
        Result result = Command.Run("report", folder.FullPath, option, value);
        Assert.AreEqual(2, result.Code, result.All);
        Assert.Contains(message, result.Error);
        CollectionAssert.AreEqual(before, folder.Files);
    }

    [TestMethod]
    public void A_folder_that_is_no_sweeps_and_one_whose_list_is_damaged_are_refused()
    {
        using TemporaryFolder folder = new();
        Result none = Command.Run("report", folder.FullPath);
        Assert.AreEqual(2, none.Code, none.All);
        Assert.Contains("is no sweep's folder", none.Error);
        File.WriteAllText(folder.File("cells.json"), """{ "name": "x", """);
        Result damaged = Command.Run("report", folder.FullPath);
        Assert.AreEqual(2, damaged.Code, damaged.All);
        Assert.Contains("cells.json", damaged.Error);
        CollectionAssert.AreEqual(new[] { "cells.json" }, folder.Files);
    }
}

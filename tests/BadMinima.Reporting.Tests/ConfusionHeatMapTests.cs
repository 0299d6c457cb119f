using System.Xml.Linq;

namespace BadMinima.Reporting.Tests;

[TestClass]
public sealed class ConfusionHeatMapTests
{
    private static readonly double[][] Counts = [[8, 2, 0], [1, 3, 0], [0, 0, 0]];

    [TestMethod]
    public void Recall_is_each_classes_share_of_its_row()
    {
        ConfusionHeatMap map = new("Test set", ["cat", "dog", "frog"], Counts);
        Assert.AreEqual(0.8, map.Recall[0], 1e-12);
        Assert.AreEqual(0.75, map.Recall[1], 1e-12);
        Assert.IsTrue(double.IsNaN(map.Recall[2]));
    }

    [TestMethod]
    public void Rows_are_headed_by_their_class_and_end_with_its_recall()
    {
        XElement body = XElement.Parse(new ConfusionHeatMap("Test set", ["cat", "dog", "frog"], Counts).ToHtml()).Descendants("tbody").Single();
        string[] rows = [.. body.Elements("tr").Select(row => string.Join(" | ", row.Elements().Select(cell => cell.Value)))];
        string[] expected = ["cat | 8 | 2 | 0 | 80.0 %", "dog | 1 | 3 | 0 | 75.0 %", "frog | 0 | 0 | 0 | –"];
        CollectionAssert.AreEqual(expected, rows);
        Assert.IsTrue(body.Descendants("th").All(head => (string?)head.Attribute("scope") == "row"));
    }

    [TestMethod]
    public void Shades_are_shares_of_the_row()
    {
        XElement html = XElement.Parse(new ConfusionHeatMap("Test set", ["cat", "dog", "frog"], Counts).ToHtml());
        string?[] shades = [.. html.Descendants("td").Select(cell => (string?)cell.Attribute("style")).OfType<string>()];
        CollectionAssert.AreEqual(new[] { 80, 20, 0, 25, 75, 0, 0, 0, 0 }.Select(share => $"--share: {share}").ToArray(), shades);
    }

    [TestMethod]
    public void Counts_that_are_no_square_of_counts_are_refused()
    {
        Assert.Contains("2 classes, but 1 rows", Assert.ThrowsExactly<ArgumentException>(() => new ConfusionHeatMap("m", ["a", "b"], [[1, 2]])).Message);
        Assert.Contains("row 1 has 1 cells", Assert.ThrowsExactly<ArgumentException>(() => new ConfusionHeatMap("m", ["a", "b"], [[1, 2], [1]])).Message);
        Assert.Contains("negative", Assert.ThrowsExactly<ArgumentException>(() => new ConfusionHeatMap("m", ["a"], [[-1]])).Message);
    }
}

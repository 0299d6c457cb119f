using System.Xml.Linq;

namespace BadMinima.Reporting.Tests;

[TestClass]
public sealed class TableTests
{
    private static readonly Table Gaps = new("Gaps | all",
        [
            Column.Text("Recipe"), Column.Number("Gap"), Column.Number("95 % interval") with { IsExported = false }, Column.Number("low") with { IsShown = false },
        ],
        [
            ["l2, \"coupled\"", Cell.Number(1.0 / 3, "0.0"), "0.1 to 0.5", Cell.Number(-1e-20, "0.0")],
            ["a\nb", Cell.Number(double.NaN, "0.0"), "", Cell.Number(1e300, "0")],
        ])
    {
        Note = "Over 5 seeds.",
    };

    [TestMethod]
    public void Csv_holds_numbers_at_full_precision_and_quotes_as_RFC_4180_does()
    {
        Assert.AreEqual("Recipe,Gap,low\r\n\"l2, \"\"coupled\"\"\",0.3333333333333333,-1E-20\r\n\"a\nb\",,1E+300\r\n", Gaps.ToCsv());
    }

    [TestMethod]
    public void Csv_of_texts_is_the_texts()
    {
        Assert.AreEqual("a,b\r\nx,84.2 %\r\n", new Table("t", [Column.Text("a"), Column.Number("b")], [["x", "84.2 %"]]).ToCsv());
    }

    [TestMethod]
    public void Markdown_shows_what_readers_see()
    {
        Assert.AreEqual(
            "**Gaps \\| all**\n\n| Recipe | Gap | 95 % interval |\n| --- | ---: | ---: |\n| l2, \"coupled\" | 0.3 | 0.1 to 0.5 |\n| a b | – |  |\n\nOver 5 seeds.",
            Gaps.ToMarkdown());
    }

    [TestMethod]
    public void A_page_shows_what_readers_see_in_a_box_that_keys_can_scroll()
    {
        XElement figure = XElement.Parse(Gaps.ToHtml());
        Assert.AreEqual("Recipe|Gap|95 % interval", string.Join('|', figure.Descendants("thead").Descendants("th").Select(head => head.Value)));
        Assert.AreEqual("l2, \"coupled\"|0.3|0.1 to 0.5", string.Join('|', figure.Descendants("tbody").Elements("tr").First().Elements().Select(cell => cell.Value)));
        XElement box = figure.Descendants("table").Single().Parent!;
        Assert.AreEqual("scroll 0 Gaps | all", $"{(string?)box.Attribute("class")} {(string?)box.Attribute("tabindex")} {(string?)box.Attribute("aria-label")}");
        Assert.AreEqual("Over 5 seeds.", figure.Elements("p").Single().Value);
    }

    [TestMethod]
    public void The_console_shows_what_readers_see()
    {
        TestTerminal terminal = new(isTerminal: false);
        ConsoleTable.Write(Gaps, terminal.Console());
        Assert.Contains("95 % interval", terminal.Text);
        Assert.DoesNotContain("low", terminal.Text);
    }

    [TestMethod]
    public void A_table_that_shows_nothing_is_refused()
    {
        Assert.Contains("shows none of its 1 columns", Assert.ThrowsExactly<ArgumentException>(() => new Table("t", [Column.Text("a") with { IsShown = false }], [["x"]])).Message);
        Assert.Contains("row 0 has 1 cells", Assert.ThrowsExactly<ArgumentException>(() => new Table("t", [Column.Text("a"), Column.Text("b")], [["x"]])).Message);
    }
}

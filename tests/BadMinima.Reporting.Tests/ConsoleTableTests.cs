namespace BadMinima.Reporting.Tests;

[TestClass]
public sealed class ConsoleTableTests
{
    [TestMethod]
    public void The_results_table_fits_80_columns_of_plain_text_with_every_cell_whole()
    {
        TestTerminal log = new(isTerminal: false);
        Table table = SampleReport.ResultTable();
        ConsoleTable.Write(table, log.Console());

        Assert.IsTrue(log.Lines.All(line => line.Length <= 80), log.Text);
        Assert.DoesNotContain('\e', log.Text);
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            Assert.IsTrue(log.Lines.Any(line => row.All(line.Contains)), $"{string.Join(" ", row)} is in no line of{log.Text}");
        }
    }

    [TestMethod]
    public void A_table_too_wide_for_80_columns_wraps_within_its_cells()
    {
        TestTerminal log = new(isTerminal: false);
        string words = string.Join(' ', Enumerable.Range(100, 40));
        ConsoleTable.Write(new Table("Wide", [Column.Text("a"), Column.Text("b")], [[words, words]]), log.Console());

        Assert.IsTrue(log.Lines.All(line => line.Length <= 80), log.Text);
        Assert.IsTrue(Enumerable.Range(100, 40).All(word => log.Text.Split(word.ToString()).Length == 3), log.Text);
    }

    [TestMethod]
    public void Markup_in_cells_is_text()
    {
        TestTerminal log = new(isTerminal: false);
        ConsoleTable.Write(new Table("[red]caption[/]", [Column.Text("[bold]")], [["[x"]]), log.Console());
        Assert.Contains("[red]caption[/]", log.Text);
        Assert.Contains("[bold]", log.Text);
        Assert.Contains("[x", log.Text);
    }

    [TestMethod]
    public void A_row_of_another_length_is_refused()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => new Table("Runs", [Column.Text("a"), Column.Text("b")], [["1", "2"], ["3"]]));
        Assert.Contains("'Runs' has 2 columns, but row 1 has 1 cells", error.Message);
    }
}

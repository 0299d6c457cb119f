using Spectre.Console;
using SpectreColumn = Spectre.Console.TableColumn;
using SpectreTable = Spectre.Console.Table;

namespace BadMinima.Reporting;

/// <summary>A <see cref="Table"/> on the console, as readable in a log file as on a terminal.</summary>
public static class ConsoleTable
{
    /// <summary>
    /// Writes the caption, the heads and the rows within the console's width (80 columns in a file); what is too long wraps within its
    /// cell.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="console">Where to write; by default the standard output.</param>
    public static void Write(Table table, IAnsiConsole? console = null)
    {
        ArgumentNullException.ThrowIfNull(table);

        SpectreTable drawn = new() { Border = TableBorder.Simple, UseSafeBorder = true };
        foreach (Column column in table.Shown.Select(i => table.Columns[i]))
        {
            drawn.AddColumn(new SpectreColumn(new Text(column.Head, new Style(decoration: Decoration.Bold)))
            {
                Alignment = column.IsNumber ? Justify.Right : Justify.Left,

                // Two spaces between columns in place of three leave room for one more within 80.
                Padding = new Padding(1, 0, 0, 0),
            });
        }

        foreach (IReadOnlyList<string> row in table.Rows)
        {
            drawn.AddRow(table.Shown.Select(i => new Text(row[i])));
        }

        console ??= AnsiConsole.Console;
        console.WriteLine();
        console.WriteLine($" {table.Caption}");
        console.Write(drawn);
    }
}

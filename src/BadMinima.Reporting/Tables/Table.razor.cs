using System.Runtime.CompilerServices;

namespace BadMinima.Reporting;

/// <summary>
/// A table of formatted values, for a page, as Markdown, as CSV and, through <see cref="ConsoleTable"/>, for the console. Its first column
/// names the rows.
/// </summary>
public sealed partial class Table : Block
{
    /// <summary>A table of texts.</summary>
    /// <param name="caption">What the table shows.</param>
    /// <param name="columns">At least one column.</param>
    /// <param name="rows">Rows of cells, each as long as there are columns.</param>
    /// <exception cref="ArgumentException">No caption, no column that is shown, or a row of another length.</exception>
    public Table(string caption, IReadOnlyList<Column> columns, IReadOnlyList<IReadOnlyList<string>> rows)
        : this(caption, columns, rows?.Select(row => (IReadOnlyList<Cell>)[.. row.Select(text => new Cell(text))]).ToArray()!)
    {
    }

    /// <summary>A table of cells that carry numbers beside their texts.</summary>
    /// <param name="caption">What the table shows.</param>
    /// <param name="columns">At least one column.</param>
    /// <param name="rows">Rows of cells, each as long as there are columns; a string is a cell too.</param>
    /// <exception cref="ArgumentException">No caption, no column that is shown, or a row of another length.</exception>
    // Rows written out in place fit both constructors; the priority decides.
    [OverloadResolutionPriority(1)]
    public Table(string caption, IReadOnlyList<Column> columns, IReadOnlyList<IReadOnlyList<Cell>> rows)
    {
        ArgumentException.ThrowIfNullOrEmpty(caption);
        RowsOf.Length(columns, rows, caption);
        if (!columns.Any(column => column.IsShown))
        {
            throw new ArgumentException($"'{caption}' shows none of its {columns.Count} columns; show at least one.", nameof(columns));
        }

        Caption = caption;
        Columns = columns;
        Cells = rows;
        Rows = [.. rows.Select(row => (string[])[.. row.Select(cell => cell.Text)])];
        Shown = [.. Enumerable.Range(0, columns.Count).Where(i => columns[i].IsShown)];
    }

    /// <summary>What the table shows.</summary>
    public string Caption { get; }

    /// <summary>The columns, those that only CSV has included.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>The cells, a row after the other from the top.</summary>
    public IReadOnlyList<IReadOnlyList<Cell>> Cells { get; }

    /// <summary>The texts of <see cref="Cells"/>.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows { get; }

    /// <summary>A line below the table, for example how many seeds stand behind it; by default none.</summary>
    public string? Note { get; init; }

    /// <summary>The places of the columns that readers see.</summary>
    internal IReadOnlyList<int> Shown { get; }

    /// <summary>
    /// The table as CSV (RFC 4180, lines end with CR LF), a line of heads first: of each cell its number in invariant notation at full
    /// precision, or its text where
    /// it has none; an unknown number is empty.
    /// </summary>
    /// <returns>The text of a file.</returns>
    public string ToCsv()
    {
        int[] exported = [.. Enumerable.Range(0, Columns.Count).Where(i => Columns[i].IsExported)];
        return Csv.Of(Cells.Select(row => exported.Select(i => row[i].Value is double value ? Csv.Number(value) : row[i].Text))
            .Prepend(exported.Select(i => Columns[i].Name ?? Columns[i].Head)));
    }

    /// <summary>The caption, the table, and the note below it.</summary>
    /// <inheritdoc/>
    public override string ToMarkdown()
    {
        string table = Markdown.Table(Caption, [.. Shown.Select(i => Columns[i])], Rows.Select(row => Shown.Select(i => row[i])));
        return Note is null ? table : $"{table}\n\n{Markdown.Text(Note)}";
    }

    private static string? Class(Column column) => column.IsNumber ? "number" : null;
}

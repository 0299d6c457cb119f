namespace BadMinima.Reporting;

/// <summary>A table of formatted values, for a page and, through <see cref="ConsoleTable"/>, for the console. Its first column names the rows.</summary>
public sealed partial class Table : Block
{
    /// <summary>A table.</summary>
    /// <param name="caption">What the table shows.</param>
    /// <param name="columns">At least one column.</param>
    /// <param name="rows">Rows of cells, each as long as there are columns.</param>
    /// <exception cref="ArgumentException">No caption, no columns, or a row of another length.</exception>
    public Table(string caption, IReadOnlyList<Column> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        ArgumentException.ThrowIfNullOrEmpty(caption);
        RowsOf.Length(columns, rows, caption);
        Caption = caption;
        Columns = columns;
        Rows = rows;
    }

    /// <summary>What the table shows.</summary>
    public string Caption { get; }

    /// <summary>The columns.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>The rows, from the top.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows { get; }

    private static string? Class(Column column) => column.IsNumber ? "number" : null;
}

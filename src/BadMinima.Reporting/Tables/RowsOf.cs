namespace BadMinima.Reporting;

/// <summary>The guard that tables share: rows are as long as the table is wide.</summary>
internal static class RowsOf
{
    public static void Length<THead, TCell>(IReadOnlyList<THead> heads, IReadOnlyList<IReadOnlyList<TCell>> rows, string caption)
    {
        ArgumentNullException.ThrowIfNull(heads);
        ArgumentNullException.ThrowIfNull(rows);
        if (heads.Count == 0)
        {
            throw new ArgumentException($"'{caption}' has no columns; give at least one.", nameof(heads));
        }

        for (int i = 0; i < rows.Count; i++)
        {
            if (rows[i].Count != heads.Count)
            {
                throw new ArgumentException($"'{caption}' has {heads.Count} columns, but row {i} has {rows[i].Count} cells.", nameof(rows));
            }
        }
    }
}

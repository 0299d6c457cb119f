namespace BadMinima.Experiments;

/// <summary>A function on a rectangle, known at the nodes of a regular grid that has nodes on all four sides.</summary>
/// <param name="Frame">The rectangle.</param>
/// <param name="Columns">Nodes from left to right, at least 2.</param>
/// <param name="Rows">Nodes from bottom to top, at least 2.</param>
/// <param name="Values">Row after row from the bottom, each from the left.</param>
internal sealed record Field(Frame Frame, int Columns, int Rows, float[] Values)
{
    public float this[int column, int row] => Values[row * Columns + column];

    /// <summary>Whether a node belongs to class 1.</summary>
    public bool IsPositive(int column, int row) => this[column, row] > 0;

    /// <summary>The nodes of a grid, in the order of <see cref="Values"/>.</summary>
    public static IEnumerable<(double X, double Y)> Nodes(Frame frame, int columns, int rows)
        => from row in Enumerable.Range(0, rows)
           from column in Enumerable.Range(0, columns)
           select (frame.Left + frame.Width * column / (columns - 1), frame.Bottom + frame.Height * row / (rows - 1));
}

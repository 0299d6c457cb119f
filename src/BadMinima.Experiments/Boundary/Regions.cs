namespace BadMinima.Experiments;

/// <summary>The connected regions into which a field's sign divides its rectangle.</summary>
internal static class Regions
{
    /// <summary>Regions of a separation by one line: more of them are islands.</summary>
    private const int Separated = 2;

    /// <summary>
    /// How many there are, of both signs together: largest sets of grid nodes of one sign (more than 0, or not) in which one gets from each
    /// node to each other in steps to the neighbor to the left, right, above or below. What lies between the nodes is not seen, and what
    /// is connected only outside the rectangle counts as separate.
    /// </summary>
    public static int Count(Field field)
    {
        bool[] seen = new bool[field.Values.Length];
        Stack<(int Column, int Row)> open = [];
        int regions = 0;
        foreach ((int column, int row) in
            from row in Enumerable.Range(0, field.Rows) from column in Enumerable.Range(0, field.Columns) select (column, row))
        {
            if (Visit(column, row, field.IsPositive(column, row)))
            {
                regions++;
                Fill(field.IsPositive(column, row));
            }
        }

        return regions;

        void Fill(bool sign)
        {
            while (open.TryPop(out (int Column, int Row) node))
            {
                Visit(node.Column - 1, node.Row, sign);
                Visit(node.Column + 1, node.Row, sign);
                Visit(node.Column, node.Row - 1, sign);
                Visit(node.Column, node.Row + 1, sign);
            }
        }

        bool Visit(int column, int row, bool sign)
        {
            if (column < 0 || column >= field.Columns || row < 0 || row >= field.Rows || seen[row * field.Columns + column]
                || field.IsPositive(column, row) != sign)
            {
                return false;
            }

            seen[row * field.Columns + column] = true;
            open.Push((column, row));
            return true;
        }
    }

    /// <summary>Regions beyond the two of a separation by one line; 0 also where there is but one.</summary>
    public static int Islands(Field field) => Math.Max(0, Count(field) - Separated);
}

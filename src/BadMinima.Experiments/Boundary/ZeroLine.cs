namespace BadMinima.Experiments;

/// <summary>
/// The line on which a field is 0, by marching squares: straight pieces between the points at which linear interpolation along the sides of
/// the grid's cells gives 0. Where a cell has four such points (a saddle), the mean of its corners decides which corners belong together.
/// </summary>
internal static class ZeroLine
{
    /// <summary>The pieces, cell after cell, in the field's coordinates. None where the field has one sign.</summary>
    public static List<Piece> Of(Field field)
    {
        List<Piece> pieces = [];
        for (int row = 0; row < field.Rows - 1; row++)
        {
            for (int column = 0; column < field.Columns - 1; column++)
            {
                AddCell(field, column, row, pieces);
            }
        }

        return pieces;
    }

    /// <summary>The length of all pieces together.</summary>
    public static double Length(IEnumerable<Piece> pieces) => pieces.Sum(p => double.Hypot(p.X2 - p.X1, p.Y2 - p.Y1));

    private static void AddCell(Field field, int column, int row, List<Piece> pieces)
    {
        // Corners against the clock from the lower left; side i goes from corner i to the next.
        ReadOnlySpan<(int Column, int Row)> corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)];
        Span<(double X, double Y)> crossings = stackalloc (double, double)[4];
        Span<bool> crossed = stackalloc bool[4];
        int count = 0;
        for (int side = 0; side < 4; side++)
        {
            ((int Column, int Row) from, (int Column, int Row) to) = (corners[side], corners[(side + 1) % 4]);
            crossed[side] = field.IsPositive(from.Column, from.Row) != field.IsPositive(to.Column, to.Row);
            if (crossed[side])
            {
                crossings[side] = Crossing(field, from, to);
                count++;
            }
        }

        if (count == 4)
        {
            float mean = (field[column, row] + field[column + 1, row] + field[column + 1, row + 1] + field[column, row + 1]) / 4;
            bool lowerLeftReachesUpperRight = mean > 0 == field.IsPositive(column, row);
            (int first, int second) = lowerLeftReachesUpperRight ? (1, 3) : (3, 1);
            pieces.Add(Between(crossings[0], crossings[first]));
            pieces.Add(Between(crossings[2], crossings[second]));
        }
        else if (count == 2)
        {
            pieces.Add(Between(crossings[crossed.IndexOf(true)], crossings[crossed.LastIndexOf(true)]));
        }
    }

    private static (double X, double Y) Crossing(Field field, (int Column, int Row) from, (int Column, int Row) to)
    {
        double start = field[from.Column, from.Row];
        double share = start / (start - field[to.Column, to.Row]);
        return (field.Frame.Left + field.Frame.Width * (from.Column + share * (to.Column - from.Column)) / (field.Columns - 1),
            field.Frame.Bottom + field.Frame.Height * (from.Row + share * (to.Row - from.Row)) / (field.Rows - 1));
    }

    private static Piece Between((double X, double Y) from, (double X, double Y) to) => new(from.X, from.Y, to.X, to.Y);

    /// <summary>A straight piece.</summary>
    internal readonly record struct Piece(double X1, double Y1, double X2, double Y2);
}

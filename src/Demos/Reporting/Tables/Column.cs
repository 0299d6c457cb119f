namespace BadMinima.Reporting;

/// <summary>A column of a <see cref="Table"/>.</summary>
/// <param name="Head">Its head.</param>
/// <param name="IsNumber">Whether its cells are numbers: those stand to the right, digit below digit.</param>
public sealed record Column(string Head, bool IsNumber)
{
    /// <summary>A column of words.</summary>
    /// <param name="head">Its head.</param>
    /// <returns>The column.</returns>
    public static Column Text(string head) => new(head, IsNumber: false);

    /// <summary>A column of numbers; give every cell the same decimals.</summary>
    /// <param name="head">Its head.</param>
    /// <returns>The column.</returns>
    public static Column Number(string head) => new(head, IsNumber: true);
}

namespace BadMinima.Reporting;

/// <summary>A column of a <see cref="Table"/>.</summary>
/// <param name="Head">Its head.</param>
/// <param name="IsNumber">Whether its cells are numbers: those stand to the right, digit below digit.</param>
public sealed record Column(string Head, bool IsNumber)
{
    /// <summary>What programs call it, its head in CSV; by default what readers do.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Whether readers see it, on pages, in Markdown and on the console. A column for programs alone, as the ends of an interval, is in CSV
    /// only.
    /// </summary>
    public bool IsShown { get; init; } = true;

    /// <summary>Whether it is in CSV. A column for readers alone, as an interval written "83.1 to 85.3", is not.</summary>
    public bool IsExported { get; init; } = true;

    /// <summary>A column of words.</summary>
    /// <param name="head">Its head.</param>
    /// <returns>The column.</returns>
    public static Column Text(string head) => new(head, IsNumber: false);

    /// <summary>A column of numbers; give every cell the same decimals.</summary>
    /// <param name="head">Its head.</param>
    /// <returns>The column.</returns>
    public static Column Number(string head) => new(head, IsNumber: true);
}

namespace BadMinima.Reporting;

/// <summary>
/// A cell of a <see cref="Table"/>: what a reader sees, and the number behind it for programs that read the table as CSV.
/// </summary>
/// <param name="Text">What a reader sees, for example "84.2 %".</param>
/// <param name="Value">
/// The number at full precision, for example 0.84213; none in a cell of words. One that is not a number is empty in CSV.
/// </param>
public readonly record struct Cell(string Text, double? Value = null)
{
    /// <summary>A cell of words, the same for readers and programs.</summary>
    /// <param name="text">The words.</param>
    public static implicit operator Cell(string text) => new(text);

    /// <summary>A cell of a number.</summary>
    /// <param name="value">The number; one that is not finite is shown as "–".</param>
    /// <param name="format">A .NET number format, for example "0.0 %".</param>
    /// <returns>The cell.</returns>
    public static Cell Number(double value, string format) => new(double.IsFinite(value) ? value.ToString(format) : "–", value);
}

namespace BadMinima.Reporting;

/// <summary>What charts share about ranges around values: the guard, and how they are said.</summary>
internal static class ErrorRange
{
    /// <summary>Refuses ranges that are not one per value, or that end before they begin.</summary>
    public static void Check(string caption, string name, string what, IReadOnlyList<(double Low, double High)>? ranges, int values)
    {
        if (ranges is null)
        {
            return;
        }

        if (ranges.Count != values)
        {
            throw new ArgumentException(
                $"The chart '{caption}' has {values} values of '{name}', but {ranges.Count} ranges in {what}; give one per value.");
        }

        if (ranges.FirstOrDefault(range => range.Low > range.High) is { Low: var low, High: var high } && low > high)
        {
            throw new ArgumentException(
                $"The chart '{caption}' has a range from {low} to {high} in {what} of '{name}'; give the lower end first.");
        }
    }

    /// <summary>Whether there is a range at <paramref name="index"/>.</summary>
    public static bool Has(IReadOnlyList<(double Low, double High)>? ranges, int index) =>
        ranges is not null && double.IsFinite(ranges[index].Low) && double.IsFinite(ranges[index].High);

    /// <summary>A value and, where it has one, its range.</summary>
    public static string Text(double value, IReadOnlyList<(double Low, double High)>? ranges, int index, string format) =>
        !double.IsFinite(value) ? "–"
        : !Has(ranges, index) ? value.ToString(format)
        : $"{value.ToString(format)} ({ranges![index].Low.ToString(format)} to {ranges[index].High.ToString(format)})";
}

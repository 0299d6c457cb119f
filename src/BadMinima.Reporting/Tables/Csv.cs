using System.Text;

namespace BadMinima.Reporting;

/// <summary>
/// Comma-separated values as RFC 4180 has them: lines end with CR LF, and a field with a comma, a quote or a line break stands in quotes.
/// </summary>
internal static class Csv
{
    public static string Of(IEnumerable<IEnumerable<string>> lines)
    {
        StringBuilder text = new();
        foreach (IEnumerable<string> line in lines)
        {
            text.AppendJoin(',', line.Select(Field)).Append("\r\n");
        }

        return text.ToString();
    }

    /// <summary>The number in as few digits as give it back exactly; nothing where it is none.</summary>
    public static string Number(double value)
        => double.IsNaN(value) ? "" : value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    private static string Field(string value) => value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"")}\"";
}

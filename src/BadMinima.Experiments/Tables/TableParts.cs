using System.Globalization;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>What the report's tables share: columns and cells, each with a name and a number for programs.</summary>
internal static class TableParts
{
    private const string Unknown = "–";

    /// <summary>Columns that say in which setting something was measured: where all rows say the same, the note does, once.</summary>
    private static readonly string[] Settings = [
        "Data", "Images", "Network", "Start", "R", "q", "Seeds", "Seed", "Threads", "Labels", "Fitted by"];

    // The section's title says it.
    private static readonly string[] InTitle = ["Data", "Images", "Network"];

    /// <summary>
    /// A table for readers and programs, without what is the same in every row, and for readers without columns that are empty.
    /// </summary>
    public static Table Lean(string caption, IReadOnlyList<Column> columns, IEnumerable<IReadOnlyList<Cell>> rows, string note)
    {
        IReadOnlyList<Cell>[] all = [.. rows];
        List<string> shared = [];
        Column[] lean =
        [
            .. columns.Select((column, i) =>
            {
                string? same = all.Length > 0 && all.All(row => row[i].Text == all[0][i].Text) ? all[0][i].Text : null;
                if (!column.IsShown || same is null || !(Settings.Contains(column.Head) || same.Length == 0))
                {
                    return column;
                }

                if (same.Length > 0 && !InTitle.Contains(column.Head))
                {
                    shared.Add($"{(column.Head.Length == 1 ? column.Head : column.Head.ToLowerInvariant())} {same}");
                }

                return column with { IsShown = false };
            }),
        ];
        return new(caption, lean, all) { Note = shared.Count == 0 ? note : $"In every row: {string.Join(", ", shared)}. {note}" };
    }

    public static Column Text(string head, string name) => Column.Text(head) with { Name = name };

    public static Column Number(string head, string name) => Column.Number(head) with { Name = name };

    /// <summary>A column for programs alone.</summary>
    public static Column Hidden(string name) => Column.Text(name) with { IsShown = false };

    /// <summary>One column for readers, and two of numbers for programs.</summary>
    public static Column[] IntervalColumns(string name, double level) =>
        [Column.Number($"{100 * level:0.##} % interval") with { IsExported = false }, Hidden($"{name}Low"), Hidden($"{name}High")];

    public static Cell[] Cells(Interval? known, string format)
    {
        // What rounds to 0 has no sign.
        string signed = $"{format};-{format};{format}";
        return known is { } interval
            ? [$"{interval.Lower.ToString(signed)} to {interval.Upper.ToString(signed)}", Number(interval.Lower), Number(interval.Upper)]
            : [Unknown, Missing, Missing];
    }

    /// <summary>A number for programs.</summary>
    public static Cell Number(double? value)
        => value is { } known ? new(known.ToString("R", CultureInfo.InvariantCulture), known) : Missing;

    public static Cell Number(double? number, string format) => number is { } known ? Cell.Number(known, format) : Missing;

    public static Cell Count(long? count) => Number(count, "N0");

    public static Cell Share(double? share) => Number(share, "0.0 %");

    public static Cell Points(double? points) => points is { } known ? new(known.ToString("+0.0;-0.0;0.0"), known) : Missing;

    public static Cell P(double? p) => p is { } known ? new(known < 0.0001 ? "< 0.0001" : known.ToString("0.0000"), known) : Missing;

    private static Cell Missing => new(Unknown, double.NaN);
}

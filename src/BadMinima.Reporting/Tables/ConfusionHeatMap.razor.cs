namespace BadMinima.Reporting;

/// <summary>
/// A confusion matrix as a table whose cells are the darker, the larger their share of the row; the last column is the recall of each
/// class.
/// </summary>
public sealed partial class ConfusionHeatMap : Block
{
    /// <summary>A confusion matrix.</summary>
    /// <param name="caption">Whose it is.</param>
    /// <param name="classes">The names of the classes.</param>
    /// <param name="counts">
    /// Examples per class: a row per true class, in it a count per predicted class (the order of ML.NET's ConfusionMatrix.Counts).
    /// </param>
    /// <exception cref="ArgumentException">Counts that are not classes x classes, or a count that is negative or not finite.</exception>
    public ConfusionHeatMap(string caption, IReadOnlyList<string> classes, IReadOnlyList<IReadOnlyList<double>> counts)
    {
        ArgumentException.ThrowIfNullOrEmpty(caption);
        RowsOf.Length(classes, counts, caption);
        if (counts.Count != classes.Count)
        {
            throw new ArgumentException(
                $"'{caption}' has {classes.Count} classes, but {counts.Count} rows of counts; give one row per class.", nameof(counts));
        }

        if (counts.SelectMany(row => row).Any(count => !double.IsFinite(count) || count < 0))
        {
            throw new ArgumentException(
                $"'{caption}' has a count that is negative or not finite; counts are numbers of examples.", nameof(counts));
        }

        Caption = caption;
        Classes = classes;
        Counts = counts;
        Recall = [.. counts.Select((row, i) => row[i] / row.Sum())];
    }

    /// <summary>Whose matrix it is.</summary>
    public string Caption { get; }

    /// <summary>The names of the classes.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Examples: a row per true class, in it a count per predicted class.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Counts { get; }

    /// <summary>Per class the share of its examples that was recognized, 0 .. 1; not a number for a class without examples.</summary>
    public IReadOnlyList<double> Recall { get; }

    /// <inheritdoc/>
    public override string ToMarkdown() => Markdown.Table(
        Caption,
        [Column.Text("true \\ predicted"), .. Classes.Select(Column.Number), Column.Number("recall")],
        Counts.Select((row, i) => (string[])[Classes[i], .. row.Select(count => count.ToString("0")), RecallText(i)]));

    private int Percent(int row, int column)
    {
        double total = Counts[row].Sum();
        return total == 0 ? 0 : (int)Math.Round(100 * Counts[row][column] / total);
    }

    // The shades of page.css are so chosen that black and white text swap places at 65 %, in light and in dark mode: contrast never falls
    // below 4.5.
    private string? Class(int row, int column) => Counts[row][column] == 0 ? "none" : Percent(row, column) >= 65 ? "strong" : null;

    private string RecallText(int row) => double.IsNaN(Recall[row]) ? "–" : Recall[row].ToString("0.0 %");
}

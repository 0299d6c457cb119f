namespace BadMinima.Reporting;

/// <summary>Small images in rows and columns, shown with their pixels visible, each with a caption below it.</summary>
public sealed partial class ImageGrid : Block
{
    /// <summary>A grid of images.</summary>
    /// <param name="caption">What the grid shows.</param>
    /// <param name="heads">A head per column.</param>
    /// <param name="rows">Rows of images, each as long as there are heads.</param>
    /// <exception cref="ArgumentException">A row of another length.</exception>
    public ImageGrid(string caption, IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<GridImage>> rows)
    {
        ArgumentException.ThrowIfNullOrEmpty(caption);
        RowsOf.Length(heads, rows, caption);
        Caption = caption;
        Heads = heads;
        Rows = rows;
    }

    /// <summary>What the grid shows.</summary>
    public string Caption { get; }

    /// <summary>A head per column.</summary>
    public IReadOnlyList<string> Heads { get; }

    /// <summary>Rows of images.</summary>
    public IReadOnlyList<IReadOnlyList<GridImage>> Rows { get; }

    /// <summary>The captions of the images in their grid.</summary>
    /// <inheritdoc/>
    public override string ToMarkdown()
        => Markdown.Table(Caption, [.. Heads.Select(Column.Text)], Rows.Select(row => row.Select(image => image.Caption)));

    private static string Alternative(GridImage image, string head) => image.Alternative ?? $"{head}: {image.Caption}";
}

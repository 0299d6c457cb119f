namespace BadMinima.Reporting;

/// <summary>A paragraph of text.</summary>
/// <param name="text">The text.</param>
public sealed partial class Paragraph(string text) : Block
{
    /// <summary>The text.</summary>
    public string Text { get; } = text;

    /// <inheritdoc/>
    public override string ToMarkdown() => Markdown.Text(Text);
}

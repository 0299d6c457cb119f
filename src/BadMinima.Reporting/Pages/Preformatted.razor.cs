namespace BadMinima.Reporting;

/// <summary>Text whose lines and spaces are kept, for example a configuration in JSON.</summary>
/// <param name="caption">What the text is.</param>
/// <param name="text">The text.</param>
public sealed partial class Preformatted(string caption, string text) : Block
{
    /// <summary>What the text is.</summary>
    public string Caption { get; } = caption;

    /// <summary>The text.</summary>
    public string Text { get; } = text;

    /// <inheritdoc/>
    public override string ToMarkdown() => $"**{Markdown.Text(Caption)}**\n\n{Markdown.Fenced(Text)}";
}

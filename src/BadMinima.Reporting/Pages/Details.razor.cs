namespace BadMinima.Reporting;

/// <summary>Blocks that the reader unfolds; on paper they are always open.</summary>
public sealed partial class Details : Block
{
    /// <summary>Folded blocks.</summary>
    /// <param name="summary">The line that stays visible: what is inside.</param>
    /// <param name="blocks">The blocks in their order.</param>
    /// <exception cref="ArgumentException">No summary.</exception>
    public Details(string summary, params IReadOnlyList<Block> blocks)
    {
        ArgumentException.ThrowIfNullOrEmpty(summary);
        ArgumentNullException.ThrowIfNull(blocks);
        Summary = summary;
        Blocks = blocks;
    }

    /// <summary>The line that stays visible.</summary>
    public string Summary { get; }

    /// <summary>The blocks in their order.</summary>
    public IReadOnlyList<Block> Blocks { get; }

    /// <summary>Whether the blocks are unfolded from the start.</summary>
    public bool IsOpen { get; init; }

    /// <summary>A fold as GitHub shows it; elsewhere its blocks follow its summary.</summary>
    /// <inheritdoc/>
    public override string ToMarkdown() => Markdown.Parts(
        [
            $"<details{(IsOpen ? " open" : "")}><summary>{Html(Summary)}</summary>",
            .. Blocks.Select(block => block.ToMarkdown()),
            "</details>"
        ]);

    private static string Html(string text) => System.Net.WebUtility.HtmlEncode(text.ReplaceLineEndings(" "));
}

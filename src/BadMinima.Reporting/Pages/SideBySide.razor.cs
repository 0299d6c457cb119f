namespace BadMinima.Reporting;

/// <summary>Blocks beside each other where there is room for two, below each other where there is not.</summary>
/// <param name="blocks">The blocks in their order.</param>
public sealed partial class SideBySide(params IReadOnlyList<Block> blocks) : Block
{
    /// <summary>The blocks in their order.</summary>
    public IReadOnlyList<Block> Blocks { get; } = blocks;

    /// <inheritdoc/>
    public override string ToMarkdown() => Markdown.Parts(Blocks.Select(block => block.ToMarkdown()));
}

namespace BadMinima.Reporting;

/// <summary>A section of a <see cref="Page"/>.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Blocks">Its blocks in their order.</param>
public sealed record Section(string Title, params IReadOnlyList<Block> Blocks)
{
    /// <summary>
    /// The name of its anchor: the title in small letters, with hyphens for spaces, as GitHub names the headings of Markdown.
    /// </summary>
    public string Id => Markdown.Anchor(Title);
}

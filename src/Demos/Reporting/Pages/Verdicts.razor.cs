namespace BadMinima.Reporting;

/// <summary>Claims with what the data say of each, told apart by word and by shape: a disc, a cross, an open ring.</summary>
public sealed partial class Verdicts : Block
{
    /// <summary>A list of verdicts.</summary>
    /// <param name="items">The verdicts in their order; at least one.</param>
    /// <exception cref="ArgumentException">No verdicts, or one without a claim.</exception>
    public Verdicts(params IReadOnlyList<Verdict> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (items.Count == 0 || items.Any(item => string.IsNullOrWhiteSpace(item.Claim)))
        {
            throw new ArgumentException("A list of verdicts is empty or has one without a claim; give at least one verdict, each with its claim.", nameof(items));
        }

        Items = items;
    }

    /// <summary>The verdicts in their order.</summary>
    public IReadOnlyList<Verdict> Items { get; }

    /// <inheritdoc/>
    public override string ToMarkdown() => string.Join('\n', Items.Select((item, i) => Markdown.Text(item.Test) is var test && test.Length > 0
        ? $"{i + 1}. **{Markdown.Text(item.Claim)}** {Word(item.Decision)}. {Markdown.Text(item.Finding)} *{test}*"
        : $"{i + 1}. **{Markdown.Text(item.Claim)}** {Word(item.Decision)}. {Markdown.Text(item.Finding)}"));

    private static string Word(Decision decision) => decision switch
    {
        Decision.Supported => "Supported",
        Decision.Contradicted => "Contradicted",
        _ => "Not decided",
    };

    private static string Class(Decision decision) => decision switch
    {
        Decision.Supported => "supported",
        Decision.Contradicted => "contradicted",
        _ => "not-decided",
    };
}

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
            throw new ArgumentException(
                "A list of verdicts is empty or has one without a claim; give at least one verdict, each with its claim.", nameof(items));
        }

        Items = items;
    }

    /// <summary>The verdicts in their order.</summary>
    public IReadOnlyList<Verdict> Items { get; }

    /// <inheritdoc/>
    public override string ToMarkdown()
        => string.Join('\n', Items.Select((item, i) => Markdown.Text(item.Test) is var test && test.Length > 0
            ? $"{i + 1}. **{Markdown.Text(item.Claim)}** {Word(item)}. {Markdown.Text(item.Finding)} *{test}*{EvidenceOf(item)}"
            : $"{i + 1}. **{Markdown.Text(item.Claim)}** {Word(item)}. {Markdown.Text(item.Finding)}{EvidenceOf(item)}"));

    /// <summary>Set in by as much as the item's number, it belongs to the item.</summary>
    private static string EvidenceOf(Verdict item) =>
        item.Evidence is null
            ? ""
            : string.Concat(item.Evidence.ToMarkdown().Split('\n').Prepend("").Select(line => line.Length == 0 ? "\n" : $"\n   {line}"))
                + "\n";

    private static string Word(Verdict item) => item.Word ?? item.Decision switch
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

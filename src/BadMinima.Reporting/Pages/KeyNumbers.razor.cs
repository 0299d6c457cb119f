namespace BadMinima.Reporting;

/// <summary>The few numbers a reader should take away, large.</summary>
/// <param name="numbers">The numbers in their order.</param>
public sealed partial class KeyNumbers(params IReadOnlyList<KeyNumber> numbers) : Block
{
    /// <summary>The numbers in their order.</summary>
    public IReadOnlyList<KeyNumber> Numbers { get; } = numbers;

    /// <inheritdoc/>
    public override string ToMarkdown() => string.Join('\n', Numbers.Select(number =>
        $"- {Markdown.Text(number.Label)}: "
        + $"**{Markdown.Text(number.Value)}**{(string.IsNullOrEmpty(number.Note) ? "" : $" {Markdown.Text(number.Note)}")}"));
}

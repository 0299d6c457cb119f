using System.Text;
using System.Text.RegularExpressions;

namespace BadMinima.Reporting;

/// <summary>What blocks share when they write themselves as Markdown (CommonMark, with GitHub's tables).</summary>
internal static partial class Markdown
{
    /// <summary>A text that means itself: what Markdown or HTML would read as a sign is escaped, and line breaks are spaces.</summary>
    public static string Text(string text) => LineStart().Replace(Signs().Replace(Breaks().Replace(text.Trim(), " "), @"\$0"), @"$1\$2");

    /// <summary>A caption and a table.</summary>
    public static string Table(string caption, IReadOnlyList<Column> columns, IEnumerable<IEnumerable<string>> rows)
    {
        StringBuilder text = new($"**{Text(caption)}**\n\n");
        Row(text, columns.Select(column => Text(column.Head)));
        Row(text, columns.Select(column => column.IsNumber ? "---:" : "---"));
        foreach (IEnumerable<string> row in rows)
        {
            Row(text, row.Select(Text));
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>A text as it stands, in a fence longer than any within it.</summary>
    public static string Fenced(string text)
    {
        string fence = new('`', Math.Max(3, 1 + Ticks().Matches(text).Select(match => match.Length).DefaultIfEmpty(0).Max()));
        return $"{fence}\n{text.ReplaceLineEndings("\n").TrimEnd('\n')}\n{fence}";
    }

    /// <summary>Parts with an empty line between each two.</summary>
    public static string Parts(IEnumerable<string> parts) => string.Join("\n\n", parts.Where(part => part.Length > 0));

    /// <summary>
    /// The anchor that GitHub gives a heading: lower case, letters and digits, hyphens for spaces. Pages name their sections alike, so that
    /// a link fits both.
    /// </summary>
    public static string Anchor(string heading) => NotInAnchors().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    // An underscore within a word and an ampersand that begins no entity are no signs.
    [GeneratedRegex(@"[\\`*\[\]<>|~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|&(?=#?\w+;)")]
    private static partial Regex Signs();

    [GeneratedRegex(@"^(\d*)([#+\-.)])(?=\s|#|$)")]
    private static partial Regex LineStart();

    [GeneratedRegex(@"\s*[\r\n]\s*")]
    private static partial Regex Breaks();

    [GeneratedRegex("`+")]
    private static partial Regex Ticks();

    [GeneratedRegex(@"[^\p{L}\p{N}\p{M}_\- ]")]
    private static partial Regex NotInAnchors();
}

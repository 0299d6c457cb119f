using System.Globalization;
using System.Text.RegularExpressions;

namespace BadMinima.Experiments;

/// <summary>On what a check of a recipe fails: "gap > 2", in points of test accuracy, or "accuracy &lt; 80", in percent.</summary>
/// <param name="Text">As it was given.</param>
/// <param name="OfGap">Whether it is about what a bad start costs; otherwise about the mean test accuracy.</param>
/// <param name="Number">The number, as a share: 0.02, 0.8.</param>
internal sealed partial record RecipeCondition(string Text, bool OfGap, double Number)
{
    public const string Default = "gap > 2";

    private const string Allowed = "\"gap > POINTS\" (what a bad start costs, in points of test accuracy) or \"accuracy < PERCENT\" (the "
        + "mean over seeds)";

    /// <exception cref="ArgumentException">It is neither.</exception>
    public static RecipeCondition Parse(string text)
        => Pattern().Match(text) is { Success: true } match
            && (match.Groups["what"].Value == "gap") == (match.Groups["than"].Value == ">")
            && double.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) / 100 is > 0 and < 1 and var number
            ? new(text, match.Groups["what"].Value == "gap", number)
            : throw new ArgumentException($"--fail-on is {text}; allowed is {Allowed}, with a number of more than 0 and less than 100.");

    [GeneratedRegex(@"^\s*(?<what>gap|accuracy)\s*(?<than>[<>])\s*(?<number>\d{1,3}(\.\d{1,6})?)\s*$")]
    private static partial Regex Pattern();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace BadMinima.Reporting.Tests;

/// <summary>
/// WCAG 2.2: text has a contrast of at least 4.5 to its ground (1.4.3), what carries meaning in drawings one of at least 3 (1.4.11).
/// </summary>
[TestClass]
public sealed class ContrastTests
{
    [TestMethod]
    [DataRow("ink", "paper", 4.5)]
    [DataRow("ink", "panel", 4.5)]
    [DataRow("muted", "paper", 4.5)]
    [DataRow("muted", "panel", 4.5)]
    [DataRow("accent", "paper", 4.5)]
    [DataRow("good", "paper", 4.5)]
    [DataRow("bad", "paper", 4.5)]
    [DataRow("on-strong", "heat", 4.5)]
    [DataRow("on-pale", "panel", 4.5)]
    [DataRow("series-0", "paper", 3)]
    [DataRow("series-1", "paper", 3)]
    [DataRow("series-2", "paper", 3)]
    [DataRow("series-3", "paper", 3)]
    [DataRow("series-4", "paper", 3)]
    [DataRow("series-5", "paper", 3)]
    public void Colors_stand_out_in_light_and_in_dark(string front, string back, double least)
    {
        Dictionary<string, string>[] themes = Themes();
        Assert.HasCount(2, themes);
        foreach (Dictionary<string, string> theme in themes)
        {
            Assert.IsGreaterThanOrEqualTo(least, Contrast(theme[front], theme[back]), $"{theme[front]} on {theme[back]}");
        }
    }

    [TestMethod]
    public void Contrast_is_the_standards()
    {
        Assert.AreEqual(21, Contrast("#000000", "#ffffff"), 1e-9);
        Assert.AreEqual(4.48, Contrast("#777777", "#ffffff"), 0.005);
    }

    [TestMethod]
    public void Both_themes_name_the_same_colors()
    {
        Dictionary<string, string>[] themes = Themes();
        CollectionAssert.AreEqual(themes[0].Keys.Order().ToArray(), themes[1].Keys.Order().ToArray());
    }

    /// <summary>The six-digit colors of the style sheet's two :root blocks, the light one first.</summary>
    private static Dictionary<string, string>[] Themes()
    {
        using StreamReader reader = new(typeof(Page).Assembly.GetManifestResourceStream("page.css")!);
        return [.. Regex.Matches(reader.ReadToEnd(), @":root \{([^}]*)\}").Select(block =>
            Regex.Matches(block.Groups[1].Value, @"--([\w-]+): (#[0-9a-f]{6});").ToDictionary(color => color.Groups[1].Value, color => color.Groups[2].Value))];
    }

    private static double Contrast(string first, string second)
    {
        double a = Luminance(first), b = Luminance(second);
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string color)
    {
        double Channel(int start)
        {
            double value = int.Parse(color.AsSpan(start, 2), NumberStyles.HexNumber) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Channel(1)) + (0.7152 * Channel(3)) + (0.0722 * Channel(5));
    }
}

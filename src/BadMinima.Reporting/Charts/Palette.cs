using OxyPlot;

namespace BadMinima.Reporting;

/// <summary>
/// The colors of charts. Okabe and Ito's palette (Color Universal Design, 2008) is told apart by color-blind readers; page.css holds a
/// shade of each
/// for light and for dark pages. OxyPlot knows only numbers, so it draws with stand-ins that <see cref="SvgChart"/> replaces by the style
/// sheet's names.
/// </summary>
internal static class Palette
{
    // Used where a chart stands outside a page and its style sheet.
    private static readonly string[] Fallbacks = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

    /// <summary>The text's color where a chart stands outside a page, on white.</summary>
    public const string InkAlone = "#1c2229";

    /// <summary>The text's own color, for axes and grid.</summary>
    public static OxyColor Ink { get; } = OxyColor.FromRgb(1, 2, 255);

    /// <summary>The page's own color, for what is cut out of a series.</summary>
    public static OxyColor Paper { get; } = OxyColor.FromRgb(1, 2, 254);

    /// <summary>The color of the <paramref name="index"/>-th series; they repeat after six.</summary>
    public static OxyColor Series(int index) => OxyColor.FromRgb(1, 2, (byte)(index % Fallbacks.Length));

    /// <summary>What the style sheet calls a stand-in.</summary>
    public static string Css(byte stand)
        => stand == Ink.B ? "currentColor" : stand == Paper.B ? "var(--paper, #ffffff)" : $"var(--series-{stand}, {Fallbacks[stand]})";
}

using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;

namespace BadMinima.Reporting;

/// <summary>
/// A chart, inlined as SVG. It is drawn for wide and for narrow containers, since scaling one drawing down to a telephone leaves its text
/// unreadable.
/// </summary>
public abstract partial class Chart : Block
{
    /// <summary>The size of letters, in units of the view box.</summary>
    private protected const double FontSize = 13;

    /// <summary>The height of a line of text, in units of the view box.</summary>
    private protected const double LineHeight = 17;

    private const double Width = 640;
    private const double NarrowWidth = 340;

    /// <summary>A chart.</summary>
    /// <param name="caption">What the chart shows.</param>
    /// <exception cref="ArgumentException">No caption.</exception>
    protected Chart(string caption)
    {
        ArgumentException.ThrowIfNullOrEmpty(caption);
        Caption = caption;
    }

    /// <summary>What the chart shows.</summary>
    public string Caption { get; }

    /// <summary>What a screen reader says in the chart's place.</summary>
    protected abstract string Description { get; }

    /// <summary>
    /// Where the drawing also lies as a file (<see cref="ToSvg"/>), relative to the page: Markdown shows it from there. By default nowhere.
    /// </summary>
    public string? File { get; init; }

    /// <summary>The drawing by itself, for a file: on white, in its own colors and with fonts that most machines have.</summary>
    /// <returns>An SVG document.</returns>
    public string ToSvg() => SvgChart.Alone(Draw(Width), Width, Height(Width));

    /// <summary>
    /// The caption and the picture where it lies as a file; otherwise the values as a table where that is short, or what a screen reader
    /// says.
    /// </summary>
    /// <inheritdoc/>
    public override string ToMarkdown() => File is not null
        ? $"**{Markdown.Text(Caption)}**\n\n![{Markdown.Text(Description)}](<{File.Replace(">", "%3E")}>)"
        : Values()?.ToMarkdown() ?? $"**{Markdown.Text(Caption)}**\n\n{Markdown.Text(Description)}";

    /// <summary>The values drawn, as a table for readers without pictures.</summary>
    /// <returns>The table, or none where it would be too long to read.</returns>
    protected abstract Table? Values();

    /// <summary>Describes the drawing to OxyPlot.</summary>
    /// <param name="width">The drawing's width, in units of the view box.</param>
    /// <returns>A model for one drawing; start from <see cref="Blank"/>.</returns>
    protected abstract PlotModel Model(double width);

    /// <summary>The height of a drawing.</summary>
    /// <param name="width">Its width; both in units of the view box, of which a line of text takes about 18.</param>
    /// <returns>The height.</returns>
    protected abstract double Height(double width);

    /// <summary>An empty drawing in the style of the page: transparent, unframed, the legend below.</summary>
    /// <param name="legend">Whether series are told apart; a single one has its name in the caption.</param>
    /// <returns>The model.</returns>
    protected static PlotModel Blank(bool legend)
    {
        PlotModel model = new()
        {
            TextColor = Palette.Ink,
            PlotAreaBorderColor = OxyColors.Undefined,
            DefaultFontSize = FontSize,
            Padding = new OxyThickness(0, 6, 14, 0),
        };
        model.Legends.Add(new Legend
        {
            IsLegendVisible = legend,
            LegendPlacement = LegendPlacement.Outside,
            LegendPosition = LegendPosition.BottomLeft,
            LegendOrientation = LegendOrientation.Horizontal,
            LegendSymbolLength = 26,
            LegendColumnSpacing = 12,
            LegendLineSpacing = 3,
            LegendPadding = 0,
        });
        return model;
    }

    /// <summary>An axis of numbers.</summary>
    /// <param name="axis">What it measures.</param>
    /// <param name="position">On which side it stands.</param>
    /// <param name="grid">Whether its grid is drawn; otherwise a line along it.</param>
    /// <returns>OxyPlot's axis.</returns>
    protected static Axis Numbers(ChartAxis axis, AxisPosition position, bool grid)
    {
        ArgumentNullException.ThrowIfNull(axis);
        Axis made = axis.IsLogarithmic
            ? new RatioAxis { PowerPadding = false, MinimumPadding = 0.05, MaximumPadding = 0.05 }
            : new LinearAxis { MinimumMajorStep = axis.Format == "0" ? 1 : 0 };
        made.Position = position;
        made.Title = axis.Title;
        made.StringFormat = axis.Format;
        made.Minimum = axis.Minimum ?? double.NaN;
        made.Maximum = axis.Maximum ?? double.NaN;
        made.MajorGridlineStyle = grid ? LineStyle.Solid : LineStyle.None;
        made.MajorGridlineColor = OxyColor.FromAColor(36, Palette.Ink);
        made.AxislineStyle = grid ? LineStyle.None : LineStyle.Solid;
        made.AxislineColor = OxyColor.FromAColor(120, Palette.Ink);
        made.TickStyle = TickStyle.None;
        made.IntervalLength = position == AxisPosition.Left ? 36 : 60;
        made.AxisTitleDistance = 10;
        return made;
    }

    private string Draw(double width) => SvgChart.Draw(Model(width), width, Height(width), Caption, Description);
}

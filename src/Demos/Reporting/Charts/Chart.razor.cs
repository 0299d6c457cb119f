using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;

namespace BadMinima.Reporting;

/// <summary>A chart, inlined as SVG. It is drawn for wide and for narrow containers, since scaling one drawing down to a telephone leaves its text unreadable.</summary>
public abstract partial class Chart : Block
{
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

    /// <summary>Describes the drawing to OxyPlot.</summary>
    /// <returns>A model for one drawing; start from <see cref="Blank"/>.</returns>
    protected abstract PlotModel Model();

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
            DefaultFontSize = 13,
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
    protected static LinearAxis Numbers(ChartAxis axis, AxisPosition position, bool grid)
    {
        ArgumentNullException.ThrowIfNull(axis);
        return new()
        {
            Position = position,
            Title = axis.Title,
            StringFormat = axis.Format,
            Minimum = axis.Minimum ?? double.NaN,
            Maximum = axis.Maximum ?? double.NaN,
            MinimumMajorStep = axis.Format == "0" ? 1 : 0,
            MajorGridlineStyle = grid ? LineStyle.Solid : LineStyle.None,
            MajorGridlineColor = OxyColor.FromAColor(36, Palette.Ink),
            AxislineStyle = grid ? LineStyle.None : LineStyle.Solid,
            AxislineColor = OxyColor.FromAColor(120, Palette.Ink),
            TickStyle = TickStyle.None,
            IntervalLength = position == AxisPosition.Left ? 36 : 60,
            AxisTitleDistance = 10,
        };
    }

    private string Draw(double width) => SvgChart.Draw(Model(), width, Height(width), Caption, Description);
}

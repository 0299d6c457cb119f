using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace BadMinima.Reporting;

/// <summary>Curves over a common axis, for example accuracies over epochs. Curves differ in colour and in dash pattern.</summary>
public sealed class LineChart : Chart
{
    // Lengths of line and gap, in line widths. Together with six colours twelve looks before any repeats.
    private static readonly double[]?[] Dashes = [null, [5, 2], [1.5, 2], [7, 2, 1.5, 2]];

    private readonly ChartAxis _x;
    private readonly ChartAxis _y;

    /// <summary>A line chart.</summary>
    /// <param name="caption">What the chart shows.</param>
    /// <param name="x">The axis below.</param>
    /// <param name="y">The axis to the left.</param>
    /// <param name="curves">At least one curve.</param>
    /// <exception cref="ArgumentException">No caption, or no curves.</exception>
    public LineChart(string caption, ChartAxis x, ChartAxis y, params IReadOnlyList<Curve> curves)
        : base(caption)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(curves);
        if (curves.Count == 0)
        {
            throw new ArgumentException($"The chart '{caption}' has no curves; give at least one.", nameof(curves));
        }

        _x = x;
        _y = y;
        Curves = curves;
    }

    /// <summary>The curves in the legend's order.</summary>
    public IReadOnlyList<Curve> Curves { get; }

    /// <summary>Places on the axis below that a dotted line marks, each with its name, for example the epoch at which a phase begins; by default none.</summary>
    public IReadOnlyList<(double X, string Name)> Marks { get; init; } = [];

    /// <inheritdoc/>
    protected override string Description =>
        $"Line chart, {Caption}. Last values: " + string.Join("; ", Curves.Select(curve => $"{curve.Name} {Last(curve)}")) + ".";

    /// <inheritdoc/>
    protected override double Height(double width) => width < 400 ? 250 + (16 * Curves.Count) : 290 + (10 * Curves.Count);

    /// <inheritdoc/>
    protected override PlotModel Model()
    {
        PlotModel model = Blank(legend: Curves.Count > 1);
        model.Axes.Add(Numbers(_x, AxisPosition.Bottom, grid: false));
        model.Axes.Add(Numbers(_y, AxisPosition.Left, grid: true));
        for (int i = 0; i < Curves.Count; i++)
        {
            int look = Curves[i].Look ?? i;
            OxyColor color = Palette.Series(look);
            LineSeries line = new()
            {
                Title = Curves[i].Name,
                Color = Curves[i].Faint ? OxyColor.FromAColor(140, color) : color,
                Dashes = Dashes[look % Dashes.Length],
                StrokeThickness = Curves[i].Faint ? 1 : 2,
                LineJoin = LineJoin.Round,
            };
            line.Points.AddRange(Curves[i].Points.Select(point => new DataPoint(point.X, point.Y)));
            model.Series.Add(line);
        }

        foreach ((double x, string name) in Marks)
        {
            model.Annotations.Add(new LineAnnotation
            {
                Type = LineAnnotationType.Vertical,
                X = x,
                Text = name,
                Color = OxyColor.FromAColor(120, Palette.Ink),
                LineStyle = LineStyle.Dot,
                TextOrientation = AnnotationTextOrientation.Horizontal,

                // At the foot, right of its line: accuracies leave that corner free.
                TextLinePosition = 0,
                TextHorizontalAlignment = HorizontalAlignment.Left,
                TextVerticalAlignment = VerticalAlignment.Bottom,
                TextMargin = 5,
                TextPadding = 0,
            });
        }

        return model;
    }

    private string Last(Curve curve) => curve.Points.Count == 0 ? "none" : curve.Points[^1].Y.ToString(_y.Format);
}

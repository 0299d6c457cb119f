using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace BadMinima.Reporting;

/// <summary>
/// Curves over a common axis, for example accuracies over epochs, with bands or error bars where they have them. Curves differ in color, in
/// dash pattern and
/// in the shape of their markers.
/// </summary>
public sealed class LineChart : Chart
{
    // Up to here the points themselves are news; beyond it their marks run into each other on a phone.
    private const int FewPoints = 12;

    // A table of more rows than this says less in Markdown than the values at the end.
    private const int TableRows = 12;

    // Of the axis's length; about the width of a cap.
    private const double BarStep = 0.016;

    // Lengths of line and gap, in line widths. Together with six colors twelve looks before any repeats.
    private static readonly double[]?[] Dashes = [null, [5, 2], [1.5, 2], [7, 2, 1.5, 2]];

    private static readonly MarkerType[] Shapes = [MarkerType.Circle, MarkerType.Square, MarkerType.Triangle, MarkerType.Diamond];

    private readonly ChartAxis _x;
    private readonly ChartAxis _y;

    /// <summary>A line chart.</summary>
    /// <param name="caption">What the chart shows; with bands or error bars also what those are.</param>
    /// <param name="x">The axis below.</param>
    /// <param name="y">The axis to the left.</param>
    /// <param name="curves">At least one curve.</param>
    /// <exception cref="ArgumentException">
    /// No caption, no curves, a band or error bars that are not one range per point, a logarithmic axis to the left, or a place on a
    /// logarithmic axis below that is
    /// not above 0.
    /// </exception>
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

        if (y.IsLogarithmic)
        {
            throw new ArgumentException(
                $"The chart '{caption}' has a logarithmic axis to the left; only the one below can be logarithmic.", nameof(y));
        }

        foreach (Curve curve in curves)
        {
            ErrorRange.Check(caption, curve.Name, nameof(Curve.Band), curve.Band, curve.Points.Count);
            ErrorRange.Check(caption, curve.Name, nameof(Curve.ErrorBars), curve.ErrorBars, curve.Points.Count);
            if (x.IsLogarithmic && curve.Points.Any(point => !(point.X > 0)))
            {
                throw new ArgumentException(
                    $"The chart '{caption}' has a point of '{curve.Name}' at {curve.Points.First(point => !(point.X > 0)).X} on a "
                    + "logarithmic axis; give places above 0.",
                    nameof(curves));
            }
        }

        _x = x;
        _y = y;
        Curves = curves;
    }

    /// <summary>The curves in the legend's order.</summary>
    public IReadOnlyList<Curve> Curves { get; }

    /// <summary>
    /// Places on the axis below that a dotted line marks, each with its name, for example the epoch at which a phase begins; by default
    /// none.
    /// </summary>
    public IReadOnlyList<(double X, string Name)> Marks { get; init; } = [];

    /// <summary>
    /// Values on the axis to the left that a dashed line marks, each with its name, for example a margin; by default none.
    /// </summary>
    public IReadOnlyList<(double Y, string Name)> Levels { get; init; } = [];

    private (double Low, double High) Extent
        => Curves.SelectMany(curve => curve.Points).Select(point => point.X).DefaultIfEmpty(1) is var x ? (x.Min(), x.Max()) : default;

    /// <inheritdoc/>
    protected override string Description =>
        $"Line chart, {Caption.TrimEnd('.')}. Last values: "
            + string.Join("; ", Curves.Select(curve => $"{curve.Name} {Last(curve)}")) + ".";

    /// <inheritdoc/>
    protected override Table? Values()
    {
        double[] places = [.. Curves.SelectMany(curve => curve.Points).Select(point => point.X).Distinct().Order()];
        return places.Length > TableRows ? null : new Table(
            Caption,
            [Column.Number(_x.Title), .. Curves.Select(curve => Column.Number(curve.Name))],
            [.. places.Select(x => (string[])[x.ToString(_x.Format), .. Curves.Select(curve => At(curve, x))])]);
    }

    /// <inheritdoc/>
    protected override double Height(double width) => width < 400 ? 250 + (16 * Curves.Count) : 290 + (10 * Curves.Count);

    /// <inheritdoc/>
    protected override PlotModel Model(double width)
    {
        PlotModel model = Blank(legend: Curves.Count > 1);
        model.Axes.Add(Numbers(_x, AxisPosition.Bottom, grid: false));
        model.Axes.Add(Numbers(_y, AxisPosition.Left, grid: true));

        // All shades lie below all lines.
        foreach ((Curve curve, int i) in Curves.Select((curve, i) => (curve, i)).Where(pair => pair.curve.Band is not null))
        {
            AddBand(model, curve, Palette.Series(curve.Look ?? i));
        }

        int[] barred = [.. Enumerable.Range(0, Curves.Count).Where(i => Curves[i].ErrorBars is not null)];
        for (int i = 0; i < Curves.Count; i++)
        {
            int place = Array.IndexOf(barred, i);
            model.Series.Add(Line(Curves[i], Curves[i].Look ?? i, place < 0 ? 0 : place - ((barred.Length - 1) / 2.0)));
        }

        foreach ((double x, string name) in Marks)
        {
            model.Annotations.Add(Mark(x, name));
        }

        foreach ((double y, string name) in Levels)
        {
            model.Annotations.Add(new LineAnnotation
            {
                Type = LineAnnotationType.Horizontal,
                Y = y,
                Color = OxyColor.FromAColor(170, Palette.Ink),
                LineStyle = LineStyle.Dash,
                Layer = AnnotationLayer.BelowSeries
            });

            // By itself: at its line OxyPlot would strike it through.
            model.Annotations.Add(new TextAnnotation
            {
                Text = name,
                TextPosition = new DataPoint(Extent.High, y),
                TextHorizontalAlignment = HorizontalAlignment.Right,
                TextVerticalAlignment = VerticalAlignment.Bottom,
                Offset = new ScreenVector(10, -3),
                Padding = new OxyThickness(0),
                Stroke = OxyColors.Undefined,
                StrokeThickness = 0,
            });
        }

        return model;
    }

    /// <summary>A line; error bars of several curves at one place stand beside each other, <paramref name="step"/> steps from it.</summary>
    private WhiskerLine Line(Curve curve, int look, double step)
    {
        double Place(double x)
            => _x.IsLogarithmic
                ? x * Math.Pow(Extent.High / Extent.Low, step * BarStep)
                : x + ((Extent.High - Extent.Low) * step * BarStep);

        OxyColor color = curve.Faint ? OxyColor.FromAColor(140, Palette.Series(look)) : Palette.Series(look);
        WhiskerLine line = new()
        {
            Title = curve.Name,
            Color = color,
            Dashes = Dashes[look % Dashes.Length],
            StrokeThickness = curve.Faint ? 1 : 2,
            LineJoin = LineJoin.Round,
            MarkerType = HasMarkers(curve) ? Shapes[look % Shapes.Length] : MarkerType.None,
            MarkerFill = color,
            MarkerSize = curve.Faint ? 2.5 : 4,
            Whiskers =
            [
                .. curve.Points.Select((point, i) => (point, i)).Where(pair => ErrorRange.Has(curve.ErrorBars, pair.i))
                    .Select(pair => (Place(pair.point.X), curve.ErrorBars![pair.i].Low, curve.ErrorBars[pair.i].High)),
            ],
        };
        line.Points.AddRange(curve.Points.Select(point => new DataPoint(Place(point.X), point.Y)));
        return line;
    }

    private bool HasMarkers(Curve curve) =>
        curve.Markers ?? (curve.ErrorBars is not null || curve.Points.Count == 1 || Curves.Max(other => other.Points.Count) <= FewPoints);

    /// <summary>A shade per run of finite ranges; nothing clips it, so it ends where the axis does.</summary>
    private void AddBand(PlotModel model, Curve curve, OxyColor color)
    {
        AreaSeries? shade = null;
        double Within(double y) => Math.Clamp(y, _y.Minimum ?? double.MinValue, _y.Maximum ?? double.MaxValue);
        for (int i = 0; i < curve.Points.Count; i++)
        {
            if (!ErrorRange.Has(curve.Band, i))
            {
                shade = null;
                continue;
            }

            if (shade is null)
            {
                model.Series.Add(shade = new AreaSeries
                {
                    Fill = OxyColor.FromAColor(45, color),
                    StrokeThickness = 0,
                    Color = OxyColors.Undefined,
                    RenderInLegend = false
                });
            }

            shade.Points.Add(new DataPoint(curve.Points[i].X, Within(curve.Band![i].Low)));
            shade.Points2.Add(new DataPoint(curve.Points[i].X, Within(curve.Band[i].High)));
        }
    }

    private static LineAnnotation Mark(double x, string name) => new()
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
    };

    private string Last(Curve curve) => curve.Points.Count == 0 ? "none" : Text(curve, curve.Points.Count - 1);

    private string At(Curve curve, double x)
    {
        int index = curve.Points.Select((point, i) => point.X == x ? i : -1).FirstOrDefault(i => i >= 0, -1);
        return index < 0 ? "" : Text(curve, index);
    }

    private string Text(Curve curve, int index) => ErrorRange.Text(curve.Points[index].Y, curve.ErrorBars ?? curve.Band, index, _y.Format);
}

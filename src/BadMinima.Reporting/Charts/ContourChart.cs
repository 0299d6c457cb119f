using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace BadMinima.Reporting;

/// <summary>
/// Lines of equal height over a plane, each with its height written on it, with paths and named places on it. Each axis has a scale of its
/// own.
/// </summary>
public sealed class ContourChart : Chart
{
    private readonly ChartAxis _x;
    private readonly ChartAxis _y;
    private readonly double[] _columns;
    private readonly double[] _rows;
    private readonly double[,] _heights;
    private readonly double[] _levels;

    /// <summary>A contour chart.</summary>
    /// <param name="caption">What the chart shows.</param>
    /// <param name="x">The axis below.</param>
    /// <param name="y">The axis to the left.</param>
    /// <param name="columns">Where the grid's columns are, rising; at least two.</param>
    /// <param name="rows">Where its rows are, rising; at least two.</param>
    /// <param name="heights">Rows by columns; what is not finite is left out.</param>
    /// <param name="levels">The heights that lines are drawn at, at least one; their format is <see cref="HeightFormat"/>.</param>
    /// <exception cref="ArgumentException">No caption, a grid of another size than its axes, or no levels.</exception>
    public ContourChart(
        string caption, ChartAxis x, ChartAxis y, IReadOnlyList<double> columns, IReadOnlyList<double> rows,
        IReadOnlyList<IReadOnlyList<double>> heights, IReadOnlyList<double> levels)
        : base(caption)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(heights);
        ArgumentNullException.ThrowIfNull(levels);
        if (columns.Count < 2 || rows.Count < 2 || heights.Count != rows.Count || heights.Any(row => row.Count != columns.Count))
        {
            throw new ArgumentException(
                $"The chart '{caption}' has {columns.Count} columns, {rows.Count} rows and {heights.Count} rows of heights; give at least "
                + "two of each, and a height for each column and row.",
                nameof(heights));
        }

        if (levels.Count == 0)
        {
            throw new ArgumentException($"The chart '{caption}' has no levels; give at least one.", nameof(levels));
        }

        (_x, _y, _columns, _rows, _levels) = (x, y, [.. columns], [.. rows], [.. levels]);
        _heights = new double[_columns.Length, _rows.Length];
        for (int row = 0; row < _rows.Length; row++)
        {
            for (int column = 0; column < _columns.Length; column++)
            {
                _heights[column, row] = double.IsFinite(heights[row][column]) ? heights[row][column] : double.NaN;
            }
        }
    }

    /// <summary>How heights are written; default 0.##.</summary>
    public string HeightFormat { get; init; } = "0.##";

    /// <summary>Paths over the plane; by default none.</summary>
    public IReadOnlyList<Curve> Paths { get; init; } = [];

    /// <summary>Places with their names; by default none.</summary>
    public IReadOnlyList<(double X, double Y, string Name)> Places { get; init; } = [];

    /// <inheritdoc/>
    protected override string Description => $"Contour chart, {Caption.TrimEnd('.')}. Lines at "
        + $"{string.Join(", ", _levels.Select(level => level.ToString(HeightFormat)))}. "
        + string.Join("; ", Places.Select(p => $"{p.Name} at {p.X.ToString(_x.Format)}, {p.Y.ToString(_y.Format)}")) + ".";

    /// <inheritdoc/>
    protected override Table? Values() => null;

    /// <inheritdoc/>
    protected override double Height(double width) => (0.7 * width) + 60;

    /// <inheritdoc/>
    protected override PlotModel Model(double width)
    {
        PlotModel model = Blank(legend: Paths.Count > 1);
        model.Axes.Add(Numbers(_x with { Minimum = _columns[0], Maximum = _columns[^1] }, AxisPosition.Bottom, grid: false));
        model.Axes.Add(Numbers(_y with { Minimum = _rows[0], Maximum = _rows[^1] }, AxisPosition.Left, grid: false));
        model.Series.Add(new ContourSeries
        {
            ColumnCoordinates = _columns,
            RowCoordinates = _rows,
            Data = _heights,
            ContourLevels = _levels,
            Color = OxyColor.FromAColor(130, Palette.Ink),
            LabelStep = 0,
            RenderInLegend = false,
        });
        foreach ((Curve path, int i) in Paths.Select((path, i) => (path, i)))
        {
            OxyColor color = Palette.Series(path.Look ?? i);
            LineSeries line = new()
            {
                Title = path.Name,
                Color = color,
                StrokeThickness = 2,
                LineJoin = LineJoin.Round,
                MarkerType = MarkerType.Circle,
                MarkerFill = color,
                MarkerSize = 2.5,
            };
            line.Points.AddRange(path.Points.Select(point => new DataPoint(point.X, point.Y)));
            model.Series.Add(line);
        }

        foreach ((double x, double y, string name) in Places)
        {
            model.Annotations.Add(new PointAnnotation { X = x, Y = y, Fill = Palette.Ink, Shape = MarkerType.Diamond, Size = 5 });

            // Where there is room: names of places on the right stand to their left.
            bool left = x > (_columns[0] + _columns[^1]) / 2;
            model.Annotations.Add(new TextAnnotation
            {
                Text = name,
                TextPosition = new DataPoint(x, y),
                TextHorizontalAlignment = left ? HorizontalAlignment.Right : HorizontalAlignment.Left,
                TextVerticalAlignment = VerticalAlignment.Bottom,
                Offset = new ScreenVector(left ? -8 : 8, -4),
                Padding = new OxyThickness(0),
                Stroke = OxyColors.Undefined,
                StrokeThickness = 0,
            });
        }

        foreach ((double x, double y, double level) in Labels())
        {
            model.Annotations.Add(new TextAnnotation
            {
                Text = level.ToString(HeightFormat),
                TextPosition = new DataPoint(x, y),
                TextHorizontalAlignment = HorizontalAlignment.Center,
                TextVerticalAlignment = VerticalAlignment.Middle,
                Background = Palette.Paper,
                Padding = new OxyThickness(2, 0, 2, 0),
                Stroke = OxyColors.Undefined,
                StrokeThickness = 0,
                FontSize = FontSize - 2,
            });
        }

        return model;
    }

    /// <summary>Of each level the point of its lines that is farthest from what else is written or drawn.</summary>
    private IEnumerable<(double X, double Y, double Level)> Labels()
    {
        List<(double X, double Y)> taken =
            [.. Places.Select(p => (p.X, p.Y)), .. Paths.SelectMany(path => path.Points)];
        foreach (double level in _levels)
        {
            (double X, double Y)[] crossings = [.. Crossings(level).Where(IsInside)];
            if (crossings.Length > 0)
            {
                (double X, double Y) best = crossings.MaxBy(at => taken.Select(other => Distance(at, other)).DefaultIfEmpty(0).Min());
                taken.Add(best);
                yield return (best.X, best.Y, level);
            }
        }

        // As shares of the picture, since its axes have scales of their own.
        double Distance((double X, double Y) one, (double X, double Y) other)
            => Math.Pow((one.X - other.X) / (_columns[^1] - _columns[0]), 2) + Math.Pow((one.Y - other.Y) / (_rows[^1] - _rows[0]), 2);

        bool IsInside((double X, double Y) at)
            => at.X > Within(_columns, 0.05) && at.X < Within(_columns, 0.95) && at.Y > Within(_rows, 0.05) && at.Y < Within(_rows, 0.95);

        static double Within(double[] axis, double share) => axis[0] + (share * (axis[^1] - axis[0]));
    }

    /// <summary>Where a level crosses the lines of the grid.</summary>
    private IEnumerable<(double X, double Y)> Crossings(double level)
    {
        for (int column = 0; column < _columns.Length; column++)
        {
            for (int row = 0; row < _rows.Length; row++)
            {
                if (column + 1 < _columns.Length && Share(_heights[column, row], _heights[column + 1, row]) is { } right)
                {
                    yield return (_columns[column] + (right * (_columns[column + 1] - _columns[column])), _rows[row]);
                }

                if (row + 1 < _rows.Length && Share(_heights[column, row], _heights[column, row + 1]) is { } up)
                {
                    yield return (_columns[column], _rows[row] + (up * (_rows[row + 1] - _rows[row])));
                }
            }
        }

        double? Share(double from, double to)
            => (from - level) * (to - level) < 0 ? (level - from) / (to - from) : null;
    }
}

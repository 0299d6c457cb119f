using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;

namespace BadMinima.Reporting;

/// <summary>
/// Lying bars, one group of them per category, each with its value and, where it has one, its error bar: long names stay readable and
/// narrow pages have room.
/// Negative values lie to the left of zero.
/// </summary>
public sealed class BarChart : Chart
{
    private const double BarHeight = 22;

    private readonly ChartAxis _values;

    /// <summary>A bar chart.</summary>
    /// <param name="caption">What the chart shows; with error bars also what those are.</param>
    /// <param name="values">
    /// The axis of the values; unless it says otherwise it begins at 0, or below the least value if that is negative.
    /// </param>
    /// <param name="categories">The names of the categories, from the top; at least one.</param>
    /// <param name="groups">At least one group, each with a value per category.</param>
    /// <exception cref="ArgumentException">
    /// No caption, no categories, no groups, a group with another number of values or of error bars, or a logarithmic axis (bars are
    /// lengths from 0).
    /// </exception>
    public BarChart(string caption, ChartAxis values, IReadOnlyList<string> categories, params IReadOnlyList<BarGroup> groups)
        : base(caption)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(categories);
        ArgumentNullException.ThrowIfNull(groups);
        if (categories.Count == 0 || groups.Count == 0)
        {
            throw new ArgumentException(
                $"The chart '{caption}' has {categories.Count} categories and {groups.Count} groups; give at least one of each.",
                nameof(groups));
        }

        if (groups.FirstOrDefault(group => group.Values.Count != categories.Count) is { } odd)
        {
            throw new ArgumentException(
                $"The chart '{caption}' has {categories.Count} categories, but '{odd.Name}' has {odd.Values.Count} values.",
                nameof(groups));
        }

        if (values.IsLogarithmic)
        {
            throw new ArgumentException(
                $"The chart '{caption}' has a logarithmic axis, and bars are lengths from 0; give another axis or a line chart.",
                nameof(values));
        }

        foreach (BarGroup group in groups)
        {
            ErrorRange.Check(caption, group.Name, nameof(BarGroup.ErrorBars), group.ErrorBars, categories.Count);
        }

        _values = values;
        Categories = categories;
        Groups = groups;
    }

    /// <summary>The names of the categories, from the top.</summary>
    public IReadOnlyList<string> Categories { get; }

    /// <summary>The groups in the legend's order.</summary>
    public IReadOnlyList<BarGroup> Groups { get; }

    /// <summary>The .NET number format of the values at the bars; by default the axis's.</summary>
    public string? ValueFormat { get; init; }

    /// <summary>
    /// Values that a dashed line behind all bars marks, for example a margin; by default none. Say in the chart's caption what they are:
    /// between bars and axis there is no room for it.
    /// </summary>
    public IReadOnlyList<double> Marks { get; init; } = [];

    /// <inheritdoc/>
    protected override string Description => $"Bar chart, {Caption}. " + string.Join("; ", Categories.Select(
        (category, i) => $"{category}: " + string.Join(", ", Groups.Select(group => $"{group.Name} {Text(group, i)}")))) + ".";

    private string Format => ValueFormat ?? _values.Format;

    /// <inheritdoc/>
    protected override Table? Values() => new(
        Caption,
        [Column.Text(""), .. Groups.Select(group => Column.Number(group.Name))],
        [.. Categories.Select((category, i) => (string[])[category, .. Groups.Select(group => Text(group, i))])]);

    /// <inheritdoc/>
    protected override double Height(double width) => (Groups.Count > 1 ? 90 : 65) + (Categories.Count * RowHeight(width));

    /// <inheritdoc/>
    protected override PlotModel Model(double width)
    {
        PlotModel model = Blank(legend: Groups.Count > 1);
        string[] names = Names(width);
        double label = 12 + Groups.SelectMany(group => group.Values).Max(value => SvgChart.TextWidth(Label(value), FontSize));
        ChartAxis axis = Axis(width - names.Max(name => SvgChart.TextWidth(name, FontSize)) - label - 24, label);

        // The value of a bar that fills the axis stands beyond it.
        model.Padding = new OxyThickness(0, 0, label, 0);
        model.Axes.Add(new CategoryAxis
        {
            Position = AxisPosition.Left,
            ItemsSource = names,
            StartPosition = 1,
            EndPosition = 0,
            TickStyle = TickStyle.None,
            AxisTickToLabelDistance = 6,
            GapWidth = (RowHeight(width) - (BarHeight * Groups.Count)) / (BarHeight * Groups.Count),
        });
        model.Axes.Add(Numbers(axis, AxisPosition.Bottom, grid: true));
        if (axis.Minimum < 0)
        {
            model.Annotations.Add(new LineAnnotation
            {
                Type = LineAnnotationType.Vertical,
                X = 0,
                Color = OxyColor.FromAColor(120, Palette.Ink),
                LineStyle = LineStyle.Solid
            });
        }

        foreach (double value in Marks)
        {
            model.Annotations.Add(new LineAnnotation
            {
                Type = LineAnnotationType.Vertical,
                X = value,
                Color = OxyColor.FromAColor(170, Palette.Ink),
                LineStyle = LineStyle.Dash,
                Layer = AnnotationLayer.BelowSeries
            });
        }

        for (int i = 0; i < Groups.Count; i++)
        {
            model.Series.Add(Bars(Groups[i], Palette.Series(i), axis));
        }

        return model;
    }

    private ValueBars Bars(BarGroup group, OxyColor color, ChartAxis axis)
    {
        double least = axis.Minimum ?? double.MinValue, most = axis.Maximum ?? double.MaxValue;
        ValueBars bars = new()
        {
            Title = group.Name,
            FillColor = color,
            StrokeColor = OxyColors.Undefined,
            BaseValue = Math.Clamp(0, least, most)
        };
        bars.Items.AddRange(group.Values.Select((value, i) => new ValueBars.Bar
        {
            Value = double.IsFinite(value) ? Math.Clamp(value, least, most) : bars.BaseValue,
            Label = Label(value),
            Range = ErrorRange.Has(group.ErrorBars, i) ? group.ErrorBars![i] : null,
        }));
        return bars;
    }

    /// <summary>
    /// The axis, with an end wherever the chart's maker left that open; below zero there is room for values <paramref name="label"/> wide.
    /// </summary>
    private ChartAxis Axis(double plot, double label)
    {
        double[] ends =
        [
            0,
            .. Groups.SelectMany(group => group.Values).Where(double.IsFinite),
            .. Groups.SelectMany(group => group.ErrorBars ?? [])
                .SelectMany(range => (double[])[range.Low, range.High])
                .Where(double.IsFinite),
        ];
        double least = ends.Min(), most = ends.Max();
        double share = plot > 2.5 * label ? label / plot : 0.4;
        bool labeled = Groups.SelectMany(group => group.Values).Any(value => value < 0);
        double minimum = _values.Minimum ?? (labeled ? least - ((most - least) * share / (1 - share)) : least);
        return _values with { Minimum = minimum, Maximum = _values.Maximum ?? (most > 0 ? most : minimum < 0 ? 0 : null) };
    }

    private double RowHeight(double width)
        => Math.Max(BarHeight * Groups.Count, LineHeight * Names(width).Max(name => name.Count(letter => letter == '\n') + 1)) + 14;

    /// <summary>The categories' names, broken into lines where they would take more than a third of the drawing from the bars.</summary>
    private string[] Names(double width) => [.. Categories.Select(name => SvgChart.Wrap(name, 0.35 * width, FontSize))];

    private string Label(double value) => double.IsFinite(value) ? value.ToString(Format) : "–";

    private string Text(BarGroup group, int index) => ErrorRange.Text(group.Values[index], group.ErrorBars, index, Format);
}

using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace BadMinima.Reporting;

/// <summary>Lying bars, one group of them per category, each with its value: long names stay readable and narrow pages have room.</summary>
public sealed class BarChart : Chart
{
    private readonly ChartAxis _values;

    /// <summary>A bar chart.</summary>
    /// <param name="caption">What the chart shows.</param>
    /// <param name="values">The axis of the values; it begins at 0 unless it says otherwise.</param>
    /// <param name="categories">The names of the categories, from the top; at least one.</param>
    /// <param name="groups">At least one group, each with a value per category.</param>
    /// <exception cref="ArgumentException">No caption, no categories, no groups, or a group with another number of values.</exception>
    public BarChart(string caption, ChartAxis values, IReadOnlyList<string> categories, params IReadOnlyList<BarGroup> groups)
        : base(caption)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(categories);
        ArgumentNullException.ThrowIfNull(groups);
        if (categories.Count == 0 || groups.Count == 0)
        {
            throw new ArgumentException($"The chart '{caption}' has {categories.Count} categories and {groups.Count} groups; give at least one of each.", nameof(groups));
        }

        if (groups.FirstOrDefault(group => group.Values.Count != categories.Count) is { } odd)
        {
            throw new ArgumentException($"The chart '{caption}' has {categories.Count} categories, but '{odd.Name}' has {odd.Values.Count} values.", nameof(groups));
        }

        _values = values with { Minimum = values.Minimum ?? 0 };
        Categories = categories;
        Groups = groups;
    }

    /// <summary>The names of the categories, from the top.</summary>
    public IReadOnlyList<string> Categories { get; }

    /// <summary>The groups in the legend's order.</summary>
    public IReadOnlyList<BarGroup> Groups { get; }

    /// <summary>The .NET number format of the values at the bars; by default the axis's.</summary>
    public string? ValueFormat { get; init; }

    /// <inheritdoc/>
    protected override string Description => $"Bar chart, {Caption}. " + string.Join("; ", Categories.Select(
        (category, i) => $"{category}: " + string.Join(", ", Groups.Select(group => $"{group.Name} {group.Values[i].ToString((ValueFormat ?? _values.Format))}")))) + ".";

    /// <inheritdoc/>
    protected override double Height(double width) => (Groups.Count > 1 ? 90 : 65) + (Categories.Count * ((22 * Groups.Count) + 14));

    /// <inheritdoc/>
    protected override PlotModel Model()
    {
        PlotModel model = Blank(legend: Groups.Count > 1);

        // The value of a bar that fills the axis stands beyond it.
        model.Padding = new OxyThickness(0, 0, 60, 0);
        model.Axes.Add(new CategoryAxis
        {
            Position = AxisPosition.Left,
            ItemsSource = Categories,
            StartPosition = 1,
            EndPosition = 0,
            TickStyle = TickStyle.None,
            GapWidth = 0.4,
        });
        model.Axes.Add(Numbers(_values, AxisPosition.Bottom, grid: true));
        for (int i = 0; i < Groups.Count; i++)
        {
            BarSeries bars = new()
            {
                Title = Groups[i].Name,
                FillColor = Palette.Series(i),
                StrokeColor = OxyColors.Undefined,
                LabelFormatString = $"{{0:{ValueFormat ?? _values.Format}}}",
                LabelPlacement = LabelPlacement.Outside,
            };
            bars.Items.AddRange(Groups[i].Values.Select(value => new BarItem(value)));
            model.Series.Add(bars);
        }

        return model;
    }
}

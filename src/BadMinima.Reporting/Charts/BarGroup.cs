namespace BadMinima.Reporting;

/// <summary>A bar for each category of a <see cref="BarChart"/>, in one color.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Values">A value per category; one that is not finite is shown as "–".</param>
public sealed record BarGroup(string Name, IReadOnlyList<double> Values)
{
    /// <summary>
    /// Error bars, for example confidence intervals: from where to where, one per value. One that is not finite is left out. By default
    /// none.
    /// Say in the chart's caption what they are.
    /// </summary>
    public IReadOnlyList<(double Low, double High)>? ErrorBars { get; init; }
}

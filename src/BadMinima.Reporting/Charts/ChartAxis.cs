namespace BadMinima.Reporting;

/// <summary>An axis of a chart.</summary>
/// <param name="Title">What it measures.</param>
/// <param name="Format">A .NET number format; "0 %" shows shares of 0 .. 1 as percents.</param>
public sealed record ChartAxis(string Title, string Format = "0.###")
{
    /// <summary>Where it begins; by default where the values do.</summary>
    public double? Minimum { get; init; }

    /// <summary>Where it ends; by default where the values do.</summary>
    public double? Maximum { get; init; }

    /// <summary>Whether equal distances are equal ratios; the axis below a <see cref="LineChart"/> alone can be so.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>An axis of shares, 0 .. 1, shown as 0 % .. 100 %.</summary>
    /// <param name="title">What it measures, for example "accuracy".</param>
    /// <returns>The axis.</returns>
    public static ChartAxis Percent(string title) => new(title, "0 %") { Minimum = 0, Maximum = 1 };

    /// <summary>An axis of whole numbers, for example of epochs.</summary>
    /// <param name="title">What it counts.</param>
    /// <returns>The axis.</returns>
    public static ChartAxis Count(string title) => new(title, "0");

    /// <summary>An axis of ratios, for example of learning rates: 0.003, 0.01, 0.03, ...</summary>
    /// <param name="title">What it measures.</param>
    /// <returns>The axis.</returns>
    public static ChartAxis Logarithmic(string title) => new(title, "0.########") { IsLogarithmic = true };
}

namespace BadMinima.Reporting;

/// <summary>A bar for each category of a <see cref="BarChart"/>, in one colour.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Values">A value per category.</param>
public sealed record BarGroup(string Name, IReadOnlyList<double> Values);

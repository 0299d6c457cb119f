namespace BadMinima.Reporting;

/// <summary>A curve of a <see cref="LineChart"/>.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Points">Its points, by rising x; one whose y is not finite leaves a gap.</param>
public sealed record Curve(string Name, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>Which colour and dash pattern, from 0; curves of one look belong together. By default each curve of a chart has its own.</summary>
    public int? Look { get; init; }

    /// <summary>Whether the line is thin and pale: context for its companion of the same <see cref="Look"/>, as training accuracy is for test accuracy.</summary>
    public bool Faint { get; init; }

    /// <summary>A curve with a value per epoch.</summary>
    /// <param name="name">Its name in the legend.</param>
    /// <param name="values">The values in their order.</param>
    /// <param name="firstEpoch">The epoch of the first value.</param>
    /// <returns>The curve.</returns>
    public static Curve PerEpoch(string name, IEnumerable<double> values, int firstEpoch = 1) =>
        new(name, [.. values.Select((value, i) => ((double)(firstEpoch + i), value))]);
}

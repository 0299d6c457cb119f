namespace BadMinima.Reporting;

/// <summary>A curve of a <see cref="LineChart"/>.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Points">Its points, by rising x; one whose y is not finite leaves a gap.</param>
public sealed record Curve(string Name, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>
    /// Which color and dash pattern, from 0; curves of one look belong together. By default each curve of a chart has its own.
    /// </summary>
    public int? Look { get; init; }

    /// <summary>
    /// Whether the line is thin and pale: context for its companion of the same <see cref="Look"/>, as training accuracy is for test
    /// accuracy.
    /// </summary>
    public bool Faint { get; init; }

    /// <summary>
    /// A shade behind the curve in its color, for example the interval of a mean over seeds: from where to where, one per point. One that
    /// is not finite leaves
    /// a gap. By default none. The legend does not name it: say in the caption what it is.
    /// </summary>
    public IReadOnlyList<(double Low, double High)>? Band { get; init; }

    /// <summary>
    /// Error bars at the points, for example confidence intervals: from where to where, one per point. One that is not finite is left out.
    /// By default none.
    /// For curves of few points; many have a <see cref="Band"/>.
    /// </summary>
    public IReadOnlyList<(double Low, double High)>? ErrorBars { get; init; }

    /// <summary>
    /// Whether each point has a marker, in a shape of its look. By default all curves of a chart have them if none has more than 12 points;
    /// otherwise those
    /// with <see cref="ErrorBars"/> do, and those of a single point, which without it would not be seen.
    /// </summary>
    public bool? Markers { get; init; }

    /// <summary>A curve with a value per epoch.</summary>
    /// <param name="name">Its name in the legend.</param>
    /// <param name="values">The values in their order.</param>
    /// <param name="firstEpoch">The epoch of the first value.</param>
    /// <returns>The curve.</returns>
    public static Curve PerEpoch(string name, IEnumerable<double> values, int firstEpoch = 1) =>
        new(name, [.. values.Select((value, i) => ((double)(firstEpoch + i), value))]);
}

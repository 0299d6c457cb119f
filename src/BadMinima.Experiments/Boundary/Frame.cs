namespace BadMinima.Experiments;

/// <summary>A rectangle of the plane.</summary>
/// <param name="Left">The least x.</param>
/// <param name="Right">The largest x.</param>
/// <param name="Bottom">The least y.</param>
/// <param name="Top">The largest y.</param>
public sealed record Frame(double Left, double Right, double Bottom, double Top)
{
    /// <summary>What the panels of the paper's 2-D figure show.</summary>
    public static Frame Paper { get; } = new(-1.25, 1.8, -0.75, 1.25);

    /// <summary>Right less left.</summary>
    public double Width => Right - Left;

    /// <summary>Top less bottom.</summary>
    public double Height => Top - Bottom;
}

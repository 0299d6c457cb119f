namespace BadMinima.Experiments;

/// <summary>
/// A function of one number on [-1.6, 1.6] with four minima, two sharp ones in narrow basins and two flat ones in wide basins:
/// f(x) = (x + 1.6) (x + 1.3)^2 (x - 0.2)^2 (x - 0.7)^2 (x - 1.6) (0.05 |1.65 - x|)^0.6 (1 + 1 / (0.01 + 4 (x - 0.5)^2))
/// (1 + 1 / (0.1 + 4 (x + 1.5)^2)) (1 - exp(-5 (x + 0.8)^2) / 4). In the form of Wang, Oh, Rhee (ICLR 2022), written down from memory:
/// unverified.
/// </summary>
internal sealed class Wells
{
    /// <summary>The ends of the interval that iterates are kept in.</summary>
    public const double Least = -1.6;

    /// <inheritdoc cref="Least"/>
    public const double Most = 1.6;

    // Between the nodes the derivative is taken to be straight: it is off by less than 1e-4 of its largest value.
    private const int Nodes = 1 << 15;
    private const double Spacing = (Most - Least) / Nodes;

    private static readonly double[] Derivatives = [.. Enumerable.Range(0, Nodes + 1).Select(i => Slope(Least + i * Spacing))];

    /// <summary>Where f has its maxima, between which the basins lie.</summary>
    public static IReadOnlyList<double> Borders { get; } = [-1.3, 0.2, 0.7];

    /// <summary>The minima, one between two borders, by rising place.</summary>
    public static IReadOnlyList<Well> All { get; } = Find();

    /// <summary>f.</summary>
    public static double Value(double x)
        => (x + 1.6) * Square(x + 1.3) * Square(x - 0.2) * Square(x - 0.7) * (x - 1.6) * Math.Pow(0.05 * Math.Abs(1.65 - x), 0.6)
            * (1 + 1 / (0.01 + 4 * Square(x - 0.5))) * (1 + 1 / (0.1 + 4 * Square(x + 1.5))) * (1 - Math.Exp(-5 * Square(x + 0.8)) / 4);

    /// <summary>f'.</summary>
    /// <param name="x">Within the interval.</param>
    public static double Derivative(double x)
    {
        double place = (x - Least) / Spacing;
        int left = Math.Min((int)place, Nodes - 1);
        double share = place - left;
        return Derivatives[left] * (1 - share) + Derivatives[left + 1] * share;
    }

    /// <summary>The basin that a place lies in, from 0.</summary>
    public static int BasinOf(double x) => x < Borders[0] ? 0 : x < Borders[1] ? 1 : x < Borders[2] ? 2 : 3;

    private static Well[] Find()
    {
        double[] ends = [Least, .. Borders, Most];
        return
        [
            .. Enumerable.Range(0, ends.Length - 1).Select(i =>
            {
                double bottom = Enumerable.Range(1, 9_999).Select(k => ends[i] + (ends[i + 1] - ends[i]) * k / 10_000).MinBy(Value);

                // The ends of the interval are no way out: iterates are held there.
                double toLeft = i == 0 ? double.PositiveInfinity : bottom - ends[i];
                double toRight = i == ends.Length - 2 ? double.PositiveInfinity : ends[i + 1] - bottom;
                return new Well(bottom, Math.Min(toLeft, toRight));
            }),
        ];
    }

    private static double Slope(double x)
    {
        const double step = 1e-6;
        (double left, double right) = (Math.Max(Least, x - step), Math.Min(Most, x + step));
        return (Value(right) - Value(left)) / (right - left);
    }

    private static double Square(double x) => x * x;
}

/// <summary>A minimum of <see cref="Wells"/>.</summary>
/// <param name="Bottom">Where it is.</param>
/// <param name="Reach">How far it is to the nearest border of its basin.</param>
internal sealed record Well(double Bottom, double Reach)
{
    /// <summary>How many steps of at most a length lead out of the basin, at least.</summary>
    /// <param name="longest">The length; null: any.</param>
    public int Jumps(double? longest) => longest is { } length ? (int)Math.Ceiling(Reach / length) : 1;
}

namespace BadMinima.MLNet.Examples.Drawn;

/// <summary>One class of the synthetic set: straight strokes between points of the square -1 .. 1, with y pointing down.</summary>
/// <param name="Name">The class's name.</param>
/// <param name="Points">Where strokes begin and end.</param>
/// <param name="Strokes">Pairs of points, by their places in <paramref name="Points"/>.</param>
internal sealed record Glyph(string Name, (double X, double Y)[] Points, (int From, int To)[] Strokes)
{
    /// <summary>
    /// The ten classes. Each has a near neighbor that it shares most strokes with (cross and tee, arrow and fork, zed and hourglass, gate
    /// and comb), and none
    /// turns into another one by a flip from left to right or by turning less than 30 degrees, so that augmentation and drawing keep the
    /// class.
    /// </summary>
    public static readonly Glyph[] All =
    [
        new("arrow", [(0, 1), (0, -1), (-0.7, -0.2), (0.7, -0.2)], [(0, 1), (1, 2), (1, 3)]),
        new("fork", [(0, 1), (0, 0), (-0.7, -1), (0.7, -1)], [(0, 1), (1, 2), (1, 3)]),
        new("cross", [(0, -1), (0, 1), (-0.8, 0), (0.8, 0)], [(0, 1), (2, 3)]),
        new("tee", [(0, -1), (0, 1), (-0.8, -1), (0.8, -1)], [(0, 1), (2, 3)]),
        new("triangle", [(0, -1), (0.9, 0.8), (-0.9, 0.8)], [(0, 1), (1, 2), (2, 0)]),
        new("square", [(-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)], [(0, 1), (1, 2), (2, 3), (3, 0)]),
        new("zed", [(-0.8, -0.9), (0.8, -0.9), (-0.8, 0.9), (0.8, 0.9)], [(0, 1), (1, 2), (2, 3)]),
        new("hourglass", [(-0.8, -0.9), (0.8, -0.9), (-0.8, 0.9), (0.8, 0.9)], [(0, 1), (1, 2), (2, 3), (3, 0)]),
        new("gate", [(-0.7, -1), (-0.7, 1), (0.7, -1), (0.7, 1), (-0.7, 0), (0.7, 0)], [(0, 1), (2, 3), (4, 5)]),
        new("comb", [(-0.7, -1), (-0.7, 1), (0.7, -1), (0.7, 0), (0.7, 1), (-0.7, 0)], [(0, 1), (0, 2), (5, 3), (1, 4)]),
    ];
}

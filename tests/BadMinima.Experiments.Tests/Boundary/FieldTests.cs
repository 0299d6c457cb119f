namespace BadMinima.Experiments.Tests;

/// <summary>Lengths and islands on fields whose answers are known.</summary>
[TestClass]
public sealed class FieldTests
{
    [TestMethod]
    [DataRow(1.0, 0.0, -0.2, 2.0, DisplayName = "upright, the straight separator")]
    [DataRow(0.0, 1.0, -0.25, 3.05, DisplayName = "level")]
    [DataRow(1.0, -1.0, 0.0, 2.8284271247461903, DisplayName = "diagonal: from (-0.75, -0.75) to (1.25, 1.25)")]
    public void The_zero_line_of_a_linear_field_is_as_long_as_the_straight_line(double a, double b, double c, double length)
    {
        Field field = Of((x, y) => a * x + b * y + c);
        Assert.AreEqual(length, ZeroLine.Length(ZeroLine.Of(field)), 1e-4);
        Assert.AreEqual(2, Regions.Count(field));
        Assert.AreEqual(0, Regions.Islands(field));
    }

    [TestMethod]
    [DataRow(0.05)]
    [DataRow(0.3)]
    [DataRow(0.9)]
    public void The_zero_line_of_a_circle_is_its_circumference(double radius)
    {
        Field field = Of((x, y) => x * x + y * y - radius * radius, new(-1, 1, -1, 1));
        List<ZeroLine.Piece> line = ZeroLine.Of(field);
        Assert.AreEqual(2 * Math.PI * radius, ZeroLine.Length(line), 0.01 * 2 * Math.PI * radius);
        Assert.IsTrue(line.All(p => Math.Abs(double.Hypot(p.X1, p.Y1) - radius) < 0.001), "a piece lies off the circle");
    }

    [TestMethod]
    public void The_pieces_of_a_closed_line_join()
    {
        List<ZeroLine.Piece> line = ZeroLine.Of(Of((x, y) => x * x + y * y - 0.2003));
        int ends = line.SelectMany(p => new[] { Key(p.X1, p.Y1), Key(p.X2, p.Y2) }).GroupBy(e => e).Count(g => g.Count() != 2);
        Assert.AreEqual(0, ends, "open ends");

        static (double, double) Key(double x, double y) => (Math.Round(x, 9), Math.Round(y, 9));
    }

    [TestMethod]
    public void At_a_saddle_the_mean_of_the_corners_says_which_of_them_belong_together()
    {
        // Lower left and upper right are positive; the pieces cut off the two others where the mean is positive, and these two where it is
        // not.
        Field positive = new(new(0, 1, 0, 1), 2, 2, [3, -1, -1, 3]);
        Field negative = new(new(0, 1, 0, 1), 2, 2, [1, -3, -3, 1]);
        Assert.AreEqual(2 * double.Hypot(0.25, 0.25), ZeroLine.Length(ZeroLine.Of(positive)), 1e-9);
        Assert.AreEqual(2 * double.Hypot(0.25, 0.25), ZeroLine.Length(ZeroLine.Of(negative)), 1e-9);
        Assert.IsTrue(ZeroLine.Of(positive).All(p => p.X1 + p.Y1 is > 0.5 and < 1.5), "not around the lower right and the upper left");
        Assert.IsTrue(ZeroLine.Of(positive).All(p => Math.Abs(p.X1 - p.Y1) >= 0.5), "through the middle");
        Assert.IsTrue(ZeroLine.Of(negative).All(p => Math.Abs(p.X1 + p.Y1 - 1) >= 0.5), "not around the lower left and the upper right");
    }

    [TestMethod]
    public void A_field_of_one_sign_has_no_line_and_no_islands()
    {
        foreach (float value in new[] { -1f, 0f, 1f })
        {
            Field field = Of((_, _) => value);
            Assert.IsEmpty(ZeroLine.Of(field));
            Assert.AreEqual("1 0", $"{Regions.Count(field)} {Regions.Islands(field)}");
        }
    }

    [TestMethod]
    public void Islands_are_regions_of_either_class_beyond_two()
    {
        Assert.AreEqual(0, Islands("..##", "..##"));
        Assert.AreEqual(0, Islands("....", ".##.", "...."), "a region within the other: two regions");
        Assert.AreEqual(1, Islands("#.#", "#.#"), "three stripes");
        Assert.AreEqual(2, Islands(".....##", ".#.#.##", ".....##"), "two islands of class 1 on the side of class 0");
        Assert.AreEqual(3, Islands("#####", "#...#", "#.#.#", "#...#", "#####", ".....", "#####"), "rings and stripes");
        Assert.AreEqual(2, Islands("#.", ".#"), "corners do not connect");
    }

    /// <param name="rows">From the top; # is class 1.</param>
    private static int Islands(params string[] rows)
        => Regions.Islands(new(Frame.Paper, rows[0].Length, rows.Length, [.. rows.Reverse().SelectMany(row => row).Select(c => c == '#' ? 1f : -1f)]));

    private static Field Of(Func<double, double, double> value, Frame? frame = null)
        => new(frame ?? Frame.Paper, 306, 201, [.. Field.Nodes(frame ?? Frame.Paper, 306, 201).Select(p => (float)value(p.X, p.Y))]);
}

using BadMinima.MLNet.Examples.Readers;
using BadMinima.MLNet.Examples.Views;
using static BadMinima.MLNet.Examples.Drawn.SyntheticStrengths;

namespace BadMinima.MLNet.Examples.Drawn;

/// <summary>
/// Draws the ten glyphs turned, sheared, scaled, shifted, with crooked corners, over stray strokes and under noise. Image i is a function
/// of (style, seed, split, i)
/// alone, and the same to the bit on every platform: only + - * / and square roots of doubles are used, which IEEE 754 settles, and no sine
/// or power, which it does not.
/// </summary>
internal static class SyntheticImages
{
    public static ImageShape Shape(SyntheticStyle style)
        => style == SyntheticStyle.Gray28 ? new ImageShape(1, 28, 28) : new ImageShape(3, 32, 32);

    public static ImageDataView Draw(SyntheticStyle style, Split split, int count, long seed)
    {
        Guard.Defined(style, nameof(style));
        Guard.Split(split);
        if (count < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(count), $"count is {count}; allowed are 1 and more.");
        }

        // Four streams of a seed: the images and the order of the classes, for either part.
        CounterRandom all = CounterRandom.Create(seed);
        CounterRandom images = all.Stream((ulong)split);
        CounterRandom orders = all.Stream(2 + (ulong)split);

        ImageShape shape = Shape(style);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => Label(orders, i))];
        var pixels = new ReadOnlyMemory<byte>[count];
        Parallel.For(0, count, i => pixels[i] = Draw(shape, Glyph.All[labels[i]], images.Stream((ulong)i)));
        return new ImageDataView(shape, pixels, labels, [.. Glyph.All.Select(g => g.Name)]);
    }

    /// <summary>Every ten images in a row hold every class once, in an order of their own.</summary>
    private static int Label(CounterRandom orders, int image)
    {
        int classes = Glyph.All.Length;
        return orders.Stream((ulong)(image / classes)).Permutation(classes)[image % classes];
    }

    private static byte[] Draw(ImageShape shape, Glyph glyph, CounterRandom random)
    {
        var draws = new Draws(random.Stream(0));
        double[] ground = Ground(shape, ref draws);
        var canvas = new StrokeCanvas(shape, ground);

        int distractors = FewestDistractors + draws.Below(MostDistractors - FewestDistractors + 1);
        for (int i = 0; i < distractors; i++)
        {
            canvas.Draw([Distractor(shape, ref draws)], StrokeWidth(ref draws), Ink(shape, ground, ref draws));
        }

        canvas.Draw(Strokes(shape, glyph, ref draws), StrokeWidth(ref draws), Ink(shape, ground, ref draws));
        return canvas.ToBytes(random.Stream(1), Noise);
    }

    /// <summary>The glyph's strokes in pixels, deformed.</summary>
    private static Segment[] Strokes(ImageShape shape, Glyph glyph, ref Draws draws)
    {
        // The rational form of cosine and sine: exact in the sense that every platform rounds it the same way.
        double t = draws.Either(HalfAngleTangent);
        double cosine = (1 - (t * t)) / (1 + (t * t));
        double sine = 2 * t / (1 + (t * t));

        double shear = draws.Either(Shear);
        double height = draws.Between(SmallestScale, LargestScale) * shape.Height;
        double stretch = draws.Between(1, Aspect);
        double width = draws.Below(2) == 0 ? height * stretch : height / stretch;
        double centerX = (0.5 + draws.Either(Shift)) * shape.Width;
        double centerY = (0.5 + draws.Either(Shift)) * shape.Height;

        var points = new (double X, double Y)[glyph.Points.Length];
        for (int i = 0; i < points.Length; i++)
        {
            double y = (glyph.Points[i].Y + draws.Either(PointJitter)) * height;
            double x = ((glyph.Points[i].X + draws.Either(PointJitter)) * width) + (shear * y);
            points[i] = (centerX + (cosine * x) - (sine * y), centerY + (sine * x) + (cosine * y));
        }

        return [.. glyph.Strokes.Select(s => new Segment(points[s.From], points[s.To]))];
    }

    private static Segment Distractor(ImageShape shape, ref Draws draws)
    {
        double x = draws.Between(0, shape.Width);
        double y = draws.Between(0, shape.Height);
        double half = draws.Between(ShortestDistractor, LongestDistractor) * shape.Width;
        (double dx, double dy) = draws.Direction();
        return new Segment((x - (half * dx), y - (half * dy)), (x + (half * dx), y + (half * dy)));
    }

    private static double StrokeWidth(ref Draws draws) => draws.Between(ThinnestStroke, ThickestStroke);

    private static double[] Ground(ImageShape shape, ref Draws draws)
        => shape.Channels == 1 ? [draws.Between(0, BrightestGround)] : Color(ref draws);

    private static double[] Ink(ImageShape shape, double[] ground, ref Draws draws)
    {
        if (shape.Channels == 1)
        {
            return [draws.Between(DarkestStroke, 1)];
        }

        double[] ink;
        do
        {
            ink = Color(ref draws);
        }
        while (ink.Zip(ground, (a, b) => (a - b) * (a - b)).Sum() < ColorContrast * ColorContrast);
        return ink;
    }

    private static double[] Color(ref Draws draws) => [draws.Between(0, 1), draws.Between(0, 1), draws.Between(0, 1)];

    /// <summary>A generator's numbers one after another.</summary>
    private struct Draws(CounterRandom random)
    {
        private ulong _next;

        public double Between(double low, double high) => low + ((high - low) * random.Uniform(_next++));

        public double Either(double largest) => Between(-largest, largest);

        public int Below(int bound) => random.Below(_next++, bound);

        /// <summary>A uniformly drawn direction: a point of the unit disc, pushed out to the circle.</summary>
        public (double X, double Y) Direction()
        {
            while (true)
            {
                double x = Either(1);
                double y = Either(1);
                double square = (x * x) + (y * y);
                if (square is > 0.01 and <= 1)
                {
                    double length = Math.Sqrt(square);
                    return (x / length, y / length);
                }
            }
        }
    }
}

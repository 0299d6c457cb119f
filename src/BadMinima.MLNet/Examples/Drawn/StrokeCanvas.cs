
namespace BadMinima.MLNet.Examples.Drawn;

/// <summary>A straight stroke's ends, in pixels from the upper left corner.</summary>
internal readonly record struct Segment((double X, double Y) From, (double X, double Y) To)
{
    public double Distance(double x, double y)
    {
        double dx = To.X - From.X;
        double dy = To.Y - From.Y;
        double square = (dx * dx) + (dy * dy);
        double along = square > 0 ? Math.Clamp((((x - From.X) * dx) + ((y - From.Y) * dy)) / square, 0, 1) : 0;
        double offX = x - (From.X + (along * dx));
        double offY = y - (From.Y + (along * dy));
        return Math.Sqrt((offX * offX) + (offY * offY));
    }
}

/// <summary>An image being drawn: values of 0 .. 1, plane by plane.</summary>
internal sealed class StrokeCanvas
{
    private readonly ImageShape _shape;
    private readonly double[] _values;

    public StrokeCanvas(ImageShape shape, double[] ground)
    {
        _shape = shape;
        _values = new double[shape.Volume];
        int plane = shape.Height * shape.Width;
        for (int c = 0; c < shape.Channels; c++)
        {
            _values.AsSpan(c * plane, plane).Fill(ground[c]);
        }
    }

    /// <summary>
    /// Covers with ink, one value a channel, what lies within half a width of any of the strokes; edges are smooth over one pixel.
    /// </summary>
    public void Draw(ReadOnlySpan<Segment> strokes, double width, double[] ink)
    {
        int plane = _shape.Height * _shape.Width;
        for (int i = 0; i < plane; i++)
        {
            double distance = double.MaxValue;
            foreach (Segment stroke in strokes)
            {
                distance = Math.Min(distance, stroke.Distance((i % _shape.Width) + 0.5, (i / _shape.Width) + 0.5));
            }

            double cover = Math.Clamp((width / 2) + 0.5 - distance, 0, 1);
            for (int c = 0; c < ink.Length; c++)
            {
                ref double value = ref _values[(c * plane) + i];
                value += cover * (ink[c] - value);
            }
        }
    }

    /// <summary>
    /// The image in 0 .. 255, each value with noise of the given standard deviation: the sum of four uniform numbers, which is near enough
    /// to the bell curve.
    /// </summary>
    public byte[] ToBytes(CounterRandom random, double noise)
    {
        // The variance of a uniform number of 0 .. 1 is 1/12; of the sum of four, 1/3.
        double unit = Math.Sqrt(3) / 65536;
        byte[] bytes = new byte[_values.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            ulong bits = random.Bits((ulong)i);
            int sum = (int)(bits & 0xFFFF) + (int)((bits >> 16) & 0xFFFF) + (int)((bits >> 32) & 0xFFFF) + (int)(bits >> 48);
            double value = _values[i] + (noise * unit * (sum - (2 * 65535)));
            bytes[i] = (byte)((Math.Clamp(value, 0, 1) * 255) + 0.5);
        }

        return bytes;
    }
}

using SkiaSharp;

namespace BadMinima.Experiments;

/// <summary>
/// Probabilities as colors: blue at 0, white at 0.5, orange at 1, which color-blind readers tell apart (ColorBrewer's ends of PuOr and
/// RdBu).
/// </summary>
internal static class ColorScale
{
    public static readonly SKColor DarkBlue = new(0x05, 0x30, 0x61);
    public static readonly SKColor DarkOrange = new(0x7f, 0x3b, 0x08);

    private static readonly SKColor[] Stops = [
        new(0x43, 0x93, 0xc3), new(0x92, 0xc5, 0xde), new(0xf7, 0xf7, 0xf7), new(0xfd, 0xb8, 0x63), new(0xe0, 0x82, 0x14)];

    /// <param name="probability">0 to 1.</param>
    public static SKColor Of(double probability)
    {
        double place = Math.Clamp(probability, 0, 1) * (Stops.Length - 1);
        int below = Math.Min((int)place, Stops.Length - 2);
        (SKColor from, SKColor to, double share) = (Stops[below], Stops[below + 1], place - below);
        return new(Mix(from.Red, to.Red), Mix(from.Green, to.Green), Mix(from.Blue, to.Blue));

        byte Mix(byte a, byte b) => (byte)Math.Round(a + share * (b - a));
    }
}

namespace BadMinima.MLNet.Examples.Drawn;

/// <summary>
/// How much the synthetic images differ within a class: everything that makes the set easy or hard. A change here changes every image (and
/// the tests' checksums).
/// </summary>
internal static class SyntheticStrengths
{
    /// <summary>Half the side of the square that a glyph is drawn in, as a share of the image's side.</summary>
    public const double SmallestScale = 0.24;
    public const double LargestScale = 0.38;

    /// <summary>Width over height is drawn from 1 / this to this.</summary>
    public const double Aspect = 1.25;

    /// <summary>The tangent of half the largest angle: 0.131 is tan(7.5 degrees), for turns of up to 15 degrees either way.</summary>
    public const double HalfAngleTangent = 0.131;

    /// <summary>Sideways shift of a point per unit of height, either way.</summary>
    public const double Shear = 0.3;

    /// <summary>The largest shift of the center, as a share of the image's side, either way.</summary>
    public const double Shift = 0.12;

    /// <summary>How far each point moves on its own, in the glyph's units, either way.</summary>
    public const double PointJitter = 0.12;

    /// <summary>Stroke widths, in pixels.</summary>
    public const double ThinnestStroke = 1.0;
    public const double ThickestStroke = 3.0;

    /// <summary>Strokes that belong to no glyph, drawn below it.</summary>
    public const int FewestDistractors = 1;
    public const int MostDistractors = 3;

    /// <summary>Half the length of a distractor, as a share of the image's side.</summary>
    public const double ShortestDistractor = 0.12;
    public const double LongestDistractor = 0.32;

    /// <summary>Gray ground and strokes, of 0 .. 1.</summary>
    public const double BrightestGround = 0.3;
    public const double DarkestStroke = 0.45;

    /// <summary>The smallest distance between ground and stroke in the unit cube of colors (its diagonal is 1.73).</summary>
    public const double ColorContrast = 0.45;

    /// <summary>The standard deviation of the noise of every value, of 0 .. 1.</summary>
    public const double Noise = 0.10;
}

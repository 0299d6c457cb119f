namespace BadMinima.MLNet;

/// <summary>What of each replica the random-label phase sets to 0: see <see cref="RandomLabelPhase.ZeroOutRatio"/>.</summary>
public enum ZeroOut
{
    /// <summary>
    /// int(C*H*W*ratio) distinct channel values, wherever they lie (Liu, Papailiopoulos, Achlioptas, NeurIPS 2020): of 3x32x32 at 0.1 just
    /// 307.
    /// </summary>
    Values,

    /// <summary>
    /// int(H*W*ratio) pixels in all channels, drawn with replacement (Damian, Ma, Lee, NeurIPS 2021): of 3x32x32 at 0.1 there are 102
    /// draws, of which some hit a pixel that is 0 already: 97 pixels on the average. For images only.
    /// </summary>
    Pixels,
}

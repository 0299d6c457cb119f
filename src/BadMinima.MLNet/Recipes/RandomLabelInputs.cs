namespace BadMinima.MLNet;

/// <summary>What the random-label phase puts its labels on.</summary>
public enum RandomLabelInputs
{
    /// <summary>Replicas of the training images (Liu, Papailiopoulos, Achlioptas, NeurIPS 2020).</summary>
    Images,

    /// <summary>
    /// Noise: every channel value of each replica is uniform over 0 to 255, drawn once. That random labels on noise help, where those on
    /// images harm, is Cheon, Paik (2024, 2412.17411); their noise is another, and unverified. For images only.
    /// </summary>
    Noise,
}

namespace BadMinima.Experiments;

/// <summary>Which training images of a set in files are taken where their number is limited.</summary>
public enum Draw
{
    /// <summary>The first ones, for every seed the same: intervals over seeds speak of that one set.</summary>
    First,

    /// <summary>
    /// Uniformly drawn without replacement, a function of the run's seed and the set: others for each seed, and the same for all starts and
    /// recipes of one. Test images are the first ones all the same.
    /// </summary>
    BySeed,
}

/// <summary>What the draws are called on the command line, in sweep files and in config.json.</summary>
internal static class DrawNames
{
    public const string First = "first";
    public const string BySeed = "by-seed";

    /// <summary>The setting of a run and of a sweep's data.</summary>
    public const string Setting = "draw";

    public static string ToName(this Draw draw) => draw == Draw.BySeed ? BySeed : First;

    public static Draw Parse(string text) => Text.OneOf(text, First, BySeed) == BySeed ? Draw.BySeed : Draw.First;
}

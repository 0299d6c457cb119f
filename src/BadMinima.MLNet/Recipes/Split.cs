namespace BadMinima.MLNet;

/// <summary>The two parts that image sets come in.</summary>
public enum Split
{
    /// <summary>The part that models are trained on.</summary>
    Train,

    /// <summary>The part that models are tested on, and never trained on.</summary>
    Test,
}

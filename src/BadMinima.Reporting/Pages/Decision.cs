namespace BadMinima.Reporting;

/// <summary>What data say of a claim.</summary>
public enum Decision
{
    /// <summary>They support it.</summary>
    Supported,

    /// <summary>They contradict it.</summary>
    Contradicted,

    /// <summary>They do not decide it: too few, too noisy, or the comparison is missing.</summary>
    NotDecided,
}

namespace BadMinima.Experiments;

/// <summary>How many rows of what is held out are among the training data too, by their examples' bytes.</summary>
/// <param name="Rows">Rows that are held out.</param>
/// <param name="Shared">Those of them whose example is among the training data.</param>
public sealed record SharedRows(int Rows, int Shared)
{
    /// <summary>Whether what is held out says nothing: most of it is among the training data.</summary>
    internal bool IsMost => 2 * Shared > Rows;

    /// <summary>A sentence that says so.</summary>
    public override string ToString()
        => $"{Shared:N0} of {Rows:N0} rows that are held out are among the training data too, and speak for what remembers them.";
}

namespace BadMinima.MLNet;

/// <summary>Training ran off: its loss, or a score of the network, is no longer a finite number.</summary>
public sealed class DivergedException : InvalidOperationException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What ran off, and what to do.</param>
    public DivergedException(string message) : base(message)
    {
    }
}

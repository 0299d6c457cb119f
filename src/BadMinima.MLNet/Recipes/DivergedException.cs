namespace BadMinima.MLNet;

/// <summary>Training ran off: its loss, or a score of the network, is no longer a finite number.</summary>
public sealed class DivergedException : InvalidOperationException
{
    internal DivergedException(string message) : base(message)
    {
    }
}

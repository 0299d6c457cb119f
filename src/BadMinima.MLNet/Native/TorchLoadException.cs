namespace BadMinima.MLNet;

/// <summary>
/// The native part of torch cannot be loaded. The message says which file, what it lacks, and which package or setting cures it.
/// </summary>
public sealed class TorchLoadException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The file, what it lacks, and the cure.</param>
    /// <param name="innerException">What the system reported, if it did.</param>
    public TorchLoadException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

namespace BadMinima.MLNet.Diagnostics;

/// <summary>A measure says nothing of a model or of data.</summary>
/// <param name="message">Why.</param>
internal sealed class NotApplicableException(string message) : Exception(message);

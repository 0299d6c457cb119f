namespace BadMinima.Experiments;

/// <summary>A value as typed is not allowed. <see cref="Setting{T}.Apply"/> says of which setting.</summary>
/// <param name="allowed">What is.</param>
internal sealed class NotAllowedException(string allowed) : Exception
{
    public string Allowed => allowed;
}

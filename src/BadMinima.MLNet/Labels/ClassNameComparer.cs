using System.Diagnostics.CodeAnalysis;
using BadMinima.MLNet.Labels;

namespace BadMinima.MLNet;

/// <summary>
/// Tells whether two class names are one, as everything here does: where they are equal in Unicode's form NFC. macOS writes é as two
/// characters, others as one, and .NET's own comparison takes those for two names.
/// </summary>
public sealed class ClassNameComparer : IEqualityComparer<string>
{
    private ClassNameComparer()
    {
    }

    /// <summary>The only one.</summary>
    public static ClassNameComparer Instance { get; } = new();

    /// <inheritdoc/>
    public bool Equals(string? x, string? y)
        => x is null || y is null ? x is null && y is null : ComposedForm.Of(x).Equals(ComposedForm.Of(y), StringComparison.Ordinal);

    /// <inheritdoc/>
    public int GetHashCode([DisallowNull] string obj) => StringComparer.Ordinal.GetHashCode(ComposedForm.Of(obj));
}

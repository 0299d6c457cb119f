using TorchSharp;

namespace BadMinima.MLNet.Native;

/// <summary>
/// Numbers for torch's operations that no collection can free. TorchSharp 0.107 hands torch a pointer to a <see cref="Scalar"/>'s native
/// copy and keeps no hold of the Scalar itself: one
/// that was converted on the spot, or made by TorchSharp for a parameter left out (the 1 of <c>add_(other)</c>), may be finalized before
/// torch has read it. The operation then
/// fails or, worse, takes what else lies there by now. On a tiny network with thousands of steps a second this happened once in some 10,000
/// steps. So: no number as an
/// argument of an operation that runs often, and no <c>add</c> of a tensor or a number without <see cref="One"/> as its second argument;
/// other numbers are held by <c>using</c>.
/// </summary>
internal static class HeldScalar
{
    /// <summary>1, the factor of the second tensor in a sum.</summary>
    public static Scalar One { get; } = 1;

    /// <summary>0, to fill with.</summary>
    public static Scalar Zero { get; } = 0;
}

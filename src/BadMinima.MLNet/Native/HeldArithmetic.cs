using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Native;

/// <summary>Arithmetic with numbers that stay alive until torch has read them: see <see cref="HeldScalar"/>.</summary>
internal static class HeldArithmetic
{
    /// <summary>tensor * factor.</summary>
    public static Tensor Times(this Tensor tensor, double factor)
    {
        using Scalar held = factor;
        return tensor.mul(held);
    }

    /// <summary>tensor + number.</summary>
    public static Tensor Plus(this Tensor tensor, double number)
    {
        using Scalar held = number;
        return tensor.add(held, HeldScalar.One);
    }

    /// <summary>The values within two bounds.</summary>
    public static Tensor Within(this Tensor tensor, double low, double high)
    {
        using Scalar from = low, to = high;
        return tensor.clamp(from, to);
    }
}

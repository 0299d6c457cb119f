using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Native;

/// <summary>
/// oneDNN's matrix product, for which TorchSharp has no method: libtorch exports it with a C interface, for compiled models. On AMD's
/// processors torch's own products come from MKL, which does not use the full width of their registers; oneDNN's do: 1.4 to 2.3 times as
/// fast on an EPYC whose units are 512 bits wide, from 64 outputs and inputs on, and as fast on one whose units are 256 bits wide
/// (tests/Benchmarks/README.md).
/// </summary>
internal static unsafe class OneDnn
{
    // Below it MKL is as fast or faster.
    private const long LeastSide = 64;

    private const int FamilyOfZen5 = 0x1A;

    // Its own ReLU makes 0 of what is no number, and a network that has diverged would look well.
    private static readonly byte[] NothingAfter = "none\0"u8.ToArray();
    private static readonly byte[] NoAlgorithm = "\0"u8.ToArray();

    // int aoti_torch_cpu__linear_pointwise(x, w, b or null, attribute, scalars, how many, algorithm or null, result)
    private static readonly delegate* unmanaged<nint, nint, nint*, byte*, nint*, long, byte**, nint*, int> Pointwise
        = (delegate* unmanaged<nint, nint, nint*, byte*, nint*, long, byte**, nint*, int>)Export("aoti_torch_cpu__linear_pointwise");

    /// <summary>Whether this libtorch has it.</summary>
    public static bool IsThere => Pointwise != null;

    /// <summary>Whether this machine's products in float32 are better computed by it, where they are large.</summary>
    public static bool IsPreferred { get; internal set; } = IsThere && IsAmd && Vector512.IsHardwareAccelerated && MayUseAll;

    /// <summary>
    /// Whether the processor's units are as wide as its registers, 512 bits: AMD's are from family 1Ah (Zen 5) on. Where they are half as
    /// wide (Zen 4), the gradient by the weights comes as fast from MKL, which can write it to its place (tests/Benchmarks/README.md).
    /// </summary>
    public static bool IsWide { get; internal set; } = IsPreferred && Family >= FamilyOfZen5;

    /// <summary>What <see cref="TorchRuntime.Description"/> says of it.</summary>
    public static string Description => IsPreferred ? "linear layers by oneDNN" : "linear layers by torch's own product";

    // Of AMD's processors: the extended family comes on top of the family where that is 15.
    private static int Family => X86Base.IsSupported && X86Base.CpuId(1, 0).Eax is var signature
        ? ((signature >> 8) & 0xF) + ((signature >> 20) & 0xFF) : 0;

    private static bool IsAmd => X86Base.IsSupported && X86Base.CpuId(0, 0).Ecx == 0x444d4163;

    // Kept to old instructions it would be the slower one.
    private static bool MayUseAll => ((string[])["ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"])
        .All(name => Environment.GetEnvironmentVariable(name) is null or "" or "ALL" or "DEFAULT") && !HiddenCaches.AreAvoided;

    /// <summary>Whether a product of [B, inputs] and [inputs, outputs] is one that it is preferred for.</summary>
    public static bool Prefers(long outputs, long inputs) => IsPreferred && Math.Min(outputs, inputs) >= LeastSide;

    /// <summary>x w' + b. It has no gradient, and is not to be asked where one is recorded.</summary>
    /// <param name="input">x, [B, inputs], Single, on the CPU; any strides.</param>
    /// <param name="weight">w, [outputs, inputs]; any strides.</param>
    /// <param name="bias">b, [outputs]; null: none.</param>
    /// <returns>[B, outputs].</returns>
    public static Tensor Linear(Tensor input, Tensor weight, Tensor? bias = null)
    {
        nint offset = bias?.Handle ?? 0, result = 0;
        int error;
        fixed (byte* attribute = NothingAfter, none = NoAlgorithm)
        {
            byte* algorithm = none;
            error = Pointwise(input.Handle, weight.Handle, bias is null ? null : &offset, attribute, null, 0, &algorithm, &result);
        }

        GC.KeepAlive(input);
        GC.KeepAlive(weight);
        GC.KeepAlive(bias);
        return error == 0 ? Tensor.UnsafeCreateTensor(result) : throw new InvalidOperationException(
            $"oneDNN refuses the product of [{string.Join(", ", input.shape)}] and [{string.Join(", ", weight.shape)}] transposed; "
                + "libtorch has said why on the standard error.");
    }

    private static nint Export(string name)
    {
        NativeTorch.EnsureLoaded();
        return NativeTorch.TryGetExport(name, out nint address) ? address : 0;
    }
}

using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace BadMinima.MLNet.Native;

/// <summary>
/// Some virtual machines hide from a process which caches their processor has. oneDNN, which computes torch's convolutions on x86, plans by
/// their sizes; without them (libtorch 2.10, an AMD EPYC with AVX-512) its kernels for AVX2 and newer read memory that nobody has written,
/// which makes gradients wrong, or divide by 0, which ends the process: seen with resnet50 and with the gradients of DenseNets. Those for
/// AVX do not.
/// </summary>
internal static partial class HiddenCaches
{
    private const string IsaVariable = "ONEDNN_MAX_CPU_ISA";
    private const string FormerIsaVariable = "DNNL_MAX_CPU_ISA";
    private const string LogVariable = "TORCH_CPP_LOG_LEVEL";

    /// <summary>Whether this is such a machine.</summary>
    public static bool AreHidden => X86Base.IsSupported && Hides(CpuId(0, 0).Ecx == 0x6c65746e);

    /// <summary>
    /// To be called before libtorch is loaded: keeps oneDNN from those kernels, unless the user has said himself which it may use.
    /// </summary>
    /// <returns>What was done, for <see cref="TorchRuntime.Description"/>; null: nothing.</returns>
    public static string? Avoid()
    {
        if (!AreHidden || IsSet(IsaVariable) || IsSet(FormerIsaVariable))
        {
            return null;
        }

        Set(IsaVariable, "AVX");
        if (!IsSet(LogVariable))
        {
            // NNPACK, which does not start here either, would say so at every convolution of a single image.
            Set(LogVariable, "ERROR");
        }

        return $"; {IsaVariable}=AVX, since this virtual machine hides its processor's caches, without which oneDNN's newer kernels fail";
    }

    // The type of the first cache is 0 where the list of caches is empty: leaf 4 of Intel's processors, 8000001D of AMD's.
    private static bool Hides(bool isIntel) => isIntel
        ? CpuId(0, 0).Eax >= 4 && (CpuId(4, 0).Eax & 31) == 0
        : (uint)CpuId(unchecked((int)0x80000000), 0).Eax >= 0x8000001D && (CpuId(unchecked((int)0x8000001D), 0).Eax & 31) == 0;

    private static (int Eax, int Ebx, int Ecx, int Edx) CpuId(int function, int sub) => X86Base.CpuId(function, sub);

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));

    /// <summary>Where native code sees it: on Linux .NET keeps variables that are set for itself.</summary>
    private static void Set(string variable, string value)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = setenv(variable, value, 1);
        }
        else
        {
            Environment.SetEnvironmentVariable(variable, value);
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}

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

    /// <summary>Whether <see cref="Avoid"/> has done anything.</summary>
    public static bool AreAvoided { get; private set; }

    /// <summary>
    /// To be called before libtorch is loaded: keeps oneDNN from those kernels, unless the user has said himself which it may use.
    /// </summary>
    /// <returns>What was done, for <see cref="TorchRuntime.Description"/>; null: nothing.</returns>
    public static string? Avoid()
    {
        (string Name, string Value)[] variables = X86Base.IsSupported && AreHidden(leaf => X86Base.CpuId(leaf, 0))
            ? Missing(Environment.GetEnvironmentVariable)
            : [];
        foreach ((string name, string value) in variables)
        {
            Set(name, value);
        }

        AreAvoided = variables is not [];
        return variables is []
            ? null
            : $"; {IsaVariable}=AVX, since this virtual machine hides its processor's caches, without which oneDNN's newer kernels fail";
    }

    /// <summary>
    /// Whether the list of caches is empty: its first entry, in leaf 4 of Intel's processors and 8000001D of AMD's, has type 0.
    /// </summary>
    internal static bool AreHidden(Func<int, (int Eax, int Ebx, int Ecx, int Edx)> cpuId)
    {
        const int endOfGenuineIntel = 0x6c65746e;
        (int first, int list) = cpuId(0).Ecx == endOfGenuineIntel ? (0, 4) : (unchecked((int)0x80000000), unchecked((int)0x8000001D));
        return (uint)cpuId(first).Eax >= (uint)list && (cpuId(list).Eax & 31) == 0;
    }

    /// <summary>What is to be set on such a machine beside what the user has set.</summary>
    internal static (string Name, string Value)[] Missing(Func<string, string?> variable)
    {
        bool IsSet(string name) => !string.IsNullOrEmpty(variable(name));

        // NNPACK, which does not start there either, would say so at every convolution of a single image.
        return IsSet(IsaVariable) || IsSet(FormerIsaVariable) ? []
            : IsSet(LogVariable) ? [(IsaVariable, "AVX")]
            : [(IsaVariable, "AVX"), (LogVariable, "ERROR")];
    }

    /// <summary>Where native code sees it: on Linux .NET keeps variables that are set for itself.</summary>
    private static void Set(string variable, string value)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                _ = setenv(variable, value, 1);
            }
            catch (DllNotFoundException)
            {
                // Another C library than glibc: libtorch, which is built for glibc, will say so.
            }
        }
        else
        {
            Environment.SetEnvironmentVariable(variable, value);
        }
    }

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}

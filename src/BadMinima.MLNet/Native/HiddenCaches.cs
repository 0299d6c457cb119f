using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace BadMinima.MLNet.Native;

/// <summary>
/// Some virtual machines hide from a process which caches their processor has. oneDNN, which computes torch's convolutions on x86, plans by
/// their sizes, and takes those of an AMD processor to be 1 byte then (libtorch 2.10: Xbyak reads them without asking whether they are
/// there). With that its kernels for AVX2 and newer read memory that nobody has written, which makes gradients wrong, or divide by 0, which
/// ends the process: seen with resnet50 and with the gradients of DenseNets. Those for AVX do not. oneDNN has sizes of its own for
/// processors that tell none; so it is told that this is one.
/// </summary>
internal static partial class HiddenCaches
{
    private const string IsaVariable = "ONEDNN_MAX_CPU_ISA";
    private const string FormerIsaVariable = "DNNL_MAX_CPU_ISA";
    private const string LogVariable = "TORCH_CPP_LOG_LEVEL";

    // What oneDNN knows of the processor, Xbyak::util::Cpu: const Cpu& dnnl::impl::cpu::x64::cpu(). It is not exported.
    private const string Processor = "_ZN4dnnl4impl3cpu3x643cpuEv", Exported = "aoti_torch_cpu__linear_pointwise";

    // Its fields uint32_t dataCacheSize_[10] and coresSharingDataCache_[10]. Behind them is uint32_t dataCacheLevels_, 0 for "unknown".
    private static readonly int[] CachesOfOneByte = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Whether oneDNN is kept to old instructions.</summary>
    public static bool AreAvoided { get; private set; }

    /// <summary>
    /// To be called when libtorch is loaded and before it computes: tells oneDNN that the sizes are unknown, or, where that cannot be done,
    /// keeps it from those kernels, unless the user has said himself which it may use.
    /// </summary>
    /// <param name="folder">Where libtorch lies.</param>
    /// <returns>What was done, for <see cref="TorchRuntime.Description"/>; null: nothing.</returns>
    public static string? Avoid(string folder)
    {
        if (!X86Base.IsSupported || !AreHidden(leaf => X86Base.CpuId(leaf, 0)))
        {
            return null;
        }

        bool isMended = ForgetSizes(Path.Combine(folder, NativeTorchFiles.FileName("torch_cpu")));
        (string Name, string Value)[] variables = Missing(Environment.GetEnvironmentVariable, isMended);
        foreach ((string name, string value) in variables)
        {
            Set(name, value);
        }

        ReadLogLevel(Path.Combine(folder, NativeTorchFiles.FileName("c10")));
        AreAvoided = variables.Any(v => v.Name == IsaVariable);
        const string reason = ", since this virtual machine hides its processor's caches";
        return isMended ? $"; oneDNN with sizes of caches of its own{reason}"
            : AreAvoided ? $"; {IsaVariable}=AVX{reason}, without which oneDNN's newer kernels fail"
            : null;
    }

    private static unsafe bool ForgetSizes(string library)
    {
        try
        {
            if (OperatingSystem.IsLinux()
                && ElfLibrary.Read(library).ReadAddresses(Processor, Exported) is var addresses
                && addresses.TryGetValue(Processor, out long processor)
                && addresses.TryGetValue(Exported, out long exported)
                && NativeLibrary.TryLoad(library, out nint handle)
                && NativeLibrary.TryGetExport(handle, Exported, out nint address))
            {
                Span<int> known = new(((delegate* unmanaged<int*>)(address - exported + processor))(), 32);
                if (known.IndexOf(CachesOfOneByte) is >= 0 and int at && known[at + CachesOfOneByte.Length] is 0 or 3)
                {
                    known[at + CachesOfOneByte.Length] = 0;
                    return true;
                }
            }
        }
        catch (InvalidDataException)
        {
            // Not a file as it should be; then as where the table was stripped.
        }

        return false;
    }

    /// <summary>c10::initLogging(): as PyTorch does at its start, and libtorch by itself does not.</summary>
    private static unsafe void ReadLogLevel(string library)
    {
        if (NativeLibrary.TryLoad(library, out nint handle) && NativeLibrary.TryGetExport(handle, "_ZN3c1011initLoggingEv", out nint read))
        {
            ((delegate* unmanaged<void>)read)();
        }
    }

    /// <summary>
    /// Whether there is no list of caches: its first entry, in leaf 4 of Intel's processors and 8000001D of AMD's, has type 0. oneDNN reads
    /// AMD's also where the processor is of before the list (oneDNN, issue 2716).
    /// </summary>
    internal static bool AreHidden(Func<int, (int Eax, int Ebx, int Ecx, int Edx)> cpuId)
    {
        const int endOfGenuineIntel = 0x6c65746e;
        bool isIntel = cpuId(0).Ecx == endOfGenuineIntel;
        (int first, int list) = isIntel ? (0, 4) : (unchecked((int)0x80000000), unchecked((int)0x8000001D));
        return (uint)cpuId(first).Eax >= (uint)list ? (cpuId(list).Eax & 31) == 0 : !isIntel;
    }

    /// <summary>What is to be set on such a machine beside what the user has set.</summary>
    /// <param name="variable">The value of an environment variable, or null.</param>
    /// <param name="isMended">Whether oneDNN no longer takes the caches for ones of 1 byte.</param>
    internal static (string Name, string Value)[] Missing(Func<string, string?> variable, bool isMended)
    {
        bool IsSet(string name) => !string.IsNullOrEmpty(variable(name));

        // NNPACK, which does not start there either, would say so at every convolution of a single image.
        return
        [
            .. isMended || IsSet(IsaVariable) || IsSet(FormerIsaVariable) ? [] : ((string, string)[])[(IsaVariable, "AVX")],
            .. IsSet(LogVariable) ? [] : ((string, string)[])[(LogVariable, "ERROR")],
        ];
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

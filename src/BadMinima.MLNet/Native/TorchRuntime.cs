using BadMinima.MLNet.Native;
using TorchSharp;

namespace BadMinima.MLNet;

/// <summary>
/// The native part of torch. The library loads it before its own first use; a program that calls <c>TorchSharp.torch</c> itself calls
/// <see cref="EnsureLoaded"/> first,
/// since TorchSharp alone looks neither at <c>BADMINIMA_LIBTORCH</c> nor loads on Debian 12 and Ubuntu 22.04.
/// </summary>
public static class TorchRuntime
{
    /// <summary>
    /// The environment variable that names the folder of a PyTorch installation to use instead of the libtorch that lies with the program:
    /// <c>BADMINIMA_LIBTORCH</c>.
    /// </summary>
    public const string FolderVariable = NativeTorch.FolderVariable;

    /// <summary>
    /// One line for logs: the versions of TorchSharp and libtorch, the folder that libtorch came from, the private copy of TorchSharp's
    /// library if one was needed, what computes linear layers in 32 bits on the CPU, and whether CUDA is available.
    /// </summary>
    /// <exception cref="TorchLoadException">See <see cref="EnsureLoaded"/>.</exception>
    public static string Description
        => $"{NativeTorch.Load().Describe()}; {OneDnn.Description}"
            + (torch.cuda.is_available() ? $"; CUDA: {torch.cuda.device_count()} device(s)" : "; no CUDA");

    /// <summary>Loads libtorch and TorchSharp's library, once in a process; later calls return at once. Thread-safe.</summary>
    /// <exception cref="TorchLoadException">
    /// It cannot be loaded; the message says which file, what it lacks, and the cure. Every later call throws the same.
    /// </exception>
    public static void EnsureLoaded() => NativeTorch.EnsureLoaded();

    /// <summary>
    /// Until the result is disposed the process keeps the native memory that torch frees, and the next model finds it there; else each
    /// <c>Fit</c> gives it back to the system at its end.
    /// For programs that train many small models one after the other. On Linux with glibc; elsewhere it does nothing.
    /// </summary>
    /// <returns>Dispose it to give the memory back. It may be held more than once.</returns>
    public static IDisposable RetainMemory() => RetainedHeap.Hold();
}

using System.Runtime.InteropServices;

namespace BadMinima.MLNet.Native;

/// <summary>
/// While one of these is held, glibc keeps freed memory in the process instead of giving every large block back to the system. A training
/// step frees and asks
/// again for the same gigabyte of activations; without this each page of it is mapped and zeroed anew, which costs ResNet18 about an eighth
/// of its time
/// (tests/Benchmarks/README.md). On another thread than the process's first, glibc keeps blocks below 64 MB only, which is enough for that.
/// With the last one disposed the allocator goes
/// back to its usual thresholds and returns what is free. Elsewhere than on glibc it does nothing.
/// </summary>
internal sealed partial class RetainedHeap : IDisposable
{
    // glibc's malloc.h, and the ceilings that its dynamic thresholds reach by themselves.
    private const int TrimThreshold = -1, TopPad = -2, MmapThreshold = -3, MmapMax = -4;
    private const int DefaultTopPad = 128 << 10, DefaultMmapMax = 65536, LargestMmapThreshold = 32 << 20;

    // The pieces of all arenas but the first thread's (HEAP_MAX_SIZE). An empty one is unmapped whatever the trim threshold says, unless
    // the padding is as large.
    private const int ArenaHeap = 64 << 20;

    private static readonly Lock Gate = new();
    private static int _holders;
    private bool _held;

    private RetainedHeap()
    {
    }

    public static RetainedHeap Hold()
    {
        // Whoever tunes glibc's allocator by its own variable knows better.
        var heap = new RetainedHeap
        {
            _held = OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("GLIBC_TUNABLES")?.Contains("glibc.malloc") != true
        };
        if (heap._held)
        {
            lock (Gate)
            {
                heap._held = (_holders > 0 || Retain()) && ++_holders > 0;
            }
        }

        return heap;
    }

    public void Dispose()
    {
        if (!_held)
        {
            return;
        }

        _held = false;
        lock (Gate)
        {
            if (--_holders == 0)
            {
                _ = mallopt(MmapMax, DefaultMmapMax);
                _ = mallopt(MmapThreshold, LargestMmapThreshold);
                _ = mallopt(TopPad, DefaultTopPad);
                _ = mallopt(TrimThreshold, 2 * LargestMmapThreshold);
                _ = malloc_trim(0);
            }
        }
    }

    private static bool Retain()
    {
        try
        {
            return mallopt(MmapMax, 0) == 1 && mallopt(TrimThreshold, int.MaxValue) == 1 && mallopt(TopPad, ArenaHeap) == 1;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library than glibc.
            return false;
        }
    }

    [LibraryImport("libc.so.6")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc.so.6")]
    private static partial int malloc_trim(nuint pad);
}

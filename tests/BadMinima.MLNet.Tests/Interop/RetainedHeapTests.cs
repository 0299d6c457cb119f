using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests;

[TestClass]
public sealed class RetainedHeapTests
{
    private const int MiB = 1 << 20;
    private const int PagesOfMiB = 256;

    /// <summary>
    /// A training step's activations, freed and asked for again: only the first round may touch pages that the process does not have yet.
    /// </summary>
    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void FreedMemoryStaysInTheProcessOnAnyThread() => AssertFewFaults(() =>
    {
        using RetainedHeap heap = RetainedHeap.Hold();
        return FaultsOf(Step);
    });

    /// <summary>One training after the other, each of which holds and releases.</summary>
    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void FreedMemoryStaysBetweenTrainingsWhileItIsRetained() => AssertFewFaults(() =>
    {
        using IDisposable memory = TorchRuntime.RetainMemory();
        return FaultsOf(() =>
        {
            using RetainedHeap heap = RetainedHeap.Hold();
            Step();
        });
    });

    private static void AssertFewFaults(Func<long> measure)
    {
        TorchRuntime.EnsureLoaded();
        long faults = long.MaxValue;
        var worker = new Thread(() => faults = measure());
        worker.Start();
        worker.Join();
        Assert.IsLessThan(60L * PagesOfMiB, faults, "Ten steps of 120 MiB that are each mapped anew take 307,200 faults.");
    }

    /// <summary>Of ten steps, after one that maps the memory.</summary>
    private static long FaultsOf(Action step)
    {
        step();
        long before = Faults();
        for (int i = 0; i < 10; i++)
        {
            step();
        }

        return Faults() - before;
    }

    private static void Step()
    {
        using var scope = NewDisposeScope();
        for (int i = 0; i < 20; i++)
        {
            zeros(6 * MiB / sizeof(float));
        }
    }

    /// <summary>Minor page faults of this thread.</summary>
    private static long Faults() => long.Parse(File.ReadAllText("/proc/thread-self/stat").Split(") ")[1].Split(' ')[7], System.Globalization.CultureInfo.InvariantCulture);
}

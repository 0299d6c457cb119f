using System.Collections.Immutable;

namespace BadMinima.Experiments;

/// <summary>What a sweep will take.</summary>
internal static class SweepEstimate
{
    public static void Write(Sweep sweep, ImmutableArray<SweepJob> jobs, int workers, int threads, bool json, CancellationToken cancellation)
    {
        foreach (SweepJob job in jobs)
        {
            Console.WriteLine($"{job.Title} {job.Work:N0} {Path.GetFileName(job.Folder)}");
        }

        _ = (sweep, workers, threads, json, cancellation);
    }
}

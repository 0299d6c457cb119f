using System.Collections.Immutable;

namespace BadMinima.Experiments;

/// <summary>The 2-D figure of a seed.</summary>
internal sealed record BoundaryJob(string Folder, int Seed) : SweepJob(Folder, BoundaryKind.TitleOf(Seed), 300_000)
{
    // On 2 cores of an AMD EPYC with one thread.
    private const double Seconds = 25;

    public override string Kind => "boundary";

    public override JobCost Cost(ImmutableDictionary<Workload, Speed> speeds) => new(0, Seconds);

    public override string[] Describe(IReadOnlyList<SweepJob> all) => ["points", "mlp-100-100", "", "2-D figure"];

    public override string Complete(JobContext context)
    {
        BoundaryResult result = BoundaryFolder.Make(
            new() { Seed = Seed }, Folder, context.Threads,
            (panel, epoch) => context.Progress(0, $"{panel} {epoch.Epoch:N0}, {epoch.TrainingAccuracy:P0}"),
            context.Folder.Finish, context.Cancellation);
        string panels = string.Join(", ", result.Panels.Select(p => $"{p.Name[..3]} {p.Jaggedness:F2}"));
        return $"{panels} times as long as the straight line; {result.Seconds:F1} s.";
    }
}

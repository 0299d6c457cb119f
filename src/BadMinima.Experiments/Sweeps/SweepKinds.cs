using System.Collections.Immutable;

namespace BadMinima.Experiments;

/// <summary>What a sweep file can ask for besides its grid, a line each.</summary>
internal static class SweepKinds
{
    public static ImmutableArray<JobKind> All { get; } =
    [
        new BoundaryKind(),
        new ExitTimesKind(),
        new HeavyTailsRowKind(),
        new SpikesKind(),
        new GossipKind(),
        new LocalMinimaKind(),
        new OnePointKind(),
        new RecurrentKind(),
        new WarmStartKind(),
        new ZooKind(),
    ];
}

using System.Collections.Immutable;

namespace BadMinima.Experiments;

/// <summary>A sweep, resolved and checked: what there is to train.</summary>
/// <param name="Name">Its name: the report's title.</param>
/// <param name="Description">What it is for; null where the file says nothing.</param>
/// <param name="Cells">Every cell once, in the file's order.</param>
/// <param name="BoundarySeeds">The seeds of the 2-D figures.</param>
internal sealed record Sweep(string Name, string? Description, ImmutableArray<SweepCell> Cells, ImmutableArray<int> BoundarySeeds)
{
    /// <summary>The adversarial starts of the cells, each once.</summary>
    public ImmutableArray<SweepStart> Starts { get; } =
        [.. Cells.Where(c => c.StartId is not null).DistinctBy(c => c.StartId).Select(c => new SweepStart(c.StartId!, c.Plan.AdversarialStart!))];
}

/// <summary>One cell: data x network x start x recipe x seed.</summary>
/// <param name="Id">See <see cref="CellId"/>.</param>
/// <param name="Plan">The whole run, its random-label phase included.</param>
/// <param name="StartId">The adversarial start where it begins; null for a random one.</param>
/// <param name="RecipeName">How the sweep file calls its recipe; null where it does not.</param>
internal sealed record SweepCell(string Id, RunPlan Plan, string? StartId, string? RecipeName)
{
    public static SweepCell Of(RunPlan plan, string? recipeName) => new(CellId.Of(plan), plan, plan.AdversarialStart is { } start ? CellId.Of(start) : null, recipeName);
}

/// <summary>An adversarial start: a network that has fitted random labels, and that every recipe of its data, network and seed shares.</summary>
/// <param name="Id">See <see cref="CellId"/>.</param>
/// <param name="Plan">The random-label phase alone.</param>
internal sealed record SweepStart(string Id, RunPlan Plan);

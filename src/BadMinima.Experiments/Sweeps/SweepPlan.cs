using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace BadMinima.Experiments;

/// <summary>A sweep, resolved and checked: what there is to train.</summary>
/// <param name="Name">Its name: the report's title.</param>
/// <param name="Description">What it is for; null where the file says nothing.</param>
/// <param name="Cells">Every cell once, in the file's order.</param>
/// <param name="Asked">What is asked for of each of <see cref="SweepKinds.All"/>.</param>
internal sealed record SweepPlan(
    string Name, string? Description, ImmutableArray<SweepCell> Cells, ImmutableArray<(JobKind Kind, JsonArray Items)> Asked)
{
    /// <summary>The adversarial starts of the cells, each once.</summary>
    public ImmutableArray<SweepStart> Starts { get; } =
        [.. Cells.Where(c => c.StartId is not null).DistinctBy(c => c.StartId)
            .Select(c => new SweepStart(c.StartId!, c.Plan.AdversarialStart!))];

    /// <summary>
    /// All of a sweep in a folder: what others need first, and of each kind the longest first, so that no core is left alone with a long
    /// one at the end.
    /// </summary>
    public ImmutableArray<SweepJob> Jobs(SweepFolder folder)
    {
        Dictionary<string, SweepJob> starts = Starts.ToDictionary(s => s.Id, s => (SweepJob)new RunJob(folder.Start(s.Id), s.Plan));
        IEnumerable<SweepJob> cells = Cells.Select(cell => cell.StartId is not { } id
            ? new RunJob(folder.Cell(cell.Id), cell.Plan, cell.RecipeName)
            : new RunJob(folder.Cell(cell.Id), cell.Plan with { SharedStart = RunFolder.ModelOf(folder.Start(id)) }, cell.RecipeName)
            {
                Needs = starts[id]
            });
        IEnumerable<SweepJob> others = Asked.SelectMany(asked => asked.Kind.Jobs(folder.Name, asked.Items));
        return [.. LongestFirst(starts.Values), .. LongestFirst(cells.Concat(others))];

        static IEnumerable<SweepJob> LongestFirst(IEnumerable<SweepJob> jobs) => jobs.OrderByDescending(job => job.Work);
    }
}

/// <summary>One cell: data x network x start x recipe x seed.</summary>
/// <param name="Id">See <see cref="CellId"/>.</param>
/// <param name="Plan">The whole run, its random-label phase included.</param>
/// <param name="StartId">The adversarial start where it begins; null for a random one.</param>
/// <param name="RecipeName">How the sweep file calls its recipe; null where it does not.</param>
internal sealed record SweepCell(string Id, RunPlan Plan, string? StartId, string? RecipeName)
{
    public static SweepCell Of(RunPlan plan, string? recipeName)
        => new(CellId.Of(plan), plan, plan.AdversarialStart is { } start ? CellId.Of(start) : null, recipeName);
}

/// <summary>
/// An adversarial start: a network that has fitted random labels, and that every recipe of its data, network and seed shares.
/// </summary>
/// <param name="Id">See <see cref="CellId"/>.</param>
/// <param name="Plan">The random-label phase alone.</param>
internal sealed record SweepStart(string Id, RunPlan Plan);

namespace BadMinima.Experiments;

/// <summary>
/// Cells and starts on folders of the user's that were made when these were told by their paths. Where one is there it is taken, under its
/// name of then, in place of one that would be trained anew.
/// </summary>
internal static class FormerCells
{
    /// <summary>The sweep, with the names that its cells have in a folder.</summary>
    public static SweepPlan Take(SweepPlan sweep, SweepFolder folder) => sweep.Cells.All(c => c.Plan.Data.FormerDescription is null)
        ? sweep
        : new(sweep.Name, sweep.Description, [.. sweep.Cells.Select(cell => cell with
        {
            Id = NameIn(folder.Cell, cell.Id, cell.Plan),
            StartId = cell.StartId is { } start ? NameIn(folder.Start, start, cell.Plan.AdversarialStart!) : null,
        })], sweep.Asked);

    private static string NameIn(Func<string, string> folderOf, string id, RunPlan plan)
        => CellId.FormerOf(plan) is { } former && !RunFolder.IsBegunIn(folderOf(id)) && RunFolder.IsBegunIn(folderOf(former)) ? former : id;
}

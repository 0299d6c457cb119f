using System.Collections.Immutable;
using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>What a sweep's folder holds: finished cells and starts with their results, failed ones, and those that are still missing.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Manifest">What belongs to the sweep.</param>
/// <param name="Cells">The finished cells, in the sweep's order.</param>
/// <param name="Starts">The finished adversarial starts, by id.</param>
/// <param name="Failed">The failed cells.</param>
/// <param name="Missing">The cells that are not finished and have not failed.</param>
internal sealed record SweepResults(
    SweepFolder Folder,
    SweepManifest Manifest,
    ImmutableArray<FinishedCell> Cells,
    ImmutableDictionary<string, FinishedRun> Starts,
    ImmutableArray<(ManifestCell Cell, Failure Failure)> Failed,
    ImmutableArray<ManifestCell> Missing)
{
    /// <param name="path">A sweep's folder.</param>
    /// <exception cref="DirectoryNotFoundException">It is none.</exception>
    /// <exception cref="InvalidDataException">A file in it was changed by hand; the message names it.</exception>
    public static SweepResults Read(string path)
    {
        SweepFolder folder = new(path);
        if (!folder.Exists)
        {
            throw new DirectoryNotFoundException($"{path} is no sweep's folder: there is no cells.json. `badminima sweep FILE --out {path}` makes one.");
        }

        var manifest = SweepManifest.Read(folder.Manifest);
        ILookup<string, ManifestCell> states = manifest.Cells.ToLookup(cell =>
            SweepFolder.IsFinished(folder.Cell(cell.Id)) ? "finished" : SweepFolder.FailureOf(folder.Cell(cell.Id)) is not null ? "failed" : "missing");
        return new(
            folder,
            manifest,
            [.. states["finished"].Select(cell => new FinishedCell(cell, FinishedRun.Read(folder.Cell(cell.Id))))],
            manifest.Starts.Where(s => SweepFolder.IsFinished(folder.Start(s.Id))).ToImmutableDictionary(s => s.Id, s => FinishedRun.Read(folder.Start(s.Id))),
            [.. states["failed"].Select(cell => (cell, SweepFolder.FailureOf(folder.Cell(cell.Id))!))],
            [.. states["missing"]]);
    }
}

/// <summary>A cell with its result.</summary>
internal sealed record FinishedCell(ManifestCell Cell, FinishedRun Run);

/// <summary>What a finished run's folder says.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Config">Its config.json: settings, machine, versions.</param>
/// <param name="Result">Its result.json.</param>
internal sealed record FinishedRun(string Folder, JsonObject Config, RunResult Result)
{
    /// <summary>Every setting as resolved: see <see cref="RunPlan.Settings"/>.</summary>
    public JsonObject Settings => Config["settings"]!.AsObject();

    /// <summary>Every epoch of the phases that the run did itself.</summary>
    public IReadOnlyList<EpochMetrics> Epochs()
    {
        using MetricsFile metrics = new(Path.Combine(Folder, "metrics.csv"));
        return metrics.Read();
    }

    /// <exception cref="InvalidDataException">A file was changed by hand.</exception>
    public static FinishedRun Read(string folder) => new(folder, RunFolder.ReadConfig(folder), RunFolder.ReadResult(folder));
}

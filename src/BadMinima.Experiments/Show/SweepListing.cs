using System.Collections.Immutable;

namespace BadMinima.Experiments;

/// <summary>
/// A sweep's folder as a list of its cells. Reading takes neither the data nor torch, and of a finished cell its result.json alone.
/// </summary>
internal sealed class SweepListing
{
    private readonly SweepManifest _manifest;
    private readonly ImmutableArray<Listed> _cells;
    private readonly int _starts;

    private SweepListing(SweepManifest manifest, ImmutableArray<Listed> cells, int starts)
        => (_manifest, _cells, _starts) = (manifest, cells, starts);

    /// <exception cref="InvalidDataException">Its cells.json was changed by hand.</exception>
    public static SweepListing Read(SweepFolder folder)
    {
        var manifest = SweepManifest.Read(folder.Manifest);
        return new(
            manifest, [.. manifest.Cells.AsParallel().AsOrdered().Select(cell => Listed.Read(cell, folder.Cell(cell.Id)))],
            manifest.Starts.AsParallel().Count(start => JobFolder.IsFinished(folder.Start(start.Id))));
    }

    /// <summary>
    /// A line a cell, in columns: finished with its accuracies, failed with its error, running, interrupted, or missing. What may be long
    /// stands last, so that nothing wraps.
    /// </summary>
    public IEnumerable<string> Lines()
    {
        yield return $"{_manifest.Name}: {_cells.Count(c => c.Result is not null):N0} of {_cells.Length:N0} cells finished, "
            + $"{_cells.Count(c => c.Error is not null):N0} failed; {_starts:N0} of {_manifest.Starts.Length:N0} adversarial starts";
        yield return Line("id", "state", "train", "test", "seconds", "cell");
        foreach ((ManifestCell cell, string folder, RunResult? result, string? error) in _cells)
        {
            yield return result is not null
                ? Line(cell.Id, "finished", $"{result.Train.Accuracy:P1}", $"{result.Test.Accuracy:P1}", $"{result.Seconds:N1}", cell.Title)
                : error is not null ? Line(cell.Id, "failed", "", "", "", $"{cell.Title}: {error}")
                : Line(
                    cell.Id, FolderLease.IsTaken(folder) ? "running" : RunFolder.IsBegunIn(folder) ? "interrupted" : "missing", "", "", "",
                    cell.Title);
        }
    }

    /// <summary>The same for programs.</summary>
    public object Describe() => new
    {
        _manifest.Name,
        Finished = _cells.Where(c => c.Result is not null)
            .Select(c => new { c.Cell.Id, c.Cell.Title, c.Cell.StartId, c.Folder, c.Result }),
        Failed = _cells.Where(c => c.Error is not null).Select(c => new { c.Cell.Id, c.Cell.Title, c.Error }),
        Missing = _cells.Where(c => c.Result is null && c.Error is null).Select(c => new { c.Cell.Id, c.Cell.Title }),
    };

    private static string Line(string id, string state, string train, string test, string seconds, string cell)
        => $"{id,-16}  {state,-11}  {train,8}  {test,8}  {seconds,9}  {cell}";

    /// <summary>A cell with what is known of it; neither result nor error: it is not finished.</summary>
    private sealed record Listed(ManifestCell Cell, string Folder, RunResult? Result, string? Error)
    {
        public static Listed Read(ManifestCell cell, string folder)
        {
            try
            {
                RunResult result = RunFolder.ReadResult(folder);
                return result is { Train.Accuracy: >= 0 and <= 1, Test.Accuracy: >= 0 and <= 1, Training: not null }
                    ? new(cell, folder, result, null)
                    : throw new InvalidDataException($"{JobFolder.ResultOf(folder)}: not that of a finished cell. "
                        + "Delete its folder and run the sweep again.");
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                return new(cell, folder, null, JobFolder.FailureOf(folder)?.Error);
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                return new(cell, folder, null, e.Message);
            }
        }
    }
}

namespace BadMinima.Experiments;

/// <summary>A sweep's folder as a list of its cells. Reading takes neither the data nor torch.</summary>
internal static class SweepListing
{
    /// <summary>
    /// A line a cell, in columns: finished with its accuracies, failed with its error, running, interrupted, or missing. What may be long
    /// stands last, so that nothing wraps.
    /// </summary>
    public static IEnumerable<string> Lines(SweepResults results)
    {
        Dictionary<string, RunResult> finished = results.Cells.ToDictionary(c => c.Cell.Id, c => c.Run.Result);
        Dictionary<string, string> failed = results.Failed.ToDictionary(f => f.Cell.Id, f => f.Error);
        yield return $"{results.Manifest.Name}: {finished.Count:N0} of {results.Manifest.Cells.Length:N0} cells finished, "
            + $"{failed.Count:N0} failed; {results.Starts.Count:N0} of {results.Manifest.Starts.Length:N0} adversarial starts";
        yield return Line("id", "state", "train", "test", "seconds", "cell");
        foreach (ManifestCell cell in results.Manifest.Cells)
        {
            yield return finished.TryGetValue(cell.Id, out RunResult? result)
                ? Line(cell.Id, "finished", $"{result.Train.Accuracy:P1}", $"{result.Test.Accuracy:P1}", $"{result.Seconds:N1}", cell.Title)
                : failed.TryGetValue(cell.Id, out string? error) ? Line(cell.Id, "failed", "", "", "", $"{cell.Title}: {error}")
                : Line(
                    cell.Id,
                    FolderLease.IsTaken(results.Folder.Cell(cell.Id))
                        ? "running"
                        : RunFolder.IsBegunIn(results.Folder.Cell(cell.Id)) ? "interrupted"
                        : "missing",
                    "", "", "", cell.Title);
        }
    }

    /// <summary>The same for programs.</summary>
    public static object Describe(SweepResults results) => new
    {
        results.Manifest.Name,
        Finished = results.Cells.Select(c => new { c.Cell.Id, c.Cell.Title, c.Cell.StartId, c.Run.Folder, c.Run.Result }),
        Failed = results.Failed.Select(f => new { f.Cell.Id, f.Cell.Title, f.Error }),
        Missing = results.Missing.Select(m => new { m.Id, m.Title }),
    };

    private static string Line(string id, string state, string train, string test, string seconds, string cell)
        => $"{id,-16}  {state,-11}  {train,8}  {test,8}  {seconds,9}  {cell}";
}

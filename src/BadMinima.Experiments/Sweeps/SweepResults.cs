using System.Collections.Immutable;

namespace BadMinima.Experiments;

/// <summary>
/// What a sweep's folder holds: finished cells and starts with their results, failed ones, and those that are still missing.
/// </summary>
public sealed record SweepResults
{
    private SweepResults(SweepFolder folder, SweepManifest manifest) => (Folder, Manifest) = (folder, manifest);

    /// <summary>The sweep's name.</summary>
    public string Name => Manifest.Name;

    /// <summary>The folder.</summary>
    public string Path => Folder.Name;

    /// <summary>The finished cells, in the sweep's order.</summary>
    public required ImmutableArray<FinishedCell> Cells { get; init; }

    /// <summary>The finished adversarial starts, by id.</summary>
    public required ImmutableDictionary<string, FinishedRun> Starts { get; init; }

    /// <summary>The failed cells, and those whose files cannot be read, with the reason.</summary>
    public required ImmutableArray<(ManifestCell Cell, string Error)> Failed { get; init; }

    /// <summary>The cells that are not finished and have not failed.</summary>
    public required ImmutableArray<ManifestCell> Missing { get; init; }

    internal bool HasEpochs { get; private init; }

    internal SweepFolder Folder { get; }

    /// <summary>What belongs to the sweep.</summary>
    internal SweepManifest Manifest { get; }

    /// <summary>The same, with the epochs of the finished runs looked at.</summary>
    internal SweepResults WithEpochs() => HasEpochs ? this : Read(Path, withEpochs: true);

    /// <summary>Reads a sweep's folder. A cell that cannot be read is a failed one: the others are as good as before.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="withEpochs">
    /// Whether to look at the learning curves too, which of thousands of cells takes longer than all else: one that is damaged makes its
    /// cell a failed one.
    /// </param>
    /// <exception cref="DirectoryNotFoundException">It is none.</exception>
    /// <exception cref="InvalidDataException">Its cells.json was changed by hand.</exception>
    public static SweepResults Read(string path, bool withEpochs = false)
    {
        SweepFolder folder = new(path);
        if (!folder.Exists)
        {
            throw new DirectoryNotFoundException($"{path} is no sweep's folder: there is no cells.json. `badminima sweep "
                + $"FILE --out {path}` makes one.");
        }

        var manifest = SweepManifest.Read(folder.Manifest);
        RunConfigs pool = new();
        var cells = ImmutableArray.CreateBuilder<FinishedCell>();
        var failed = ImmutableArray.CreateBuilder<(ManifestCell, string)>();
        var missing = ImmutableArray.CreateBuilder<ManifestCell>();
        foreach ((ManifestCell cell, FinishedRun? run, string? error) in manifest.Cells.AsParallel().AsOrdered()
            .Select(cell => ReadCell(folder.Cell(cell.Id), cell)))
        {
            if (run is not null)
            {
                cells.Add(new(cell, run));
            }
            else if (error is not null)
            {
                failed.Add((cell, error));
            }
            else
            {
                missing.Add(cell);
            }
        }

        return new(folder, manifest)
        {
            Cells = cells.ToImmutable(),
            Starts = manifest.Starts.AsParallel()
                .Select(s => (s.Id, FinishedRun.TryRead(folder.Start(s.Id), isCell: false, withEpochs, pool).Run))
                .Where(s => s.Run is not null).ToImmutableDictionary(s => s.Id, s => s.Run!),
            Failed = failed.ToImmutable(),
            Missing = missing.ToImmutable(),
            HasEpochs = withEpochs,
        };

        (ManifestCell Cell, FinishedRun? Run, string? Error) ReadCell(string path, ManifestCell cell)
        {
            (FinishedRun? run, string? error) = FinishedRun.TryRead(path, isCell: true, withEpochs, pool);
            return (cell, run, run is null ? error ?? JobFolder.FailureOf(path)?.Error : null);
        }
    }
}

/// <summary>A cell with its result.</summary>
public sealed record FinishedCell(ManifestCell Cell, FinishedRun Run);

using System.Collections.Immutable;

namespace BadMinima.Experiments;

/// <summary>What a league's folder comes to: the ranking.</summary>
public sealed record LeagueResults
{
    private LeagueResults(LeagueFolder folder, LeagueManifest league) => (Folder, League) = (folder, league);

    /// <summary>The folder.</summary>
    public string Path => Folder.Name;

    /// <summary>Settings, entrants, and what the tuning chose.</summary>
    public LeagueManifest League { get; }

    /// <summary>The mechanisms, the best first; those without a place in the ranking at the end.</summary>
    public required ImmutableArray<Standing> Standings { get; init; }

    /// <summary>
    /// The gap that there is to escape from, in percentage points: test accuracy of plain SGD at the base rate from the random start less
    /// that from the adversarial one. Null with fewer than two seeds.
    /// </summary>
    public required RatioOfMeans? Gap { get; init; }

    /// <summary>
    /// Whether there is a gap: its interval lies above 0, and plain SGD trains from the random start. Without one there are no scores.
    /// </summary>
    public bool HasGap => Gap?.Value is not null;

    /// <summary>
    /// The seeds on which plain SGD at the base rate has a result from both starts: gap, scores and gains are of these, all others of
    /// none.
    /// </summary>
    public required ImmutableArray<int> ScoredSeeds { get; init; }

    /// <summary>Test accuracies of plain SGD at the base rate from the adversarial start, by seed.</summary>
    public required ImmutableSortedDictionary<int, double> Bad { get; init; }

    /// <summary>Those from the random start.</summary>
    public required ImmutableSortedDictionary<int, double> Good { get; init; }

    /// <summary>The confidence of intervals; 1 less it is the error rate of all contests of a kind together.</summary>
    public required double Level { get; init; }

    /// <summary>How many contests the correction is for: those with plain SGD from the adversarial start, and those from the random
    /// start.</summary>
    public required (int Escaping, int Harming) Tests { get; init; }

    /// <summary>The runs of both sweeps that failed or are not finished, with the reason.</summary>
    public required ImmutableArray<(string Title, string Why)> Missing { get; init; }

    /// <summary>The seeds on which plain SGD at the base rate has not trained, from either start.</summary>
    internal (ImmutableArray<int> Bad, ImmutableArray<int> Good) Collapsed { get; private init; }

    /// <summary>The adversarial starts, by seed: those that were ranked from, and those of the tuning.</summary>
    internal ImmutableArray<FinishedRun> Starts { get; private init; }

    internal LeagueFolder Folder { get; }

    internal TuningTable Tuning { get; private init; } = null!;

    internal LeagueRuns Runs { get; private init; } = null!;

    /// <summary>Reads a league's folder, as far as it has got.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="level">The confidence of intervals.</param>
    /// <exception cref="DirectoryNotFoundException">It is no league's.</exception>
    /// <exception cref="InvalidDataException">A file of it was changed by hand.</exception>
    public static LeagueResults Read(string path, double level = Interval.UsualLevel)
    {
        Interval.CheckLevel(level);
        LeagueFolder folder = new(path);
        if (!folder.Exists)
        {
            throw new DirectoryNotFoundException(
                $"{path} is no league's folder: there is no league.json. `badminima escape --out {path}` makes one.");
        }

        LeagueManifest league = LeagueManifest.Read(folder.Manifest);
        SweepResults? tuning = ReadSweep(folder.Tuning), ranking = ReadSweep(folder.Ranking);
        LeagueRuns runs = new(ranking, Distances.Read(folder.Distances));
        bool isTuned = tuning?.Missing.IsEmpty == true && league.Entries.Any(e => e.Chosen is not null);
        Ranking table = new(league, runs, level, isTuned);
        return new(folder, league)
        {
            Standings = table.Standings,
            Gap = table.Gap,
            ScoredSeeds = table.Scored,
            Collapsed = (table.CollapsedBad, table.CollapsedGood),
            Bad = table.Bad,
            Good = table.Good,
            Level = level,
            Tests = table.Tests,
            Missing = [.. Open("tuning", tuning), .. Open("ranking", ranking)],
            Starts = [.. new[] { ranking, tuning }.SelectMany(s => s?.Starts.Values ?? []).OrderBy(s => s.Result.Seed)],
            Tuning = new(league, tuning),
            Runs = runs,
        };
    }

    private static SweepResults? ReadSweep(string folder)
        => new SweepFolder(folder).Exists ? SweepResults.Read(folder, withEpochs: true) : null;

    private static IEnumerable<(string Title, string Why)> Open(string part, SweepResults? sweep) => sweep is null
        ? [($"the {part}", "not begun")]
        : sweep.Failed.Select(f => ($"{part}: {f.Cell.Title}", f.Error))
            .Concat(sweep.Missing.Select(m => ($"{part}: {m.Title}", "not finished")));
}

namespace BadMinima.Experiments;

/// <summary>A league in its folder, with how it is to be run.</summary>
internal sealed class LeagueSession
{
    private readonly LeaguePlan _plan;
    private readonly IReadOnlyList<DataSet> _sets;
    private readonly IReadOnlyList<string> _program;
    private readonly SweepOptions _options;

    private LeagueSession(
        LeaguePlan plan, LeagueFolder folder, IReadOnlyList<DataSet> sets, IReadOnlyList<string> program, SweepOptions options)
        => (_plan, Folder, _sets, _program, _options) = (plan, folder, sets, program, options);

    public LeagueFolder Folder { get; }

    /// <summary>What takes part.</summary>
    public LeagueManifest League => _plan.Manifest;

    private TextWriter Output => _options.Output ?? Console.Out;

    /// <param name="league">What is asked for.</param>
    /// <param name="folder">The folder; null for leagues/ and the names of data and network.</param>
    /// <param name="sets">The catalogue.</param>
    /// <param name="program">How this program is started: its workers are the same program.</param>
    /// <param name="options">How it is run.</param>
    /// <exception cref="ArgumentException">A setting is not allowed, or the folder holds another league.</exception>
    /// <exception cref="InvalidDataException">The data have a fault.</exception>
    /// <exception cref="IOException">The data are not there.</exception>
    public static LeagueSession Open(
        League league, string? folder, IReadOnlyList<DataSet> sets, IReadOnlyList<string> program, SweepOptions options)
    {
        LeaguePlan plan = LeaguePlan.Resolve(league, sets);
        LeagueFolder place = new(folder ?? Path.Combine("leagues", SweepFolder.NameOf(plan.Name.Replace(' ', '-'))));
        place.RequireSame(plan.Manifest);
        return new(plan, place, sets, program, options);
    }

    /// <summary>Tunes and ranks what is not settled.</summary>
    /// <returns>How many runs have failed.</returns>
    /// <exception cref="InvalidOperationException">Every rate of plain SGD failed: there is nothing to rank against.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public int Run(CancellationToken cancellation)
    {
        SweepSession tuning = Open(_plan.Tuning(), Folder.Tuning);

        // Before the tuning, so that a second call with other settings is refused; what an earlier call has chosen it chooses again.
        if (!Folder.Exists)
        {
            League.Write(Folder.Manifest);
        }

        tuning.Run(cancellation);
        LeagueManifest chosen = Chosen();
        chosen.Write(Folder.Manifest);
        foreach (LeagueEntry entry in chosen.Entries.Where(e => e.Candidates.Length > 1))
        {
            Output.WriteLine($"{entry.Name}: {entry.Choice?.Recipe ?? "no candidate finished; it is not ranked"}");
        }

        SweepSession ranking = Open(_plan.Ranking(chosen), Folder.Ranking);
        ranking.Run(cancellation);
        return tuning.Failed.Count() + ranking.Failed.Count();
    }

    /// <summary>
    /// Prints what the two sweeps take, and trains nothing. Where the tuning has not chosen yet, the first settings stand for the chosen
    /// ones.
    /// </summary>
    public void Estimate(CancellationToken cancellation)
    {
        Open(_plan.Tuning(), Folder.Tuning).Estimate(json: false, cancellation);
        SweepResults? tuned = new SweepFolder(Folder.Tuning).Exists ? SweepResults.Read(Folder.Tuning) : null;
        LeagueManifest chosen = new TuningTable(League, tuned).Choose();
        chosen = chosen with { Entries = [.. chosen.Entries.Select(e => e with { Chosen = e.Chosen ?? 0 })] };
        Open(_plan.Ranking(chosen), Folder.Ranking).Estimate(json: false, cancellation);
    }

    private LeagueManifest Chosen()
    {
        SweepResults tuning = SweepResults.Read(Folder.Tuning);
        LeagueManifest chosen = new TuningTable(League, tuning).Choose();
        return chosen.Entries[0].Chosen is not null
            ? chosen
            : throw new InvalidOperationException(
                $"{Folder.Tuning}: no rate of plain SGD has a result on every tuning seed, so there is nothing to rank against"
                + $"{(tuning.Failed is [var (cell, error), ..] ? $": {cell.Title}: {error}" : "")}. --retry-failed runs what failed "
                + "again.");
    }

    private SweepSession Open(Sweep sweep, string folder) => SweepSession.Open("", sweep.ToJson(), folder, _sets, _program, _options);
}

using System.Text.Json.Nodes;

namespace BadMinima.Experiments;

/// <summary>
/// The league of escapes: which recipe gets out of a bad start? Networks that have first fitted random labels are trained on the true ones
/// by each mechanism of <see cref="Entrants"/>, for the same number of passes over the data. A mechanism's settings are chosen from a few
/// on the tuning seeds, and ranked on other ones by the escape score: 0 is where plain SGD ends from that start, 1 where it
/// ends from a random one. A league is two sweeps in one folder, so whatever interrupts it, the same call continues; like every program
/// that runs sweeps it calls <see cref="SweepWorker.TryRun(string[])"/> early in Main.
/// </summary>
/// <example>
/// <code>
/// LeagueResults results = new League { Data = "synthetic", Mechanisms = ["momentum", "sam"] }.Run("leagues/first");
/// new LeagueReport(results).Write();
/// </code>
/// </example>
public sealed record League
{
    /// <summary>
    /// What is trained on. Default: synthetic. Where <see cref="DataChoice.Train"/> limits a set in files, each seed draws its training
    /// images, unless <see cref="DataChoice.Draw"/> says otherwise.
    /// </summary>
    public DataChoice Data { get; init; } = "synthetic";

    /// <summary>The network. Default: cnn; mlp-100-100 for points.</summary>
    public string? Architecture { get; init; }

    /// <summary>The seeds that it ranks on, at least two, each once. Default: 1 to 5.</summary>
    public IReadOnlyList<int> Seeds { get; init; } = [1, 2, 3, 4, 5];

    /// <summary>
    /// The seeds that settings are chosen on, each once, none of them among <see cref="Seeds"/>. Default: 101 and 102.
    /// </summary>
    public IReadOnlyList<int> TuningSeeds { get; init; } = [101, 102];

    /// <summary>Passes over the training set, for all alike. Default: 20.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>The rate of plain SGD, of which all mechanisms are changes. Default: 0.02.</summary>
    public double LearningRate { get; init; } = 0.02;

    /// <summary>
    /// The names of the mechanisms that take part. Default: all that these data and this network can have; one that is named and that they
    /// cannot have is refused.
    /// </summary>
    public IReadOnlyList<string> Mechanisms { get; init; } = [];

    /// <summary>What there is to choose from; add entrants of your own. Default: <see cref="Entrants.All"/>.</summary>
    public IReadOnlyList<Entrant> Entrants { get; init; } = Experiments.Entrants.All;

    /// <summary>
    /// Settings of the phase that fits random labels, on top of those of the protocol quick: see <see cref="SweepGrid.RandomLabels"/>.
    /// </summary>
    public JsonObject RandomLabels { get; init; } = [];

    /// <summary>
    /// What holds for all runs, each of it optional: <c>initialization</c>, <c>precision</c>, <c>normalization</c>, <c>device</c>.
    /// </summary>
    public JsonObject Settings { get; init; } = [];

    /// <summary>The entrants that take part, in the order in which they are listed.</summary>
    /// <exception cref="ArgumentException">A mechanism is not known.</exception>
    internal IReadOnlyList<Entrant> Asked
        => Mechanisms.FirstOrDefault(name => Entrants.All(entrant => entrant.Name != name)) is { } unknown
            ? throw new ArgumentException(
                $"'{unknown}' is no mechanism of the league; allowed is any of {string.Join(", ", Entrants.Select(e => e.Name))}; "
                    + "where none is named, all take part.")
            : Mechanisms.Count == 0 ? Entrants
            : [.. Entrants.Where(entrant => Mechanisms.Contains(entrant.Name))];

    /// <summary>The data with their draw resolved.</summary>
    internal DataChoice DrawnData => Data.Draw is null && Data.Train is not null
        && Data.Name is not (DrawnImages.GrayName or DrawnImages.ColorName or DrawnPoints.SetName)
        ? Data with { Draw = Draw.BySeed }
        : Data;

    /// <summary>Tunes and ranks what is not finished, and reads what there is.</summary>
    /// <param name="folder">The league's folder; it is made. Default: leagues/, and the names of data and network.</param>
    /// <param name="options">How to run it; null for the defaults.</param>
    /// <param name="cancellation">Ends it after the batches at hand; the same call continues.</param>
    /// <returns>The ranking, and what failed. A run that fails does not stop the others.</returns>
    /// <exception cref="ArgumentException">A setting is not allowed, or the folder holds another league: the message names the
    /// difference.</exception>
    /// <exception cref="InvalidDataException">The data have a fault, or the folder's runs were made on other data.</exception>
    /// <exception cref="InvalidOperationException">This is a worker whose program has not called
    /// <see cref="SweepWorker.TryRun(string[])"/>; or every rate of plain SGD failed.</exception>
    /// <exception cref="IOException">The folder cannot be written to, data are not there, or a worker could do nothing.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public LeagueResults Run(string? folder = null, SweepOptions? options = null, CancellationToken cancellation = default)
    {
        SweepWorker.RefuseToBegin();
        LeagueSession session = LeagueSession.Open(this, folder, Catalogue.All, SweepWorker.Program, options ?? new());
        session.Run(cancellation);
        return LeagueResults.Read(session.Folder.Name);
    }
}

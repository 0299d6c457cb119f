using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace BadMinima.Experiments;

/// <summary>
/// A sweep as a program describes it: what a sweep file says, in C#. Cells run side by side, each in a process of its own, which is this
/// program started once more: so the program calls <see cref="SweepWorker.TryRun(string[])"/> early in Main, once its own networks are
/// registered. What is finished is never run again: the same call continues an interrupted sweep, and an extended one adds to it.
/// </summary>
/// <param name="Name">What it is called: the report's title, and the name of its folder below sweeps/.</param>
/// <param name="Grids">The grids; a cell that is in several is trained once.</param>
/// <example>
/// <code>
/// Architectures.Register(new() { Name = "own", Create = (shape, classes) => ... });
/// if (SweepWorker.TryRun(args) is { } exit)
/// {
///     return exit;
/// }
///
/// SweepResults results = new Sweep("own", new SweepGrid
/// {
///     Architectures = ["own", "cnn"],
///     Recipes = ["none", "all"],
///     Training = new() { ["epochs"] = 20 },
/// }).Run();
/// new Report(results).Write();
/// </code>
/// </example>
public sealed record Sweep(string Name, params ImmutableArray<SweepGrid> Grids)
{
    /// <summary>What it is for; the report begins with it.</summary>
    public string? Description { get; init; }

    /// <summary>The seeds of the paper's 2-D figures that are made besides. Default: none.</summary>
    public IReadOnlyList<int> BoundarySeeds { get; init; } = [];

    /// <summary>The sweep as a sweep file, which the command badminima reads too.</summary>
    /// <returns>JSON.</returns>
    public string ToJson()
    {
        JsonObject json = new() { ["name"] = Name };
        if (Description is not null)
        {
            json["description"] = Description;
        }

        if (BoundarySeeds.Count > 0)
        {
            json["boundary"] = new JsonArray([.. BoundarySeeds.Select(seed => (JsonNode?)seed)]);
        }

        if (Grids.Length > 0)
        {
            json["grids"] = new JsonArray([.. Grids.Select(grid => grid.ToJson())]);
        }

        return json.ToJsonString(JsonOutput.Options) + "\n";
    }

    /// <summary>Checks the sweep as a run of it does, and trains nothing.</summary>
    /// <returns>What there would be to train: every cell once.</returns>
    /// <exception cref="InvalidDataException">The sweep has a value that is not allowed: the message has a line for each.</exception>
    public ImmutableArray<PlannedCell> Plan() => Plan("", ToJson());

    /// <summary>The same for a sweep file.</summary>
    /// <param name="file">The sweep file: JSON of docs/sweep.schema.json.</param>
    /// <returns>What there would be to train: every cell once.</returns>
    /// <exception cref="InvalidDataException">The file is no sweep: the message has each fault with its line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImmutableArray<PlannedCell> PlanFile(string file) => Plan(file, File.ReadAllText(file));

    /// <summary>Trains what is not finished, and reads what there is.</summary>
    /// <param name="folder">The sweep's folder; it is made. Default: sweeps/ and the sweep's name.</param>
    /// <param name="options">How to run it; null for the defaults.</param>
    /// <param name="cancellation">Ends it after the batches at hand; the same call continues.</param>
    /// <returns>All finished, failed and missing cells. A cell that fails does not stop the others.</returns>
    /// <exception cref="InvalidDataException">The sweep has a value that is not allowed: the message has a line for each. Or the folder's
    /// cells were made on other data.</exception>
    /// <exception cref="InvalidOperationException">This is a worker whose program has not called
    /// <see cref="SweepWorker.TryRun(string[])"/>.</exception>
    /// <exception cref="IOException">The folder cannot be written to, data are not there, or a worker could do nothing.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public SweepResults Run(string? folder = null, SweepOptions? options = null, CancellationToken cancellation = default)
        => Run("", ToJson(), folder, options, cancellation);

    /// <summary>The same for a sweep file, with the networks that this program has registered.</summary>
    /// <param name="file">The sweep file: JSON of docs/sweep.schema.json.</param>
    /// <param name="folder">The sweep's folder; it is made. Default: sweeps/ and the sweep's name.</param>
    /// <param name="options">How to run it; null for the defaults.</param>
    /// <param name="cancellation">Ends it after the batches at hand; the same call continues.</param>
    /// <returns>All finished, failed and missing cells.</returns>
    /// <exception cref="InvalidDataException">The file is no sweep: the message has each fault with its line. Or the folder's cells were
    /// made on other data.</exception>
    /// <exception cref="InvalidOperationException">This is a worker whose program has not called
    /// <see cref="SweepWorker.TryRun(string[])"/>.</exception>
    /// <exception cref="IOException">The folder cannot be written to, data are not there, or a worker could do nothing.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static SweepResults RunFile(
        string file, string? folder = null, SweepOptions? options = null, CancellationToken cancellation = default)
        => Run(file, File.ReadAllText(file), folder, options, cancellation);

    private static ImmutableArray<PlannedCell> Plan(string path, string text)
        => [.. SweepFile.Read(path, text, Catalogue.All).Cells.Select(cell => new PlannedCell(cell.Id, cell.Plan.Settings))];

    private static SweepResults Run(string path, string text, string? folder, SweepOptions? options, CancellationToken cancellation)
    {
        SweepWorker.RefuseToBegin();
        SweepSession session = SweepSession.Open(path, text, folder, Catalogue.All, SweepWorker.Program, options ?? new());
        session.Run(cancellation);
        return SweepResults.Read(session.Folder.Name);
    }
}

/// <summary>A cell of a sweep, resolved and checked.</summary>
/// <param name="Id">The name of its folder below cells/: a digest of its settings.</param>
/// <param name="Settings">Everything that its result depends on, as its config.json has it.</param>
public sealed record PlannedCell(string Id, JsonObject Settings);

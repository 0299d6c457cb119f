namespace BadMinima.Experiments;

/// <summary>Where the parts of a league lie.</summary>
/// <param name="path">The folder.</param>
internal sealed class LeagueFolder(string path)
{
    public string Name => path;

    /// <summary>See <see cref="LeagueManifest"/>.</summary>
    public string Manifest => Path.Combine(path, "league.json");

    /// <summary>Whether a league was begun there.</summary>
    public bool Exists => File.Exists(Manifest);

    /// <summary>The sweep that chooses each mechanism's settings.</summary>
    public string Tuning => Path.Combine(path, "tuning");

    /// <summary>The sweep that ranks.</summary>
    public string Ranking => Path.Combine(path, "ranking");

    /// <summary>How far each run moved from its start.</summary>
    public string Distances => Path.Combine(path, "distances.json");

    /// <summary>Makes sure that what was begun there is this league, or a smaller one.</summary>
    /// <exception cref="ArgumentException">It is another one; the message names the first difference.</exception>
    /// <exception cref="InvalidDataException">Its league.json was changed by hand.</exception>
    public void RequireSame(LeagueManifest league)
    {
        if (Exists && league.DifferenceFrom(LeagueManifest.Read(Manifest)) is { } difference)
        {
            throw new ArgumentException(
                $"{path} holds another league: {difference}. Give the same options (more seeds and more mechanisms may be added), or "
                + "another folder with --out.");
        }
    }
}

using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// A league's league.json: its settings, its entrants with their candidates, and what the tuning chose. With it a league is reported
/// wherever its folder lies, without the data.
/// </summary>
public sealed record LeagueManifest
{
    /// <summary>The league's name: the page's title.</summary>
    public required string Name { get; init; }

    /// <summary>What all its runs share, as resolved: data, network, random-label phase, plain SGD at the base rate.</summary>
    public required JsonObject Settings { get; init; }

    /// <summary>The seeds that it ranks on.</summary>
    public required ImmutableArray<int> Seeds { get; init; }

    /// <summary>The seeds that candidates were chosen on.</summary>
    public required ImmutableArray<int> TuningSeeds { get; init; }

    /// <summary>The name of plain SGD at the base rate, which has the score 0.</summary>
    public required string Base { get; init; }

    /// <summary>Plain SGD at its best rate, the yardstick, and then every mechanism.</summary>
    public required ImmutableArray<LeagueEntry> Entries { get; init; }

    /// <summary>The mechanisms that these data or this network cannot have, and why.</summary>
    public ImmutableArray<LeftOut> LeftOut { get; init; } = [];

    /// <summary>Reads a league.json.</summary>
    /// <exception cref="InvalidDataException">The file was changed by hand.</exception>
    internal static LeagueManifest Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<LeagueManifest>(File.ReadAllText(file), JsonOutput.Options)
                is { Entries.IsDefaultOrEmpty: false, Seeds.IsDefault: false, TuningSeeds.IsDefault: false } manifest
                && manifest.Entries.All(e => !e.Candidates.IsDefaultOrEmpty && (e.Chosen ?? 0) is var place && place >= 0
                    && place < e.Candidates.Length)
                ? manifest
                : throw new JsonException("it has no entries, or one without the candidate that it chose");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"{file}: not a league's ({e.Message}). Delete it, and `badminima escape` with the same options writes it again.", e);
        }
    }

    /// <summary>Writes the file, unless it says the same.</summary>
    internal void Write(string file)
    {
        string text = JsonSerializer.Serialize(this, JsonOutput.Options) + "\n";
        if (!File.Exists(file) || File.ReadAllText(file) != text)
        {
            AtomicFile.Write(file, text);
        }
    }

    /// <summary>
    /// In what this league is not a continuation of one that was begun: null where it is the same, or the same with more seeds or more
    /// mechanisms.
    /// </summary>
    internal string? DifferenceFrom(LeagueManifest there)
    {
        return JsonDifferences.Between(there.Settings, Settings).FirstOrDefault()
            ?? (there.TuningSeeds.SequenceEqual(TuningSeeds) ? null : Changed("tuning seeds", there.TuningSeeds, TuningSeeds))
            ?? (there.Seeds.All(Seeds.Contains) ? null : Changed("seeds", there.Seeds, Seeds))
            ?? there.Entries.Select(entry => Entries.FirstOrDefault(e => e.Name == entry.Name) is not { } now
                ? $"mechanisms: {entry.Name} there, not among them now"
                : now.Candidates.Select(c => c.Recipe).SequenceEqual(entry.Candidates.Select(c => c.Recipe))
                    ? null
                    : Changed($"candidates of {entry.Name}", entry.Candidates.Select(c => c.Recipe), now.Candidates.Select(c => c.Recipe)))
            .OfType<string>().FirstOrDefault();

        static string Changed<T>(string what, IEnumerable<T> there, IEnumerable<T> now)
            => $"{what}: {string.Join("; ", there)} there, {string.Join("; ", now)} now";
    }
}

/// <summary>A mechanism of a league.</summary>
/// <param name="Name">The entrant's name.</param>
/// <param name="Description">What it is.</param>
/// <param name="Source">Who describes it.</param>
/// <param name="Candidates">What the tuning chooses from.</param>
public sealed record LeagueEntry(string Name, string Description, string Source, ImmutableArray<LeagueCandidate> Candidates)
{
    /// <summary>The place of the chosen candidate; null before the tuning, and where every candidate failed.</summary>
    public int? Chosen { get; init; }

    /// <summary>The chosen candidate; null where there is none.</summary>
    internal LeagueCandidate? Choice => Chosen is { } place ? Candidates[place] : null;
}

/// <summary>Settings of a mechanism.</summary>
/// <param name="Recipe">What tells them from plain SGD: the name of the recipe in both sweeps.</param>
/// <param name="EffectiveRate">Rate / (1 - momentum) * (base batch / batch of all workers).</param>
/// <param name="Matched">The name of plain SGD at that rate.</param>
/// <param name="GradientsPerStep">What a step costs, in gradients of its batch.</param>
public sealed record LeagueCandidate(string Recipe, double EffectiveRate, string Matched, double GradientsPerStep);

/// <summary>A mechanism that is left out.</summary>
/// <param name="Name">The entrant's name.</param>
/// <param name="Why">Why these data or this network cannot have it.</param>
public sealed record LeftOut(string Name, string Why);

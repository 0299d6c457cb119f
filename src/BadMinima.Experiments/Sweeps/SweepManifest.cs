using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// A sweep's cells.json: which cells, starts and figures belong to the sweep file as it was given last. With it a folder is listed and
/// reported wherever it lies, without the data and without resolving thousands of cells.
/// </summary>
internal sealed record SweepManifest
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    public required ImmutableArray<ManifestCell> Cells { get; init; }

    public required ImmutableArray<ManifestStart> Starts { get; init; }

    /// <summary>What is asked for besides, by <see cref="JobKind.ManifestProperty"/>.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement> Asked { get; init; } = [];

    public static SweepManifest Of(SweepPlan sweep) => new()
    {
        Name = sweep.Name,
        Description = sweep.Description,
        Cells = [.. sweep.Cells.Select(c => new ManifestCell(
            c.Id, c.StartId, c.RecipeName, RunJob.TitleOf(c.Plan, c.RecipeName),
            c.Plan.Data.FormerDescription is null ? null : c.Plan.Data.Content))],
        Starts = [.. sweep.Starts.Select(s => new ManifestStart(s.Id, RunJob.TitleOf(s.Plan)))],
        Asked = sweep.Asked.ToDictionary(a => a.Kind.ManifestProperty, a => JsonSerializer.SerializeToElement(a.Items, JsonOutput.Options)),
    };

    /// <summary>What of a kind was asked for.</summary>
    public JsonArray AskedOf(JobKind kind)
        => Asked.TryGetValue(kind.ManifestProperty, out JsonElement asked) && asked.ValueKind == JsonValueKind.Array
            ? JsonArray.Create(asked)!
            : [];

    /// <exception cref="InvalidDataException">The file was changed by hand.</exception>
    public static SweepManifest Read(string file)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            return JsonSerializer.Deserialize<SweepManifest>(stream, JsonOutput.Options)
                ?? throw new JsonException("it is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"{file}: no list of a sweep's cells ({e.Message}). `badminima sweep` with the sweep file writes it again.", e);
        }
    }

    /// <summary>Writes the file, unless it says the same.</summary>
    public void Write(string file)
    {
        string text = JsonSerializer.Serialize(this, JsonOutput.Options) + "\n";
        if (!File.Exists(file) || File.ReadAllText(file) != text)
        {
            AtomicFile.Write(file, text);
        }
    }
}

/// <param name="Id">See <see cref="CellId"/>.</param>
/// <param name="StartId">
/// The adversarial start where it begins, which other cells share; null for a random one, and where each of its workers has its own.
/// </param>
/// <param name="Recipe">How the sweep file calls its recipe; null where it does not.</param>
/// <param name="Title">What it is, for people.</param>
/// <param name="Content">What a folder of the user's held that it was trained on, or was taken for trained on; null for other data.</param>
public sealed record ManifestCell(
    string Id, string? StartId, string? Recipe, string Title,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DataContent? Content = null);

/// <param name="Id">See <see cref="CellId"/>.</param>
/// <param name="Title">What it is, for people.</param>
internal sealed record ManifestStart(string Id, string Title);

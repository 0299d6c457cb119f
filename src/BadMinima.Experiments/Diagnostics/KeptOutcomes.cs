using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// What measures have said of models, kept in a folder as they come: an interrupted diagnosis goes on where it was, and another one of the
/// same model and data does not begin anew. A file is named by a hash of all that its outcome depends on.
/// </summary>
internal sealed class KeptOutcomes
{
    private static readonly JsonSerializerOptions Options = new(JsonOutput.Options)
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Which build of the libraries measures: what one of them has right another may not.</summary>
    public static string Programs { get; } = string.Join(
        ' ', new[] { typeof(DiagnosticMeasure), typeof(KeptOutcomes) }.Select(type => type.Module.ModuleVersionId));

    private readonly string _folder;
    private readonly string _about;

    /// <param name="folder">The folder; it is made when something is kept.</param>
    /// <param name="model">The model's file.</param>
    /// <param name="start">That of where its training began; null: not known.</param>
    /// <param name="data">What it is measured on.</param>
    /// <param name="drawSeed">The seed by which its training images are drawn; null: they are not.</param>
    /// <param name="examples">How many examples of them, at most; null: all.</param>
    /// <param name="seed">The seed of what is drawn.</param>
    public KeptOutcomes(string folder, string model, string? start, RunData data, int? drawSeed, int? examples, int seed)
    {
        _folder = folder;
        _about = JsonOutput.Sorted(new JsonObject
        {
            ["model"] = HashOf(model),
            ["start"] = start is null ? null : HashOf(start),
            ["data"] = data.Describe(),
            ["content"] = data.Content?.Describe(),
            ["drawSeed"] = drawSeed,
            ["examples"] = examples,
            ["seed"] = seed,
            ["version"] = Programs,
        })!.ToJsonString();
    }

    /// <summary>What is known of the model. A file that is damaged says nothing.</summary>
    /// <param name="measures">Of which measures.</param>
    public ImmutableArray<MeasureOutcome> Known(IEnumerable<DiagnosticMeasure> measures)
        => [.. measures.Select(Read).OfType<MeasureOutcome>()];

    /// <summary>Keeps an outcome.</summary>
    public void Keep(MeasureOutcome outcome)
    {
        Directory.CreateDirectory(_folder);
        AtomicFile.Write(
            FileOf(outcome.Measure),
            JsonSerializer.Serialize(
                new Kept(outcome.Measure.Name, outcome.Numbers, outcome.NotApplicable, outcome.Time.TotalSeconds), Options) + "\n");
    }

    private MeasureOutcome? Read(DiagnosticMeasure measure)
    {
        string file = FileOf(measure);
        try
        {
            return File.Exists(file) && JsonSerializer.Deserialize<Kept>(File.ReadAllText(file), Options) is { } kept
                && kept.Measure == measure.Name && !kept.Numbers.IsDefault
                ? new(measure, kept.Numbers, kept.NotApplicable, TimeSpan.FromSeconds(kept.Seconds)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string HashOf(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private string FileOf(DiagnosticMeasure measure) => Path.Combine(
        _folder,
        $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{measure.Name} {_about}")))[..32]}.json");

    private sealed record Kept(string Measure, ImmutableArray<MeasuredNumber> Numbers, string? NotApplicable, double Seconds);
}

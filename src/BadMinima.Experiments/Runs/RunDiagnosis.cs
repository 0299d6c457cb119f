using System.Text.Json;
using System.Text.Json.Nodes;

namespace BadMinima.Experiments;

/// <summary>What <c>diagnose</c> has said of a run of a sweep.</summary>
internal static class RunDiagnosis
{
    /// <summary>The page of a diagnosis.</summary>
    public const string PageName = "report.html";

    /// <summary>The numbers of a diagnosis.</summary>
    public const string NumbersName = "diagnosis.json";

    /// <summary>Where it lies in the run's folder.</summary>
    public static string FolderOf(string run) => Path.Combine(run, "diagnosis");

    /// <summary>
    /// The number that counts of each measure that applies, by name, and on how many examples, at most, and with which seed it was
    /// measured; null where the run was not diagnosed.
    /// </summary>
    /// <exception cref="InvalidDataException">Its file is damaged.</exception>
    public static ((int? Examples, int Seed) How, IReadOnlyDictionary<string, double> Measures)? TryRead(string run)
    {
        string file = Path.Combine(FolderOf(run), NumbersName);
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            JsonNode diagnosis = JsonNode.Parse(File.ReadAllText(file))!;
            return (((int?)diagnosis["examples"], (int)diagnosis["seed"]!), diagnosis["models"]![0]!["measures"]!.AsArray()
                .Select(m => (Name: (string)m!["name"]!, Value: (double?)m["numbers"]!.AsArray().FirstOrDefault()?["value"]))
                .Where(m => m.Value is not null).ToDictionary(m => m.Name, m => m.Value!.Value));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or ArgumentException
            or FormatException)
        {
            throw new InvalidDataException($"{file} is no diagnosis of a run: delete it, and `diagnose` the sweep's folder again.", e);
        }
    }
}

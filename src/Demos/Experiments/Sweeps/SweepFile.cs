using System.Collections.Immutable;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NJsonSchema.Validation;

namespace BadMinima.Experiments;

/// <summary>Reads a sweep file: its form is checked against the schema, and every cell is resolved, before anything runs.</summary>
internal static class SweepFile
{
    private const int DefaultSeeds = 5;
    private const int MostErrors = 10;

    private static readonly Lazy<JsonSchema> Schema = new(() => JsonSchema.FromJsonAsync(SweepSchema.Text).GetAwaiter().GetResult());

    /// <param name="path">The file.</param>
    /// <param name="sets">The catalogue.</param>
    /// <exception cref="IOException">It is not there.</exception>
    /// <exception cref="InvalidDataException">It is no sweep; the message has a line for each thing that is wrong, with its line in the file.</exception>
    public static Sweep Read(string path, IReadOnlyList<DataSet> sets)
    {
        JObject root = Parse(path, File.ReadAllText(path));
        Refuse(path, Schema.Value.Validate(root, new JsonSchemaValidatorSettings()).SelectMany(e => SchemaErrors.Of(e, root)));
        SweepErrors errors = new();
        ImmutableArray<SweepCell> cells = [.. Grids(root).SelectMany(grid => new SweepGrid(grid, sets, errors).Cells()).DistinctBy(cell => cell.Id)];
        Refuse(path, errors.All);
        return new((string?)root["name"] ?? Path.GetFileNameWithoutExtension(path), (string?)root["description"], cells, Numbers(root["boundary"]));
    }

    /// <summary>A list of seeds, or 1 to n.</summary>
    public static ImmutableArray<int> Numbers(JToken? token) => token switch
    {
        null => [],
        JArray list => [.. list.Select(item => (int)item)],
        _ => [.. Enumerable.Range(1, (int)token)],
    };

    /// <summary>The file itself, or each of its grids with what the file says outside.</summary>
    private static IEnumerable<JObject> Grids(JObject root)
    {
        JObject common = new(root.Properties().Where(p => p.Name is not ("grids" or "boundary" or "name" or "description" or "$schema")).Select(Copy));
        common["seeds"] ??= DefaultSeeds;
        return root["grids"] is JArray grids
            ? grids.Cast<JObject>().Select(grid => Over(common, grid))
            : root["boundary"] is not null && common.Count == 1 ? [] : [common];
    }

    private static JObject Over(JObject common, JObject grid)
    {
        JObject both = new(common.Properties().Select(Copy));
        foreach (JProperty property in grid.Properties())
        {
            both[property.Name] = property.Name is "training" or "randomLabels" ? SweepGrid.Merge(both[property.Name], property.Value) : property.Value.DeepClone();
        }

        return both;
    }

    private static JProperty Copy(JProperty property) => new(property.Name, property.Value.DeepClone());

    private static JObject Parse(string path, string text)
    {
        try
        {
            using JsonTextReader reader = new(new StringReader(text)) { DateParseHandling = DateParseHandling.None };
            JObject root = JObject.Load(reader, new JsonLoadSettings { DuplicatePropertyNameHandling = DuplicatePropertyNameHandling.Error });
            return !reader.Read() ? root : throw new InvalidDataException($"{path}({reader.LineNumber}): something follows the end of the sweep.");
        }
        catch (JsonException e)
        {
            int line = e is JsonReaderException at ? at.LineNumber : 1;
            throw new InvalidDataException($"{path}({line}): no JSON: {e.Message}", e);
        }
    }

    private static void Refuse(string path, IEnumerable<(int Line, string Message)> errors)
    {
        (int Line, string Message)[] all = [.. errors.Distinct().OrderBy(e => e.Line)];
        if (all.Length > 0)
        {
            string more = all.Length > MostErrors ? $"\n... and {all.Length - MostErrors} more." : "";
            throw new InvalidDataException(string.Join('\n', all.Take(MostErrors).Select(e => $"{path}({e.Line}): {e.Message}")) + more);
        }
    }
}

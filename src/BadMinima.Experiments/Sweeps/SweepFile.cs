using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json.Nodes;
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

    // Each is a folder; a file system and a person want fewer in one place.
    private const int MostCells = 100_000;

    private static readonly Lazy<JsonSchema> Schema = new(() => JsonSchema.FromJsonAsync(SweepSchema.Text).GetAwaiter().GetResult());

    /// <param name="path">The file's name; empty for a sweep that a program describes, where there are no lines to name.</param>
    /// <param name="text">What is in it.</param>
    /// <param name="sets">The catalogue.</param>
    /// <exception cref="InvalidDataException">It is no sweep; the message has a line for each thing that is wrong, with its line in the
    /// file.</exception>
    public static SweepPlan Read(string path, string text, IReadOnlyList<DataSet> sets)
    {
        JObject root = Parse(path, text);
        Refuse(
            path,
            root.Descendants().Where(IsTooLarge)
                .Select(token => (
                    SweepErrors.LineOf(token), $"\"{token.Path}\" is {token}; allowed are whole numbers of at most {int.MaxValue}.")));
        Refuse(path, Schema.Value.Validate(root, new JsonSchemaValidatorSettings()).SelectMany(e => SchemaErrors.Of(e, root)));
        SweepErrors errors = new();
        DataFinder finder = new(sets);
        ImmutableArray<SweepCell> cells = [.. Grids(root).SelectMany(grid => new GridCells(grid, finder, errors).Cells())
            .DistinctBy(cell => cell.Id).Take(MostCells + 1)];
        Refuse(
            path,
            cells.Length > MostCells ? errors.All.Append((1, $"the sweep has more than {MostCells:N0} cells; divide it.")) : errors.All);
        ImmutableArray<(JobKind Kind, JsonArray Items)> asked = [.. SweepKinds.All.Select(kind => (kind, Resolve(kind, root, errors)))];
        Refuse(path, errors.All);
        return new((string?)root["name"] ?? Path.GetFileNameWithoutExtension(path), (string?)root["description"], cells, asked);
    }

    private static JsonArray Resolve(JobKind kind, JObject root, SweepErrors errors)
    {
        try
        {
            return kind.Resolve(JsonNode.Parse(root[kind.Property]?.ToString() ?? "null"));
        }
        catch (NotAllowedException e)
        {
            errors.Add(root[kind.Property]!, $"\"{kind.Property}\": {e.Allowed}");
            return [];
        }
    }

    /// <summary>A list of seeds, or 1 to n.</summary>
    public static ImmutableArray<int> Numbers(JToken? token) => token switch
    {
        null => [],
        JArray list => [.. list.Select(item => (int)item)],
        _ => [.. Enumerable.Range(1, (int)token)],
    };

    /// <summary>
    /// The file itself, or each of its grids with what the file says outside; none of a file that asks for other kinds of work alone.
    /// </summary>
    private static IEnumerable<JObject> Grids(JObject root)
    {
        JObject common = new(root.Properties()
            .Where(p => p.Name is not ("grids" or "name" or "description" or "$schema")
                && SweepKinds.All.All(kind => kind.Property != p.Name))
            .Select(Copy));
        bool othersAlone = common.Count == 0 && SweepKinds.All.Any(kind => root[kind.Property] is not null);
        common["seeds"] ??= DefaultSeeds;
        return root["grids"] is JArray grids ? grids.Cast<JObject>().Select(grid => Over(common, grid)) : othersAlone ? [] : [common];
    }

    private static JObject Over(JObject common, JObject grid)
    {
        JObject both = new(common.Properties().Select(Copy));
        foreach (JProperty property in grid.Properties())
        {
            both[property.Name] = property.Name is "training" or "randomLabels"
                ? GridCells.Merge(both[property.Name], property.Value)
                : property.Value.DeepClone();
        }

        return both;
    }

    private static bool IsTooLarge(JToken token)
        => token is JValue { Value: BigInteger } or JValue { Value: long and (> int.MaxValue or < int.MinValue) };

    private static JProperty Copy(JProperty property) => new(property.Name, property.Value.DeepClone());

    private static JObject Parse(string path, string text)
    {
        try
        {
            using JsonTextReader reader = new(new StringReader(text)) { DateParseHandling = DateParseHandling.None };
            var token = JToken.Load(reader, new JsonLoadSettings { DuplicatePropertyNameHandling = DuplicatePropertyNameHandling.Error });
            return reader.Read() ? throw new InvalidDataException($"{path}({reader.LineNumber}): something follows the end of the sweep.")
                : token as JObject
                    ?? throw new InvalidDataException($"{path}(1): no sweep: the file is {(token is JArray ? "a list" : "one value")}; "
                        + "allowed is an object, { ... }.");
        }
        catch (JsonException e)
        {
            int line = e is JsonReaderException at ? Math.Max(at.LineNumber, 1) : 1;
            throw new InvalidDataException($"{path}({line}): no JSON: {e.Message}", e);
        }
    }

    private static void Refuse(string path, IEnumerable<(int Line, string Message)> errors)
    {
        (int Line, string Message)[] all = [.. errors.Distinct().OrderBy(e => e.Line)];
        if (all.Length > 0)
        {
            string more = all.Length > MostErrors ? $"\n... and {all.Length - MostErrors} more." : "";
            throw new InvalidDataException(
                string.Join('\n', all.Take(MostErrors).Select(e => path.Length == 0 ? e.Message : $"{path}({e.Line}): {e.Message}"))
                + more);
        }
    }
}

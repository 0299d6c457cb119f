using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace BadMinima.MLNet.Recipes;

/// <summary>
/// Escapes in JSON: <c>{ "sam": { "rho": 0.05 } }</c> with all settings; <c>"sam"</c> is read too and has the defaults. One that nobody
/// here knows is kept as it is.
/// </summary>
internal sealed class EscapeJson : JsonConverter<Escape>
{
    public override Escape Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => Read(JsonNode.Parse(ref reader));

    public override void Write(Utf8JsonWriter writer, Escape value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        if (value is UnknownEscape unknown)
        {
            writer.WritePropertyName(unknown.Name);
            writer.WriteRawValue(unknown.Settings);
        }
        else
        {
            EscapeKind kind = Escape.KindOf(value.GetType())
                ?? throw new InvalidOperationException($"{value.GetType().Name} cannot be stored: call Escape.Register for it first.");
            writer.WriteStartObject(kind.Name);
            foreach (EscapeSetting setting in kind.Settings)
            {
                writer.WritePropertyName(setting.Name);
                switch (setting.Value(value))
                {
                    case null:
                        writer.WriteNullValue();
                        break;
                    case double number when double.IsFinite(number):
                        writer.WriteNumberValue(number);
                        break;
                    case int whole:
                        writer.WriteNumberValue(whole);
                        break;
                    case bool yes:
                        writer.WriteBooleanValue(yes);
                        break;
                    default:
                        writer.WriteStringValue(setting.Text(value));
                        break;
                }
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static Escape Read(JsonNode? node)
    {
        (string name, JsonNode? settings) = node switch
        {
            JsonValue value when value.TryGetValue(out string? text) => (text, null),
            JsonObject { Count: 1 } one => (one.First().Key, one.First().Value),
            _ => throw new JsonException("An escape is its name, or an object of one property: its name, with an object of its settings."),
        };
        if (settings is not (null or JsonObject))
        {
            throw new JsonException($"The settings of the escape '{name}' are no object.");
        }

        JsonObject given = settings as JsonObject ?? [];
        if (Escape.KindOf(name) is not { } kind || given.Any(p => kind.Settings.All(s => s.Name != p.Key)))
        {
            return new UnknownEscape(name, given.ToJsonString());
        }

        try
        {
            return kind.Create(given.ToDictionary(
                p => p.Key,
                p => kind.Settings.First(s => s.Name == p.Key)
                    .Parse($"escape.{name}.{p.Key}", p.Value is null ? "null" : p.Value.ToString())));
        }
        catch (ArgumentException e)
        {
            throw new JsonException(e.Message, e);
        }
    }
}

/// <summary>A list of them.</summary>
internal sealed class EscapeListJson : JsonConverter<EscapeList>
{
    private static readonly EscapeJson One = new();

    public override EscapeList Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("Escapes are a list.");
        }

        List<Escape> escapes = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            escapes.Add(One.Read(ref reader, typeof(Escape), options));
        }

        return [.. escapes];
    }

    public override void Write(Utf8JsonWriter writer, EscapeList value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (Escape escape in value)
        {
            One.Write(writer, escape, options);
        }

        writer.WriteEndArray();
    }
}

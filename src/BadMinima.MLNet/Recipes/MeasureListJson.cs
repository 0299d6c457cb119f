using System.Text.Json;
using System.Text.Json.Serialization;

namespace BadMinima.MLNet.Recipes;

/// <summary>Measures in JSON: an object of numbers; null for what is no finite number, which JSON does not know.</summary>
internal sealed class MeasureListJson : JsonConverter<MeasureList>
{
    public override MeasureList Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("Measures are an object.");
        }

        List<Measure> measures = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            measures.Add(new(name, reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble()));
        }

        return [.. measures];
    }

    public override void Write(Utf8JsonWriter writer, MeasureList value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (Measure measure in value)
        {
            writer.WritePropertyName(measure.Name);
            if (double.IsFinite(measure.Value))
            {
                writer.WriteNumberValue(measure.Value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }

        writer.WriteEndObject();
    }
}

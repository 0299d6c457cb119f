using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NJsonSchema.Validation;

namespace BadMinima.Experiments;

/// <summary>What the schema's validator found, in words.</summary>
internal static class SchemaErrors
{
    /// <summary>An error, or those below it; each with its line.</summary>
    public static IEnumerable<(int Line, string Message)> Of(ValidationError error, JToken root)
        => Below(error) is { Count: > 0 } below
            ? below.SelectMany(e => Of(e, root))
            : [(error.HasLineInfo ? error.LineNumber : SweepErrors.LineOf(root), Message(error))];

    /// <summary>
    /// What is wrong with a list's item, or with a value if it is meant as what it is: the validator lists what is wrong with it as each of
    /// the types that it may have.
    /// </summary>
    private static List<ValidationError> Below(ValidationError error) => error switch
    {
        MultiTypeValidationError types => [.. types.Errors.Where(e => e.Key.HasFlag(TypeOf(error.Token as JToken)))
            .SelectMany(e => e.Value)],
        ChildSchemaValidationError items => [.. items.Errors.SelectMany(e => e.Value)],
        _ => [],
    };

    private static JsonObjectType TypeOf(JToken? token) => token?.Type switch
    {
        JTokenType.Array => JsonObjectType.Array,
        JTokenType.Object => JsonObjectType.Object,
        JTokenType.String => JsonObjectType.String,
        JTokenType.Boolean => JsonObjectType.Boolean,
        JTokenType.Integer => JsonObjectType.Integer,
        JTokenType.Float => JsonObjectType.Number,
        _ => JsonObjectType.Null,
    };

    private static string Message(ValidationError error)
    {
        string given = $"\"{error.Property ?? (error.Token as JToken)?.Path}\"";
        string allowed = Allowed(error.Schema);
        return error.Kind switch
        {
            ValidationErrorKind.NoAdditionalPropertiesAllowed => $"{given} is not known here; known are "
                + $"{string.Join(", ", error.Schema.ActualProperties.Keys)}.",
            ValidationErrorKind.TooFewProperties => $"{given} is empty; allowed is one with "
                + $"{string.Join(", ", error.Schema.ActualProperties.Keys.Select(key => $"\"{key}\""))}.",
            ValidationErrorKind.StringTooShort => $"{given} is empty; leave it out for its default.",
            ValidationErrorKind.TooFewItems or ValidationErrorKind.ArrayItemNotValid => $"{given} is an empty list; leave it out for its "
                + "default, or name at least one.",
            _ => $"{given} {Given(error.Token as JToken)}; allowed is {allowed}.",
        };
    }

    private static string Given(JToken? token)
        => token is JValue value ? $"is {value.ToString(Formatting.None)}" : $"is {(token is JArray ? "a list" : "an object")}";

    private static string Allowed(JsonSchema schema)
    {
        schema = schema.ActualSchema;
        string types = string.Join(
            " or ", Enum.GetValues<JsonObjectType>().Where(t => t != JsonObjectType.None && schema.Type.HasFlag(t)).Select(Word));
        return schema.Minimum is { } least
            ? $"{types}, from {least} on"
            : schema.Pattern is { } pattern
                ? types.Replace(
                    "a string", pattern.Trim('^', '$', '(', ')').Replace("|", " or ", StringComparison.Ordinal), StringComparison.Ordinal)
            : types;
    }

    private static string Word(JsonObjectType type) => type switch
    {
        JsonObjectType.Array => "a list",
        JsonObjectType.Boolean => "true or false",
        JsonObjectType.Integer => "a whole number",
        JsonObjectType.Null => "null",
        JsonObjectType.Number => "a number",
        JsonObjectType.Object => "an object",
        JsonObjectType.String => "a string",
        _ => type.ToString(),
    };
}

using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;

namespace BadMinima.Experiments;

/// <summary>What a delegate does is said by its code and by what it has captured: <c>width</c> in <c>() => Network(width)</c>.</summary>
internal static class CapturedValues
{
    /// <summary>The values by name; null where one is of a type that does not say in text what it is. What is static is
    /// not among them.</summary>
    public static JsonObject? Of(Delegate code)
    {
        if (code.Target is null || IsPlain(code.Target))
        {
            return code.Target is null ? [] : new() { ["target"] = InText(code.Target) };
        }

        JsonObject values = [];
        for (Type? type = code.Target.GetType(); type is not null; type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                object? value = field.GetValue(code.Target);
                if (value is not null && !IsPlain(value))
                {
                    return null;
                }

                values[$"{type.Name}.{field.Name}"] = value is null ? null : InText(value);
            }
        }

        return values;
    }

    private static bool IsPlain(object value) => value is string or Enum or decimal || value.GetType().IsPrimitive;

    private static string? InText(object value) => Convert.ToString(value, CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;

namespace BadMinima.Experiments;

/// <summary>What a delegate does is said by its code and by what it has captured: <c>width</c> in <c>() => Network(width)</c>.</summary>
internal static class CapturedValues
{
    /// <summary>The values by name; null where one is of a type that does not say in text what it is.</summary>
    public static JsonObject? Of(Delegate code)
    {
        JsonObject values = [];
        foreach (FieldInfo field in code.Target?.GetType().GetFields(
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic) ?? [])
        {
            object? value = field.GetValue(code.Target);
            if (value is not (null or string or Enum or bool or IFormattable) || value is IFormattable && !value.GetType().IsPrimitive
                && value is not (Enum or decimal))
            {
                return null;
            }

            values[field.Name] = Convert.ToString(value, CultureInfo.InvariantCulture);
        }

        return values;
    }
}

using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace BadMinima.MLNet;

/// <summary>An escape by its name: what it does and what can be set.</summary>
/// <param name="Name">The name.</param>
/// <param name="Description">One line: what it does.</param>
/// <param name="Settings">What can be set.</param>
public sealed record EscapeKind(string Name, string Description, ImmutableArray<EscapeSetting> Settings)
{
    /// <summary>The work that describes it: authors, title or place, year. Default empty: none was given.</summary>
    public string Source { get; init; } = "";

    /// <summary>It with the defaults of all settings.</summary>
    public Escape Default => Create(ImmutableDictionary<string, object?>.Empty);

    internal const DynamicallyAccessedMemberTypes Members =
        DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicProperties;

    private readonly ConstructorInfo _constructor = null!;

    private EscapeKind(string name, string description, ImmutableArray<EscapeSetting> settings, ConstructorInfo constructor)
        : this(name, description, settings) => _constructor = constructor;

    internal Type Type => _constructor.DeclaringType!;

    internal static EscapeKind Of<[DynamicallyAccessedMembers(Members)] T>(string name, string description) where T : Escape
    {
        ConstructorInfo constructor = typeof(T).GetConstructors().MaxBy(c => c.GetParameters().Length)
            ?? throw new ArgumentException($"{typeof(T).Name} has no public constructor.");
        ParameterInfo[] parameters = constructor.GetParameters();
        if (parameters.FirstOrDefault(p => !p.HasDefaultValue) is { } bare)
        {
            throw new ArgumentException($"{typeof(T).Name}: the parameter {bare.Name} of its constructor has no default.");
        }

        object plain = constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. parameters.Select(DefaultOf)], null);
        EscapeSetting[] settings =
        [
            .. typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => p.SetMethod is { IsPublic: true } && p.GetIndexParameters().Length == 0)
                .Select(p => new EscapeSetting(p, p.GetValue(plain), p.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "")),
        ];
        if (parameters.FirstOrDefault(p => settings.All(s => !Is(s, p))) is { } hidden)
        {
            throw new ArgumentException(
                $"{typeof(T).Name}: the parameter {hidden.Name} of its constructor has no property of that name with get and init.");
        }

        return settings.FirstOrDefault(s => !s.IsSimple) is { } wrong
            ? throw new ArgumentException(
                $"{typeof(T).Name}.{wrong.Name} is of type {wrong.Type.Name}; allowed are double, int, bool and enums without flags, "
                + "also nullable.")
            : new(name, description, [.. settings], constructor);
    }

    /// <param name="values">Values by the names of settings; what is not there has its default.</param>
    internal Escape Create(IReadOnlyDictionary<string, object?> values)
    {
        ParameterInfo[] parameters = _constructor.GetParameters();
        var escape = (Escape)_constructor.Invoke(
            BindingFlags.DoNotWrapExceptions,
            null,
            [.. parameters.Select(p => values.TryGetValue(Settings.First(s => Is(s, p)).Name, out object? v) ? v : DefaultOf(p))],
            null);
        foreach (EscapeSetting setting in Settings.Where(s => !parameters.Any(p => Is(s, p)) && values.ContainsKey(s.Name)))
        {
            setting.Property.SetValue(escape, values[setting.Name], BindingFlags.DoNotWrapExceptions, null, null, null);
        }

        return escape;
    }

    private static bool Is(EscapeSetting setting, ParameterInfo parameter) => setting.Property.Name == parameter.Name;

    // Of a nullable enum .NET gives the number.
    private static object? DefaultOf(ParameterInfo parameter)
        => parameter.DefaultValue is { } value && Nullable.GetUnderlyingType(parameter.ParameterType) is { IsEnum: true } type
            ? Enum.ToObject(type, value)
            : parameter.DefaultValue;
}

/// <summary>A setting of an escape.</summary>
public sealed record EscapeSetting
{
    internal EscapeSetting(PropertyInfo property, object? @default, string description)
        => (Property, Name, Default, Description)
            = (property, JsonNamingPolicy.CamelCase.ConvertName(property.Name), @default, description);

    /// <summary>Its name, as in JSON: rho, warmUp.</summary>
    public string Name { get; }

    /// <summary>Its value where nothing is said.</summary>
    public object? Default { get; }

    /// <summary>What it is; empty where its <see cref="DescriptionAttribute"/> is missing.</summary>
    public string Description { get; }

    internal PropertyInfo Property { get; }

    internal Type Type => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    internal bool IsSimple
        => Type == typeof(double) || Type == typeof(int) || Type == typeof(bool)
            || (Type.IsEnum && !Type.IsDefined(typeof(FlagsAttribute), inherit: false));

    private string Allowed => Type == typeof(double) ? "a number"
        : Type == typeof(int) ? "a whole number"
        : Type == typeof(bool) ? "true or false"
        : string.Join(", ", Enum.GetNames(Type).Select(JsonNamingPolicy.CamelCase.ConvertName));

    /// <summary>Its value in an escape.</summary>
    /// <param name="escape">An escape of the kind whose setting it is.</param>
    public object? Value(Escape escape) => Property.GetValue(escape);

    /// <summary>The same as <see cref="Escape.Parse"/> reads it.</summary>
    /// <param name="escape">An escape of the kind whose setting it is.</param>
    public string Text(Escape escape) => Value(escape) switch
    {
        null => "null",
        bool yes => yes ? "true" : "false",
        Enum value => JsonNamingPolicy.CamelCase.ConvertName($"{value}"),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        var other => Convert.ToString(other, CultureInfo.InvariantCulture)!,
    };

    /// <exception cref="OptionException">The text is no such value.</exception>
    internal object? Parse(string option, string text)
    {
        object? value = text == "null" && Nullable.GetUnderlyingType(Property.PropertyType) is not null ? null
            : Type == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number
            : Type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int whole) ? whole
            : Type == typeof(bool) && bool.TryParse(text, out bool yes) ? yes
            : Type.IsEnum && Enum.TryParse(Type, text, ignoreCase: true, out object? named) && Enum.IsDefined(Type, named!) ? named
            : DBNull.Value;
        return value is DBNull ? throw new OptionException(option, text.Length == 0 ? "empty" : text, Allowed) : value;
    }
}

/// <summary>
/// Gives an escape of this library its name: one line in its file. Those of other assemblies call <see cref="Escape.Register{T}"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal abstract class EscapeAttribute : Attribute
{
    public abstract EscapeKind Kind { get; }

    /// <summary>See <see cref="EscapeKind.Source"/>.</summary>
    public string Source { get; init; } = "";
}

/// <inheritdoc/>
/// <param name="name">See <see cref="EscapeKind.Name"/>.</param>
/// <param name="description">See <see cref="EscapeKind.Description"/>.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class EscapeAttribute<[DynamicallyAccessedMembers(EscapeKind.Members)] T>(string name, string description)
    : EscapeAttribute
    where T : Escape
{
    public override EscapeKind Kind => EscapeKind.Of<T>(name, description) with { Source = Source };
}
